import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { cutCrop } from "../../../src/translate/samples/crop.js";
import { drawQueryPoints } from "../../../src/translate/samples/query-points.js";

describe("cutCrop", () => {
  const columns = 5;
  const data = Float32Array.from({ length: 20 }, (_, i) => i);
  const cut = (turn: number): number[] => [
    ...cutCrop(data, columns, { row: 1, column: 2, size: 2, turn }, new Float32Array(4)),
  ];

  test("turn 0 is the crop itself, turn 1 a quarter turn counter-clockwise, turn 4 the mirror image", () => {
    expect(cut(0)).toEqual([7, 8, 12, 13]);
    expect(cut(1)).toEqual([8, 13, 7, 12]);
    expect(cut(2)).toEqual([13, 12, 8, 7]);
    expect(cut(4)).toEqual([8, 7, 13, 12]);
  });

  test("the eight turns are eight different images of the same pixels", () => {
    const all = Array.from({ length: 8 }, (_, turn) => cut(turn));
    expect(new Set(all.map(String)).size).toBe(8);
    for (const one of all) expect([...one].sort((a, b) => a - b)).toEqual([7, 8, 12, 13]);
  });
});

describe("drawQueryPoints", () => {
  const mask = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 < 2 ? 255 : 0));

  test("particle points lie on the mask, background points off it, and both spread over all pixels", () => {
    const { particles, background } = drawQueryPoints(mask, 2000, Random.of(1, "points"));
    expect([...particles!].every((i) => mask[i]! > 0)).toBe(true);
    expect([...background!].every((i) => mask[i]! === 0)).toBe(true);
    expect(new Set(particles).size).toBe(16);
    expect(new Set(background).size).toBe(48);
  });

  test("a crop without particles has no particle points, one without background no background points", () => {
    expect(drawQueryPoints(new Uint8Array(64), 4, Random.of(1, "points")).particles).toBeNull();
    expect(drawQueryPoints(new Uint8Array(64).fill(1), 4, Random.of(1, "points")).background).toBeNull();
  });
});
