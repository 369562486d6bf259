import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Volume } from "../../../src/array/image.js";
import { createMask, type MaskOptions } from "../../../src/evaluate/maps/mask.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram } from "../../physics/relion.js";
import { halfMaps } from "./noisy-maps.js";
import { readMapFile, relion, writeMap } from "./relion.js";

const single = (size: number, at: number): Volume => {
  const data = new Float32Array(size ** 3);
  data[at] = 1;
  return { data, shape: [size, size, size], voxelSize: 1 };
};

describe("createMask", () => {
  test("without growth or edge is the thresholded map, the threshold itself inside", () => {
    const map = { ...single(2, 3), data: Float32Array.of(0, 0.5, 1, 2, -1, 0.49, 0.5, 0) };
    expect([...createMask(map, { threshold: 0.5 }).data]).toEqual([0, 1, 1, 1, 0, 0, 1, 0]);
  });

  test("grows by the voxels nearer than the extension, and the edge falls as a raised cosine of the distance", () => {
    const size = 15;
    const mask = createMask(single(size, (7 * size + 7) * size + 7), {
      threshold: 1,
      extend: 2.5,
      softEdge: 3,
    });
    const at = (x: number): number => mask.data[(7 * size + 7) * size + 7 + x]!;
    expect(at(2)).toBe(1);
    expect(at(3)).toBeCloseTo(0.75, 6); // one voxel beyond the last: 0.5 + 0.5 cos(π / 3)
    expect(at(-4)).toBeCloseTo(0.25, 6);
    expect(at(5)).toBe(0); // three voxels, the width itself
    // (2, 2, 0) lies 2.83 voxels away; the nearest voxels inside are (1, 2, 0) and (2, 1, 0)
    expect(mask.data[(7 * size + 9) * size + 9]).toBeCloseTo(0.75, 6);
  });

  test("shrinks where the extension is negative, and not from the edge of the box", () => {
    const whole = { ...single(9, 0), data: new Float32Array(729).fill(1) };
    whole.data[4 * 81 + 4 * 9 + 4] = 0;
    const mask = createMask(whole, { threshold: 0.5, extend: -1.5 });
    const removed = mask.data.reduce((sum, value) => sum + 1 - value, 0);
    expect(removed).toBe(19); // the voxel, its 6 faces and its 12 edges; corners lie 1.73 away
  });

  test("an empty region stays empty", () => {
    expect(
      createMask(single(8, 0), { threshold: 2, extend: 3, softEdge: 3 }).data.every((v) => v === 0),
    ).toBe(true);
  });

  test("refuses a soft edge that is negative or wider than the box", () => {
    expect(() => createMask(single(8, 0), { threshold: 1, softEdge: -1 })).toThrow(
      "mask: soft edge: found -1",
    );
    expect(() => createMask(single(8, 0), { threshold: 1, extend: 9 })).toThrow("mask: extension: found 9");
  });
});

const withRelion = hasProgram("relion_mask_create") ? test : test.skip;

describe("against RELION 3.1.3 (needs relion_mask_create)", () => {
  const folder = scratchFolder();
  const [map] = halfMaps(40, 3, 0.2);
  const cases: readonly MaskOptions[] = [
    { threshold: 0.5, extend: 3, softEdge: 6 },
    { threshold: 1.2, extend: 2.3, softEdge: 4.7 },
    { threshold: 0.3, extend: -2, softEdge: 5 },
    { threshold: 0.8, extend: 0, softEdge: 0 },
  ];

  withRelion.each(cases)("the same mask voxel by voxel: %o", (options) => {
    const input = writeMap(folder, "map.mrc", map);
    relion(
      "relion_mask_create",
      [
        ...["--i", input, "--o", "mask.mrc", "--ini_threshold", options.threshold],
        ...["--extend_inimask", options.extend!, "--width_soft_edge", options.softEdge!],
      ],
      folder,
    );
    const expected = readMapFile(join(folder, "mask.mrc"));
    expect(createMask(map, options).data).toBeAllclose(expected.data, { relative: 0, absolute: 1e-6 });
  });
});
