import { describe, expect, test } from "vitest";
import { fourierResample, padOrCropVolume, resampleVolume } from "../../src/array/fft/resample.js";
import type { Volume } from "../../src/array/image.js";
import { bin, coarserPosition, crop, padOrCrop, sampleBilinear } from "../../src/array/resample.js";
import { oracle, oracleImage } from "./oracle.js";

const ramp = (rows: number, columns: number) => ({
  data: Float32Array.from({ length: rows * columns }, (_, i) => i),
  shape: [rows, columns] as const,
});

describe("crop and padOrCrop", () => {
  test("crop takes the rows and columns it names", () => {
    const part = crop(ramp(4, 5), 2, 1, [2, 3]);
    expect(part.shape).toEqual([2, 3]);
    expect([...part.data]).toEqual([7, 8, 9, 12, 13, 14]);
    expect(() => crop(ramp(4, 5), 3, 1, [2, 3])).toThrow("crop: found shape [1,3,3,6]");
  });

  test.each([
    [4, 5, 7, 8],
    [7, 8, 4, 5],
    [6, 3, 5, 9],
  ])("padOrCrop %i x %i to %i x %i keeps the centre pixel", (rows, columns, newRows, newColumns) => {
    const image = ramp(rows, columns);
    const other = padOrCrop(image, [newRows, newColumns], -1);
    for (let y = 0; y < newRows; y++) {
      for (let x = 0; x < newColumns; x++) {
        const oldY = y - Math.floor(newRows / 2) + Math.floor(rows / 2);
        const oldX = x - Math.floor(newColumns / 2) + Math.floor(columns / 2);
        const inside = oldY >= 0 && oldY < rows && oldX >= 0 && oldX < columns;
        expect(other.data[y * newColumns + x]).toBe(inside ? oldY * columns + oldX : -1);
      }
    }
  });
});

test("sampleBilinear is exact for x, y and x y, and holds the edge outside", () => {
  const image = ramp(4, 5);
  image.data.forEach((_, i) => {
    image.data[i] = 2 * (i % 5) + 3 * Math.floor(i / 5) + (i % 5) * Math.floor(i / 5);
  });
  expect(sampleBilinear(image, 1.25, 2.5)).toBeCloseTo(2.5 + 7.5 + 1.25 * 2.5, 5);
  expect(sampleBilinear(image, 4, 3)).toBe(8 + 9 + 12);
  expect(sampleBilinear(image, 9, -2)).toBe(8);
  expect(sampleBilinear({ data: Float32Array.of(6), shape: [1, 1] }, 0.4, 0.2)).toBe(6);
});

test("bin takes means of squares and drops what fills none", () => {
  const binned = bin(ramp(5, 7), 2);
  expect(binned.shape).toEqual([2, 3]);
  expect([...binned.data]).toEqual([4, 6, 8, 18, 20, 22]);
});

describe("fourierResample", () => {
  test.each([
    [8, 10],
    [20, 18],
    [13, 14],
  ])("to %i x %i agrees with scipy.signal.resample", (rows, columns) => {
    const found = fourierResample(oracleImage, [rows, columns]);
    expect(found.shape).toEqual([rows, columns]);
    expect(found.data).toBeAllclose(oracle(`resample${rows}x${columns}`), { relative: 1e-6, absolute: 5e-6 });
  });

  test("to its own shape is the image; there and back loses nothing when the way is up", () => {
    expect(fourierResample(oracleImage, [12, 15]).data).toBeAllclose(oracleImage.data, { absolute: 5e-6 });
    const up = fourierResample(oracleImage, [18, 22]);
    expect(fourierResample(up, [12, 15]).data).toBeAllclose(oracleImage.data, { absolute: 5e-6 });
  });

  test("of a column pair with content at Nyquist adds and halves it as scipy does", () => {
    const image = { data: Float32Array.of(1, -1, 1, -1), shape: [1, 4] as const };
    expect(fourierResample(image, [1, 8]).data).toBeAllclose(
      [0, 1, 2, 3, 4, 5, 6, 7].map((x) => Math.cos((Math.PI * x) / 2)),
      { absolute: 1e-6 },
    );
    expect(fourierResample({ data: Float32Array.of(1, 0, -1, 0), shape: [1, 4] }, [1, 2]).data).toBeAllclose([
      1, -1,
    ]);
  });
});

describe("resampleVolume", () => {
  /** A Gaussian blob off the centre, the same in angstrom whatever the sampling. */
  function blob(box: number, voxelSize: number): Volume {
    const data = new Float32Array(box ** 3);
    const at = (i: number) => (i - Math.floor(box / 2)) * voxelSize;
    for (let z = 0, i = 0; z < box; z++) {
      for (let y = 0; y < box; y++) {
        for (let x = 0; x < box; x++, i++) {
          const squared = (at(x) - 4) ** 2 + (at(y) + 3) ** 2 + ((at(z) - 2) * 0.8) ** 2;
          data[i] = Math.exp(-squared / (2 * 5 ** 2));
        }
      }
    }
    return { data, shape: [box, box, box], voxelSize };
  }

  test.each([
    [32, 2, 2.7, 24],
    [32, 2, 1.3, 40],
    [31, 2, 3.1, 21],
    [32, 2, 2, 27],
  ])(
    "of %i voxels of %f A to %f A keeps every density at its place",
    (box, voxelSize, newVoxelSize, newBox) => {
      const found = resampleVolume(blob(box, voxelSize), newVoxelSize, newBox);
      expect(found.shape).toEqual([newBox, newBox, newBox]);
      expect(found.voxelSize).toBe(newVoxelSize);
      expect(found.data).toBeAllclose(blob(newBox, newVoxelSize).data, { relative: 0, absolute: 2e-3 });
    },
  );

  test("to voxels two thirds the size agrees with scipy.signal.resample along each axis", () => {
    const volume = { data: Float32Array.from(oracle("volume")), shape: [4, 4, 4], voxelSize: 3 } as const;
    expect(resampleVolume(volume, 2, 6).data).toBeAllclose(oracle("volume6"), {
      relative: 1e-6,
      absolute: 2e-6,
    });
  });

  test("a coarse voxel size is met although no box up to twice the volume's does", () => {
    // evenly many voxels of 10.05 angstrom are evenly many of 4 to 0.1 % from 176 of these on
    expect(resampleVolume(blob(40, 4), 10.05, 16).voxelSize).toBe(10.05);
    expect(resampleVolume(blob(40, 4), 10.05).voxelSize).toBe(10.05);
  });

  test("refuses a box that is not a cube and a voxel size of 0", () => {
    const flat: Volume = { data: new Float32Array(8), shape: [1, 2, 4], voxelSize: 1 };
    expect(() => resampleVolume(flat, 2, 4)).toThrow("found 1 x 2 x 4 voxels, expected a cube");
    expect(() => resampleVolume({ ...blob(8, 1), voxelSize: 0 }, 2, 4)).toThrow(
      "found 0, expected 0.001 to 1000",
    );
  });

  test("padOrCropVolume keeps the centre voxel", () => {
    const volume: Volume = { data: new Float32Array(60), shape: [3, 4, 5], voxelSize: 1 };
    volume.data[(1 * 4 + 2) * 5 + 2] = 7;
    const padded = padOrCropVolume(volume, 6);
    expect(padded.data.indexOf(7)).toBe((3 * 6 + 3) * 6 + 3);
    expect(padOrCropVolume(volume, 2).data.indexOf(7)).toBe((1 * 2 + 1) * 2 + 1);
  });
});

test("coarserPosition: the middle of a block of pixels is the middle of one, the edge stays the edge", () => {
  // three pixels about 1 become the first; 3, 4, 5 the second; the edges lie half a pixel before the first
  expect([1, 4, -0.5].map((at) => coarserPosition(at, 3))).toEqual([0, 1, -0.5]);
  expect([0.5, 7.25].map((at) => coarserPosition(at, 2))).toEqual([0, 3.375]);
  expect(coarserPosition(2, 0.5)).toBe(4.5);
});
