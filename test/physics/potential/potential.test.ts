import { describe, expect, test } from "vitest";
import { rfft3 } from "../../../src/array/fft/fft.js";
import { centre, type Volume } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { modelDiameter, type PotentialAtom, potentialMap } from "../../../src/physics/potential/potential.js";
import { POTENTIAL_PER_SCATTERING, scatteringFactor } from "../../../src/physics/potential/scattering.js";

/** f(k / 2) by the formula, with a B factor. */
function scattering(element: string, k: number, bFactor = 0): number {
  const { a, b } = scatteringFactor(element);
  const f = a.reduce((sum, ai, i) => sum + ai * Math.exp((-b[i]! * k * k) / 4), 0);
  return f * Math.exp((-bFactor * k * k) / 4);
}

/** Calls back for every Fourier sample: k in 1/angstrom and the transform as an integral, V·angstrom³. */
function forEachFrequency(
  volume: Volume,
  visit: (kx: number, ky: number, kz: number, re: number, im: number) => void,
): void {
  const [n] = volume.shape;
  const { data } = rfft3(volume);
  const voxel = volume.voxelSize ** 3;
  const signed = (i: number) => (i < (n + 1) / 2 ? i : i - n) / (n * volume.voxelSize);
  const width = Math.floor(n / 2) + 1;
  for (let i = 0; i < data.length / 2; i++) {
    const row = Math.floor(i / width);
    visit(
      signed(i % width),
      signed(row % n),
      signed(Math.floor(row / n)),
      data[2 * i]! * voxel,
      data[2 * i + 1]! * voxel,
    );
  }
}

describe.each([
  { voxelSize: 1, box: 24, resolution: 3 },
  { voxelSize: 1.5, box: 25, resolution: 3 },
  { voxelSize: 1, box: 24, resolution: 2 },
  { voxelSize: 1, box: 25, resolution: 2.5 },
  { voxelSize: 3, box: 16, resolution: 8 },
])(
  "on a grid of $voxelSize angstrom, box $box, at $resolution angstrom",
  ({ voxelSize, box, resolution }) => {
    test.each(["C", "P", "FE"])(
      "an atom of %s off the grid has its analytic scattering factor",
      (element) => {
        const atom = { element, x: 0.37, y: -0.91, z: 1.83 };
        const map = potentialMap([atom], { voxelSize, box, resolution, middle: [0, 0, 0] });
        const c = centre(box) * voxelSize;
        let worst = 0;
        forEachFrequency(map, (kx, ky, kz, re, im) => {
          const k = Math.sqrt(kx * kx + ky * ky + kz * kz);
          const exact = POTENTIAL_PER_SCATTERING * scattering(element, k);
          if (k > 0.8 / resolution) {
            if (k >= 1.001 / resolution) worst = Math.max(worst, (re * re + im * im) / exact ** 2);
            return;
          }
          const phase = -2 * Math.PI * (kx * (c + atom.x) + ky * (c + atom.y) + kz * (c + atom.z));
          worst = Math.max(
            worst,
            Math.hypot(re - exact * Math.cos(phase), im - exact * Math.sin(phase)) / exact,
          );
        });
        expect(worst).toBeLessThan(1e-3);
      },
    );
  },
);

test("the sum over a model is 47.878 V·angstrom² times the sum of f(0), occupancies counted", () => {
  const random = Random.of(1, "potential");
  const atoms: PotentialAtom[] = Array.from({ length: 60 }, (_, i) => ({
    element: ["C", "N", "O", "S", "H"][i % 5]!,
    x: random.normal(10, 4),
    y: random.normal(-7, 4),
    z: random.normal(3, 4),
    occupancy: i % 3 === 0 ? 0.5 : 1,
  }));
  const map = potentialMap(atoms, { voxelSize: 2, box: 32, resolution: 5 });
  const total = map.data.reduce((sum, v) => sum + v, 0) * 8;
  const expected = atoms.reduce(
    (sum, { element, occupancy = 1 }) => sum + occupancy * scattering(element, 0),
    0,
  );
  expect(total / (POTENTIAL_PER_SCATTERING * expected)).toBeCloseTo(1, 4);
});

test("h² / (2π m e) is 47.878 V·angstrom²", () => {
  const [h, m, e] = [6.62607015e-34, 9.1093837015e-31, 1.602176634e-19];
  expect(POTENTIAL_PER_SCATTERING).toBeCloseTo((h * h * 1e20) / (2 * Math.PI * m * e), 4);
});

test("B factors widen atoms where they are asked for", () => {
  const atom = { element: "C", x: 0, y: 0, z: 0, bFactor: 80 };
  const options = { voxelSize: 1, box: 24, resolution: 3 };
  const sharp = potentialMap([atom], options);
  const wide = potentialMap([atom], { ...options, applyBFactors: true });
  let worst = 0;
  forEachFrequency(wide, (kx, ky, kz, re, im) => {
    const k = Math.sqrt(kx * kx + ky * ky + kz * kz);
    if (k > 0.8 / 3) return;
    const exact = POTENTIAL_PER_SCATTERING * scattering("C", k, 80);
    worst = Math.max(worst, Math.abs(Math.hypot(re, im) / exact - 1));
  });
  expect(worst).toBeLessThan(1e-3);
  expect(wide.data[12 * 577 + 12 * 24]!).toBeLessThan(sharp.data[12 * 577 + 12 * 24]!);
});

test("x, y and z of the coordinates are columns, rows and sections", () => {
  const map = potentialMap([{ element: "O", x: 2, y: -3, z: 4 }], {
    ...{ voxelSize: 1, box: 16, resolution: 3 },
    middle: [0, 0, 0],
  });
  const peak = map.data.indexOf(map.data.reduce((a, b) => Math.max(a, b)));
  expect([peak % 16, Math.floor(peak / 16) % 16, Math.floor(peak / 256)]).toEqual([10, 5, 12]);
});

test("the diameter of a model is twice its farthest atom from the mean", () => {
  const at = (x: number) => ({ element: "C", x, y: 1, z: 2 });
  expect(modelDiameter([at(0), at(10)])).toBeCloseTo(10, 12);
});

test("a box that does not hold the model is refused with the size that does", () => {
  const atoms = [-30, 30].map((x) => ({ element: "C", x, y: 0, z: 0 }));
  const options = { voxelSize: 2, resolution: 5 };
  expect(() => potentialMap(atoms, { ...options, box: 24 })).toThrow(
    /box: found 24, expected at least 32 voxels/,
  );
  expect(potentialMap(atoms, { ...options, box: 32 }).shape).toEqual([32, 32, 32]);
});

test("refuses what has no answer", () => {
  const options = { voxelSize: 2, box: 16, resolution: 5 };
  expect(() => potentialMap([], options)).toThrow(/atoms: found 0/);
  const atom = { element: "C", x: 0, y: 0, z: 0 };
  expect(() => potentialMap([atom], { ...options, resolution: 3 })).toThrow(
    /resolution: found 3, expected 4 to/,
  );
  expect(() => potentialMap([{ ...atom, element: "Xx" }], options)).toThrow(/element: found "Xx"/);
});

test.each([
  // f(0) in angstrom by Doyle & Turner 1968, Acta Cryst. A24:390, an independent calculation
  ["H", 0.529],
  ["C", 2.509],
  ["N", 2.211],
  ["O", 1.983],
  ["S", 5.161],
  ["ZN", 6.065],
])("%s scatters forward by %f angstrom", (element, expected) => {
  expect(scattering(element, 0) / expected).toBeGreaterThan(0.98);
  expect(scattering(element, 0) / expected).toBeLessThan(1.05);
});

test("symbols are read in any case, and deuterium as hydrogen", () => {
  expect(scatteringFactor(" fe")).toBe(scatteringFactor("Fe"));
  expect(scatteringFactor("D")).toBe(scatteringFactor("H"));
});
