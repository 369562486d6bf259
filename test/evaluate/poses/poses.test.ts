import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, multiplyRotations, uniformRotation } from "../../../src/core/rotation.js";
import { symmetryOperators } from "../../../src/core/symmetry.js";
import { constantPoses, randomPoses } from "../../../src/evaluate/poses/floors.js";
import { type ParticlePose, scorePoses } from "../../../src/evaluate/poses/poses.js";

type Row = readonly [rot: number, tilt: number, psi: number, x: number, y: number];
interface Case {
  readonly name: string;
  readonly symmetry: string;
  readonly hand: string;
  readonly truth: readonly Row[];
  readonly estimate: readonly Row[];
  readonly angle: readonly number[];
  readonly view: readonly number[];
  readonly inPlane: readonly number[];
  readonly shift: readonly number[];
  readonly moved: readonly number[];
}
const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL("../../fixtures/evaluate/poses.json", import.meta.url), "utf8"),
);

const poseOf = ([rot, tilt, psi, x, y]: Row): ParticlePose => ({
  rotation: eulerToMatrix({ rot, tilt, psi }),
  ...{ x, y },
});
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test.each(cases)("errors are scipy's after scipy's alignment: $name, $symmetry", (golden) => {
  const scores = scorePoses(
    golden.estimate.map(poseOf),
    golden.truth.map(poseOf),
    symmetryOperators(golden.symmetry),
  );
  expect(scores.hand).toBe(golden.hand);
  // the mean is at its least, where it is flat; single errors follow the turn itself
  expect(scores.angle.mean).toBeLessThan(meanOf(golden.angle) + 0.01);
  expect(scores.angle.mean).toBeGreaterThan(meanOf(golden.angle) - 0.01);
  // of a wrong pose, members of the group may be equally near
  const right = scores.errors.flatMap(({ angle }, i) => (angle < 20 ? [i] : []));
  const worst = (name: "angle" | "view" | "inPlane" | "shift"): number =>
    Math.max(...right.map((i) => Math.abs(scores.errors[i]![name] - golden[name][i]!)));
  expect(worst("angle")).toBeLessThan(0.3);
  expect(worst("view")).toBeLessThan(0.3);
  expect(worst("inPlane")).toBeLessThan(0.3);
  expect(worst("shift")).toBeLessThan(1e-6);
  for (const i of [0, 1, 2]) expect(scores.moved[i]).toBeCloseTo(golden.moved[i]!, 6);
});

const someTruth = (count: number): ParticlePose[] => {
  const random = Random.of(3, "truth");
  return Array.from({ length: count }, () => ({
    rotation: eulerToMatrix(uniformRotation(random)),
    ...{ x: random.normal(), y: random.normal() },
  }));
};

test("the truth in another frame has no error, and it is said how that frame is turned", () => {
  const truth = someTruth(50);
  const turn = eulerToMatrix({ rot: 20, tilt: 0, psi: 0 });
  const turned = truth.map((pose) => ({ ...pose, rotation: multiplyRotations(pose.rotation, turn) }));
  const scores = scorePoses(turned, truth, symmetryOperators("C1"));
  expect(scores.angle.mean).toBeLessThan(1e-5);
  expect(scores.turned).toBeCloseTo(20, 5);
  expect(scores.unaligned.median).toBeCloseTo(20, 5);
});

test("an in-plane error is no error of the view, and an error of the view none in the plane", () => {
  const truth = someTruth(3).flatMap((pose) => Array.from({ length: 9 }, () => pose));
  const spoilt = (by: { rot: number; tilt: number; psi: number }): ParticlePose[] =>
    truth.map((pose, i) =>
      i % 9 === 0 ? { ...pose, rotation: multiplyRotations(eulerToMatrix(by), pose.rotation) } : pose,
    );
  const inPlane = scorePoses(spoilt({ rot: 30, tilt: 0, psi: 0 }), truth, symmetryOperators("C1")).errors[0]!;
  expect([inPlane.angle, inPlane.view, inPlane.inPlane].map(Math.round)).toEqual([30, 0, 30]);
  const view = scorePoses(spoilt({ rot: 0, tilt: 40, psi: 0 }), truth, symmetryOperators("C1")).errors[0]!;
  expect([view.angle, view.view, view.inPlane].map(Math.round)).toEqual([40, 40, 0]);
});

// the mean of the angle of a uniform rotation is 90 + 2 / pi radian (126.5 degrees), of a direction 90; alignment gains some of it
test("random poses of many particles are as far off as uniform rotations are, far less with symmetry", () => {
  const truth = someTruth(1500);
  const random = randomPoses(truth, Random.of(1, "floor"));
  const scores = scorePoses(random, truth, symmetryOperators("C1"));
  expect(scores.unaligned.mean).toBeGreaterThan(123);
  expect(scores.unaligned.mean).toBeLessThan(130);
  expect(scores.angle.mean).toBeGreaterThan(119);
  expect(scores.view.mean).toBeGreaterThan(85);
  expect(scorePoses(random, truth, symmetryOperators("O")).angle.mean).toBeLessThan(48);
});

test("the best constant pose finds the view that most particles share", () => {
  const truth = someTruth(30).map((pose, i) =>
    i < 20 ? { ...pose, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1] as const } : pose,
  );
  const scores = scorePoses(constantPoses(truth), truth, symmetryOperators("C1"));
  expect(scores.angle.median).toBeLessThan(1);
  expect(scores.angle.mean).toBeGreaterThan(20);
});
