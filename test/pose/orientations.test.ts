import { expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import {
  axisRotation,
  eulerToMatrix,
  multiplyRotations,
  rotationAngle,
  uniformRotation,
} from "../../src/core/rotation.js";
import { symmetricAngle, symmetryOperators } from "../../src/core/symmetry.js";
import {
  evenOrientations,
  OrientationPeaks,
  orientationCells,
  sharpness,
} from "../../src/pose/orientations.js";

const random = Random.of(11, "orientations");
const drawn = Array.from({ length: 200 }, () => eulerToMatrix(uniformRotation(random)));

/** The odds that are taught for an orientation, written out. */
function taught(cells: ReturnType<typeof orientationCells>, truth: (typeof drawn)[number]): Float32Array {
  const weights = cells.matrices.map((cell) => {
    const angle = (symmetricAngle(cell, truth, cells.operators) * Math.PI) / 180;
    return Math.exp(sharpness(cells) * 2 * (Math.cos(angle) - 1));
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}

test("even orientations are rotations that leave no hole and lie nowhere close together", () => {
  const all = evenOrientations(576);
  for (const a of all) {
    const unit = multiplyRotations(a, [a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]]);
    for (const [k, value] of [1, 0, 0, 0, 1, 0, 0, 0, 1].entries()) expect(unit[k]).toBeCloseTo(value, 12);
  }
  const farthest = Math.max(...drawn.map((a) => Math.min(...all.map((b) => rotationAngle(a, b)))));
  expect(farthest).toBeLessThan(30);
  const nearest = all.map((a, i) => Math.min(...all.map((b, j) => (i === j ? 180 : rotationAngle(a, b)))));
  expect(Math.min(...nearest)).toBeGreaterThan(15);
});

test.each(["C1", "C3", "O"])("%s: the odds that are taught give back the orientation", (group) => {
  const cells = orientationCells(576, symmetryOperators(group));
  expect(Math.abs(cells.matrices.length / 576 - 1)).toBeLessThan(0.1);
  const peaks = new OrientationPeaks(cells);
  const errors = drawn.slice(0, 60).map((truth) => {
    const [first] = peaks.likeliest(taught(cells, truth), 1);
    expect(first!.probability).toBeGreaterThan(0.9);
    return symmetricAngle(first!.rotation, truth, cells.operators) / cells.spacing;
  });
  expect(Math.max(...errors)).toBeLessThan(0.4);
  expect(errors.sort((a, b) => a - b)[30]).toBeLessThan(0.15);
});

test("of an image that looks like two orientations both are told, the likelier one first", () => {
  const cells = orientationCells(576, symmetryOperators("C1"));
  const a = drawn[0]!;
  const b = multiplyRotations(axisRotation([1, 2, 0], 120), a);
  const [ofA, ofB] = [taught(cells, a), taught(cells, b)];
  const odds = ofA.map((value, i) => 0.3 * value + 0.7 * ofB[i]!);
  const [first, second] = new OrientationPeaks(cells).likeliest(odds, 2);
  expect(rotationAngle(first!.rotation, b)).toBeLessThan(6);
  expect(rotationAngle(second!.rotation, a)).toBeLessThan(6);
  expect(first!.probability).toBeCloseTo(0.7, 1);
  expect(second!.probability).toBeCloseTo(0.3, 1);
});

test("where no odds are left there are fewer orientations", () => {
  const cells = orientationCells(20, symmetryOperators("C1"));
  const odds = new Float32Array(20);
  odds[7] = 1;
  const found = new OrientationPeaks(cells).likeliest(odds, 4);
  expect(found).toHaveLength(1);
  expect(rotationAngle(found[0]!.rotation, cells.matrices[7]!)).toBeLessThan(1e-5);
});
