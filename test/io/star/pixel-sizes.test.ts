import { describe, expect, test } from "vitest";
import { parseStar } from "../../../src/io/star/parse.js";
import { pixelSizesOf } from "../../../src/io/star/pixel-sizes.js";

const optics = (labels: readonly string[], ...rows: readonly string[]): string =>
  `data_optics\nloop_\n${["rlnOpticsGroup", ...labels].map((label) => `_${label}\n`).join("")}${rows.join("\n")}\n` +
  `data_particles\nloop_\n_rlnOpticsGroup\n2\n1\n`;

const sizes = (text: string, table = "particles") => {
  const file = parseStar(text, "p.star");
  return pixelSizesOf(file, file.table(table));
};

describe("pixelSizesOf", () => {
  test("the micrograph's own goes before the movie's; each row has its group's", () => {
    const labels = ["rlnMicrographPixelSize", "rlnMicrographOriginalPixelSize", "rlnImagePixelSize"];
    expect(sizes(optics(labels, "1 1.06 0.53 2.12", "2 0.89 0.89 1.78"))).toEqual([
      { micrograph: 0.89, original: 0.89, image: 1.78 },
      { micrograph: 1.06, original: 0.53, image: 2.12 },
    ]);
  });

  test("after extraction the movie's says the micrograph's only where the images have the same", () => {
    const labels = ["rlnMicrographOriginalPixelSize", "rlnImagePixelSize"];
    expect(sizes(optics(labels, "1 1.5 1.5", "2 0.53 1.06")).map(({ micrograph }) => micrograph)).toEqual([
      undefined,
      1.5,
    ]);
    expect(sizes(optics(["rlnImagePixelSize"], "1 1.5", "2 1.5"))[0]).toEqual({
      ...{ micrograph: undefined, original: undefined, image: 1.5 },
    });
  });

  test("RELION 3.0: 10,000 micrometres over the magnification, of the image where there is one", () => {
    const row = (more: string, value: string): string =>
      `data_\nloop_\n_rlnDetectorPixelSize\n_rlnMagnification\n${more}5 40000 ${value}\n`;
    const nothing = { micrograph: undefined, original: undefined, image: undefined };
    expect(sizes(row("_rlnImageName\n", "1@a.mrcs"), "")).toEqual([{ ...nothing, image: 1.25 }]);
    expect(sizes(row("_rlnMicrographName\n", "a.mrc"), "")).toEqual([{ ...nothing, micrograph: 1.25 }]);
    expect(sizes("data_\nloop_\n_rlnCoordinateX\n1\n", "")).toEqual([nothing]);
  });

  test("RELION 3.0: two words for the pixel size that disagree are refused, rounded ones are not", () => {
    const row = (size: number): string =>
      `data_\nloop_\n_rlnPixelSize\n_rlnDetectorPixelSize\n_rlnMagnification\n${size} 5 50000\n`;
    expect(sizes(row(1.01), "")[0]!.micrograph).toBe(1.01);
    expect(() => sizes(row(3), "")).toThrow(
      "data_, line 6, rlnPixelSize: found 3, expected 1 angstrom, as rlnDetectorPixelSize over rlnMagnification says",
    );
  });

  test("an optics group that is defined twice is refused", () => {
    expect(() => sizes(optics(["rlnImagePixelSize"], "1 1", "2 1", "1 2"))).toThrow(
      "p.star: data_optics, line 7, rlnOpticsGroup: found 1, expected each optics group once",
    );
  });

  test("a pixel size of 0 and a group that is not defined are refused", () => {
    expect(() => sizes(optics(["rlnImagePixelSize"], "1 0", "2 1"))).toThrow(
      /rlnImagePixelSize: found 0, expected 0.1 to 50 angstrom/,
    );
    expect(() => sizes(optics(["rlnImagePixelSize"], "1 1"))).toThrow(
      /rlnOpticsGroup: found 2, expected a group/,
    );
  });
});
