import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import { readPng } from "../../src/io/png/read.js";
import { base64 } from "../../src/plot/data-uri.js";
import { imagePanel, pngDataUri, standardContrast } from "../../src/plot/image-panel.js";
import { attributesOf, wellFormed } from "./markup.js";

const image: Image = { data: Float32Array.from({ length: 60 * 80 }, (_, i) => i % 80), shape: [60, 80] };
const contrast = { black: 0, white: 79 };
const decode = (uri: string): Image => {
  const bytes = Uint8Array.from(atob(uri.slice(uri.indexOf(",") + 1)), (character) =>
    character.charCodeAt(0),
  );
  return readPng(bytes, "panel");
};

describe("imagePanel", () => {
  const panel = imagePanel({
    title: "Real",
    image,
    pixelSize: 10,
    contrast,
    crop: { left: 20, top: 10, rows: 40, columns: 50 },
    zoom: 2,
    marks: [
      { x: 30, y: 25 },
      { x: 69, y: 49, partial: true },
      { x: 2, y: 2 },
    ],
    markRadius: 5,
  });

  test("shows the crop, pixel for pixel", () => {
    expect(wellFormed(panel)).toBe(true);
    const [picture] = attributesOf(panel, "image");
    expect([picture!["width"], picture!["height"]]).toEqual(["100", "80"]);
    const shown = decode(picture!["href"]!);
    expect(shown.shape).toEqual([40, 50]);
    expect(shown.data[0]).toBe(Math.round((20 * 255) / 79));
  });

  test("circles lie on the middle of their pixel; what is outside the crop is left out; a partial one is dashed", () => {
    const circles = attributesOf(panel, "circle");
    expect(circles).toHaveLength(2);
    expect(circles[0]).toMatchObject({ cx: "21", cy: "31", r: "10" });
    expect(circles[1]).toMatchObject({ cx: "99", "stroke-dasharray": "4 3" });
  });

  test("letters and lines of a wide panel grow with it, so that they are legible at the width of a column", () => {
    const size = (columns: number): string[] => {
      const wide = imagePanel({
        ...{ title: "Picks", image: zeros(30, columns), pixelSize: 10, contrast },
        marks: [{ x: 20, y: 15 }],
      });
      const [heading, length] = attributesOf(wide, "text");
      return [
        ...[heading!["font-size"]!, length!["font-size"]!, attributesOf(wide, "circle")[0]!["stroke-width"]!],
        attributesOf(wide, "image")[0]!["y"]!,
      ];
    };
    expect(size(500)).toEqual(["12", "12", "1.5", "24"]);
    expect(size(1200)).toEqual(["24", "24", "3", "48"]);
  });

  test("the scale bar has a round length in angstrom", () => {
    // 50 pixels at 10 angstrom are 500 angstrom; a fifth is 100 angstrom = 10 pixels = 20 on the screen
    const bar = attributesOf(panel, "rect").at(-1)!;
    expect(bar["width"]).toBe("20");
    expect(panel).toContain(">100 Å</text>");
  });
});

describe("contrast", () => {
  test("spans the same number of standard deviations whatever the gain, and ignores a hot pixel", () => {
    const noise = zeros(64, 64);
    Random.of(1, "contrast").fillNormal(noise.data);
    noise.data[7] = 1e5;
    const { black, white } = standardContrast({
      data: noise.data.map((v) => 100 + 10 * v),
      shape: noise.shape,
    });
    expect((black + white) / 2).toBeCloseTo(100, -1);
    expect(white - black).toBeGreaterThan(57);
    expect(white - black).toBeLessThan(63);
  });

  test("clips beyond black and white", () => {
    const shown = decode(
      pngDataUri({ data: Float32Array.from([-9, 0, 5, 10, 99, 0]), shape: [2, 3] }, { black: 0, white: 10 }),
    );
    expect([...shown.data]).toEqual([0, 0, 128, 255, 255, 0]);
  });

  test("base64 agrees with Node's, also over many bytes", () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, i) => (i * 37) & 255);
    expect(base64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
  });
});
