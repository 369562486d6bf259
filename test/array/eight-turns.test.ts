import { describe, expect, test } from "vitest";
import { type EightTurn, turnedAxis, turnedImage, turnedWalk } from "../../src/array/eight-turns.js";
import { type Image, zeros } from "../../src/array/image.js";

const TURNS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** 1 2 3 above 4 5 6. */
const image: Image = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };

describe("turnedImage", () => {
  test.each<[EightTurn, string]>([
    [0, "123 456"],
    [1, "36 25 14"], // the right column becomes the top row
    [2, "654 321"],
    [3, "41 52 63"], // the left column becomes the top row, from below
    [4, "321 654"],
    [5, "63 52 41"],
    [6, "456 123"],
    [7, "14 25 36"], // the transpose
  ])("turn %i", (turn, rows) => {
    const { data, shape } = turnedImage(image, turn);
    const lines = Array.from({ length: shape[0] }, (_, row) =>
      data.subarray(row * shape[1], (row + 1) * shape[1]).join(""),
    );
    expect(lines.join(" ")).toBe(rows);
  });

  test("four quarter turns, or two mirrors of any kind, give the image back", () => {
    const four = [1, 1, 1, 1].reduce((turned) => turnedImage(turned, 1), image);
    expect(four).toEqual(image);
    for (const turn of [4, 5, 6, 7] as const) {
      expect(turnedImage(turnedImage(image, turn), turn)).toEqual(image);
    }
  });
});

test("turnedWalk reads a part of a wider array in the same order", () => {
  const wide = Float32Array.of(...[0, 0, 1, 2, 3], ...[0, 0, 4, 5, 6]); // the image at column 2 of rows of 5
  for (const turn of TURNS) {
    const { first, down, right } = turnedWalk(turn, image.shape, 5);
    const { data, shape } = turnedImage(image, turn);
    const read = Array.from(
      data,
      (_, i) => wide[2 + first + Math.floor(i / shape[1]) * down + (i % shape[1]) * right],
    );
    expect(read).toEqual([...data]);
  }
});

test("turnedAxis is the direction of a line in the turned image", () => {
  // a line through the middle of 41 x 41 pixels, 30 degrees from +x towards +y
  const line = (degrees: number): Image => {
    const out = zeros(41, 41);
    for (let i = 0; i < out.data.length; i++) {
      const [x, y] = [(i % 41) - 20, Math.floor(i / 41) - 20];
      const angle = (degrees * Math.PI) / 180;
      out.data[i] = Math.exp(-((x * Math.sin(angle) - y * Math.cos(angle)) ** 2));
    }
    return out;
  };
  expect(TURNS.map((turn) => turnedAxis(30, turn))).toEqual([30, 120, 30, 120, -30, 60, -30, 60]);
  for (const turn of TURNS) {
    expect(turnedImage(line(30), turn).data).toBeAllclose(line(turnedAxis(30, turn)).data, {
      absolute: 1e-6,
    });
  }
});
