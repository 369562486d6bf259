import { expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import {
  addThickness,
  type Contaminant,
  drawContaminants,
} from "../../../src/physics/specimen/contaminants.js";

const lump: Contaminant = { x: 60.3, y: 50.6, radius: 60, thickness: 90, lobes: 3, depth: 0.2, angle: 40 };
const total = (data: Float32Array): number => data.reduce((sum, value) => sum + value, 0);

test("a lump has the volume of half an ellipsoid with its lobes: 2/3 pi R² t (1 + depth² / 2)", () => {
  const image = zeros(120, 130);
  addThickness(image, [lump], 2, 1);
  const volume = (2 / 3) * Math.PI * 60 ** 2 * 90 * (1 + 0.2 ** 2 / 2);
  // pixels of 2 angstrom
  expect(4 * total(image.data)).toBeCloseTo(volume, -3);
  expect(Math.abs((4 * total(image.data)) / volume - 1)).toBeLessThan(3e-3);
  expect(Math.max(...image.data)).toBeLessThanOrEqual(90);
  expect(Math.max(...image.data)).toBeGreaterThan(89.5);
});

test("its lobes point where the angle says", () => {
  const image = zeros(120, 130);
  addThickness(image, [{ ...lump, x: 64, y: 60, lobes: 1, angle: 90 }], 2, 1);
  const at = (x: number, y: number): number => image.data[y * 130 + x]!;
  // 36 pixels downward, 24 upward
  expect(at(64, 60 + 33)).toBeGreaterThan(0);
  expect(at(64, 60 - 33)).toBe(0);
  expect(at(64 + 29, 60)).toBeCloseTo(at(64 - 29, 60), 4);
});

test("what hangs over an edge comes in at the opposite one", () => {
  const [whole, cut] = [zeros(120, 130), zeros(120, 130)];
  addThickness(whole, [{ ...lump, x: 65, y: 60 }], 2, 1);
  addThickness(cut, [{ ...lump, x: 0, y: 119 }], 2, 1);
  expect(total(cut.data)).toBeCloseTo(total(whole.data), 0);
  expect(cut.data[119 * 130]).toBeCloseTo(whole.data[60 * 130 + 65]!, 5);
});

test("numbers are Poisson's; sizes go by the particle; places fill the field", () => {
  const random = Random.of(1, "contaminants");
  const draws = Array.from({ length: 3000 }, () => drawContaminants([200, 300], 1.5, 100, random));
  const counts = draws.map(({ length }) => length);
  const mean = counts.reduce((a, b) => a + b, 0) / 3000;
  const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / 3000;
  expect(Math.abs(mean - 1.5)).toBeLessThan(5 * Math.sqrt(1.5 / 3000));
  expect(Math.abs(variance - 1.5)).toBeLessThan(0.3);
  const all = draws.flat();
  const radii = all.map(({ radius }) => radius);
  expect([Math.min(...radii) >= 30, Math.max(...radii) <= 120]).toEqual([true, true]);
  expect([Math.min(...radii), Math.max(...radii)].map(Math.round)).toEqual([30, 120]);
  expect(Math.max(...all.map(({ x }) => x))).toBeGreaterThan(295);
  expect(Math.max(...all.map(({ y }) => y))).toBeLessThan(199.5);
});
