import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import {
  axisRotation,
  eulerToMatrix,
  matrixToEuler,
  multiplyRotations,
  type RotationMatrix,
  rotationAngle,
  transposeRotation,
  uniformRotation,
} from "../../src/core/rotation.js";

const identity: RotationMatrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const random = Random.of(3, "rotation");

test("A is (Rz(rot) Ry(tilt) Rz(psi)) transposed, each factor counter-clockwise", () => {
  for (let i = 0; i < 50; i++) {
    const { rot, tilt, psi } = uniformRotation(random);
    const z = axisRotation([0, 0, 1], rot);
    const turned = multiplyRotations(
      multiplyRotations(z, axisRotation([0, 1, 0], tilt)),
      axisRotation([0, 0, 1], psi),
    );
    expect(eulerToMatrix({ rot, tilt, psi })).toBeAllclose(transposeRotation(turned), { absolute: 1e-12 });
  }
});

test("a quarter turn about z takes x to y", () => {
  const [a, , , b] = axisRotation([0, 0, 2], 90);
  expect([a, b]).toBeAllclose([0, 1], { absolute: 1e-12 });
});

describe("matrixToEuler", () => {
  test("gives back the angles", () => {
    for (let i = 0; i < 200; i++) {
      const angles = uniformRotation(random);
      const back = matrixToEuler(eulerToMatrix(angles));
      expect([back.rot, back.tilt, back.psi]).toBeAllclose([angles.rot, angles.tilt, angles.psi], {
        absolute: 1e-8,
      });
    }
  });

  test.each([
    { rot: 33, tilt: 0, psi: 0 },
    { rot: -120, tilt: 180, psi: 0 },
    { rot: 10, tilt: 1e-5, psi: 70 },
  ])("at and near the poles the matrix survives: %o", (angles) => {
    const a = eulerToMatrix(angles);
    expect(eulerToMatrix(matrixToEuler(a))).toBeAllclose(a, { absolute: 1e-9 });
  });
});

test.each([0, 1e-6, 12.5, 90, 179.999])(
  "two orientations that differ by %f degrees do so by rotationAngle",
  (angle) => {
    const a = eulerToMatrix(uniformRotation(random));
    const b = multiplyRotations(axisRotation([0.3, -0.5, 0.9], angle), a);
    expect(rotationAngle(a, b)).toBeCloseTo(angle, 5);
    expect(rotationAngle(a, a)).toBe(0);
  },
);

describe("uniformRotation", () => {
  const n = 40_000;
  const sample = Array.from({ length: n }, () => eulerToMatrix(uniformRotation(random)));

  test("every entry of A has mean 0 and mean square 1/3", () => {
    for (let entry = 0; entry < 9; entry++) {
      let [sum, squares] = [0, 0];
      for (const a of sample) {
        sum += a[entry]!;
        squares += a[entry]! ** 2;
      }
      // five standard errors: sqrt(1/3 / n), sqrt(4/45 / n)
      expect(Math.abs(sum / n)).toBeLessThan(5 * Math.sqrt(1 / 3 / n));
      expect(Math.abs(squares / n - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / n));
    }
  });

  test("the angle to a fixed orientation has the density (1 - cos) / π of the Haar measure", () => {
    const reference = eulerToMatrix({ rot: 40, tilt: 70, psi: 10 });
    const counts = new Array<number>(9).fill(0);
    for (const a of sample) counts[Math.min(8, Math.floor(rotationAngle(reference, a) / 20))]!++;
    const cumulative = (degrees: number) => {
      const t = (degrees * Math.PI) / 180;
      return (t - Math.sin(t)) / Math.PI;
    };
    let chi2 = 0;
    for (const [i, count] of counts.entries()) {
      const expected = n * (cumulative(20 * (i + 1)) - cumulative(20 * i));
      chi2 += (count - expected) ** 2 / expected;
    }
    expect(chi2).toBeLessThan(30); // 8 degrees of freedom: p < 0.0003
  });

  test("identity is a rotation of its own", () => {
    expect(eulerToMatrix({ rot: 0, tilt: 0, psi: 0 })).toBeAllclose(identity, { absolute: 1e-15 });
  });
});
