import { describe, expect, test } from "vitest";
import type { CtfFit } from "../../../src/estimate/ctf/ctf-fit.js";
import { ctfPicture } from "../../../src/estimate/ctf/ctf-picture.js";
import { ctf } from "../../../src/physics/optics/ctf.js";

const SIZE = 64;
const WIDTH = SIZE / 2 + 1;
const optics = { pixelSize: 2, voltage: 300, sphericalAberration: 0, amplitudeContrast: 0.1 };
/** 1/angstrom, of one sample of the spectrum. */
const STEP = 1 / (SIZE * optics.pixelSize);
const BAND = [8 * STEP, 20 * STEP] as const;
/** About where the equiphase average of this fit is 1 over its baseline; 0 elsewhere in the band. */
const BRIGHT = 14;
/** Where the spectrum stands out, in samples of it: to the right and up, which is stored, or to the left and down. */
const SPOT = { x: 12, y: -9 };

const power = new Float32Array(SIZE * WIDTH).fill(1);
power[(SIZE + SPOT.y) * WIDTH + SPOT.x] = 1000;
const k = Float64Array.from({ length: 13 }, (_, i) => (8 + i) * STEP);
const flat = (value: number): Float64Array => new Float64Array(k.length).fill(value);
const fit: CtfFit = {
  // strongly astigmatic at 45 degrees, so that right and left, up and down cannot be exchanged unseen
  ...{ defocusU: 9000, defocusV: 5000, defocusAngle: 45, phaseShift: 0 },
  ...{ score: 1, evidence: 100, resolution: 1 / (16 * STEP), band: BAND },
  spectrum: { data: power, shape: [SIZE, SIZE] },
  profile: {
    ...{ k, baseline: flat(2), envelope: flat(4), ring: flat(0) },
    power: k.map((at) => (Math.abs(at - BRIGHT * STEP) < 1.5 * STEP ? 6 : 2)),
  },
};

// 22 samples reach 1.1 times the band's end; 45 of them fill 495 of at most 512 pixels
const REACH = 22;
const ZOOM = 11;
const { shape, samples } = ctfPicture(fit, optics);
/** Red, green, blue at the middle of the sample (x, y) of the spectrum, its zero frequency in the middle, y down. */
const at = (x: number, y: number): readonly number[] => {
  const [row, column] = [y, x].map((n) => (n + REACH) * ZOOM + (ZOOM - 1) / 2) as [number, number];
  return samples.slice(
    3 * (row * shape[1] + column),
    3 * (row * shape[1] + column) + 3,
  ) as unknown as number[];
};

test("its size: whole samples, enlarged", () => {
  expect(shape).toEqual([(2 * REACH + 1) * ZOOM, (2 * REACH + 1) * ZOOM]);
  expect(at(-REACH, -REACH).slice(0, 1)).toEqual(new Uint8ClampedArray([255]));
});

test("right: |CTF|² of the fit, its axis from +x towards +y, which runs down", () => {
  const value = ctf({ ...optics, ...fit });
  for (const [x, y] of [
    [9, 9],
    [9, -9],
    [3, 12],
    [12, 3],
    [15, -1],
  ] as const) {
    expect(at(x, y)[0]).toBe(Math.round(255 * value(x * STEP, y * STEP) ** 2));
  }
  expect(at(9, 9)[0]).not.toBe(at(9, -9)[0]);
});

test("lower left: the spectrum; a spot up to the right shows at its mirror, down to the left", () => {
  const level = (x: number, y: number): number => at(x, y)[0]!;
  // smoothed over one sample either way
  for (const [dx, dy] of [
    [0, 0],
    [1, 1],
    [-1, 1],
  ] as const) {
    expect(level(-SPOT.x + dx, -SPOT.y + dy)).toBe(255);
  }
  expect(level(-SPOT.x + 2, -SPOT.y)).toBeLessThan(200);
  expect(level(SPOT.y, SPOT.x)).toBeLessThan(200);
});

describe("upper left: the equiphase average", () => {
  // along 45 degrees (up to the left: -135) the defocus is U, else V; the mean, 7000, has the same phase where
  // 7000 q² = U k², as there is no spherical aberration
  const along = (degrees: number, defocus: number): number => {
    const radius = BRIGHT * Math.sqrt(7000 / defocus);
    const [x, y] = [Math.cos, Math.sin].map((of) => Math.round(radius * of((degrees * Math.PI) / 180)));
    return at(x!, y!)[0]!;
  };

  test("is bright where the direction's own defocus has the phase of the bright ring", () => {
    expect(along(-135, fit.defocusU)).toBeGreaterThan(200);
    expect(along(-135, fit.defocusV)).toBeLessThan(60);
  });

  test("is grey outside the band", () => {
    expect(at(-2, -2)[0]).toBe(128);
  });
});

test("ticks on the vertical middle line: the band's ends and the resolution, above and below", () => {
  const orange = [255, 176, 0];
  const column = Math.round((REACH + 0.5) * ZOOM);
  const rows = Array.from({ length: shape[0] }, (_, row) => row).filter((row) => {
    const start = 3 * (row * shape[1] + column);
    return orange.every((value, i) => samples[start + i] === value);
  });
  const middle = Math.round((REACH + 0.5) * ZOOM);
  const distances = [8, 16, 20].map((n) => n * ZOOM);
  expect(rows).toEqual([
    ...distances.toReversed().map((distance) => middle - distance),
    ...distances.map((distance) => middle + distance),
  ]);
});
