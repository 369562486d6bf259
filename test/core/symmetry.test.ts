import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import {
  eulerToMatrix,
  multiplyRotations,
  type RotationMatrix,
  rotationAngle,
  uniformRotation,
} from "../../src/core/rotation.js";
import { symmetricAngle, symmetryOperators } from "../../src/core/symmetry.js";

const ORDERS: readonly (readonly [string, number])[] = [
  ...([
    ["C1", 1],
    ["C7", 7],
    ["D1", 2],
    ["D7", 14],
    ["T", 12],
    ["O", 24],
  ] as const),
  ...([
    ["I", 60],
    ["I1", 60],
    ["I2", 60],
    ["I3", 60],
    ["I4", 60],
  ] as const),
];

describe.each(ORDERS)("%s", (name, order) => {
  const group = symmetryOperators(name);

  test(`has ${order} elements, the identity first, and is closed`, () => {
    expect(group.length).toBe(order);
    expect(group[0]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    for (const a of group) {
      for (const b of group) expect(nearest(multiplyRotations(a, b), group)).toBeLessThan(1e-6);
    }
  });

  test("orientations related by it differ by nothing", () => {
    const random = Random.of(5, name);
    const a = eulerToMatrix(uniformRotation(random));
    for (const operator of group)
      expect(symmetricAngle(a, multiplyRotations(a, operator), group)).toBeLessThan(1e-5);
  });
});

test("uniform orientations stay uniform under a symmetry: every fundamental zone gets its share", () => {
  const group = symmetryOperators("O");
  const random = Random.of(6, "zones");
  const n = 24_000;
  const counts = new Array<number>(group.length).fill(0);
  for (let i = 0; i < n; i++) {
    const a = eulerToMatrix(uniformRotation(random));
    let best = 0;
    for (let g = 1; g < group.length; g++) {
      if (rotationAngle(a, group[g]!) < rotationAngle(a, group[best]!)) best = g;
    }
    counts[best]!++;
  }
  const expected = n / group.length;
  const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(chi2).toBeLessThan(56); // 23 degrees of freedom: p < 0.0002
});

test.each(["C0", "X3", "D", "", "C-2", "I5"])("refuses %j and lists what there is", (name) => {
  expect(() => symmetryOperators(name)).toThrow(/symmetry: found .*, expected C1, C2/);
});

const available = hasRefine();
describe.skipIf(!available)("against RELION (needs relion_refine)", () => {
  test.each(["C3", "D3", "T", "O", "I", "I1", "I2", "I3", "I4"])(
    "%s is the same set of rotations",
    (name) => {
      const theirs = relionOperators(name);
      const ours = symmetryOperators(name);
      expect(ours.length).toBe(theirs.length);
      // relion prints five decimals
      for (const operator of theirs) expect(nearest(operator, ours)).toBeLessThan(0.01);
    },
  );
});

function nearest(a: RotationMatrix, group: readonly RotationMatrix[]): number {
  return Math.min(...group.map((b) => rotationAngle(a, b)));
}

function hasRefine(): boolean {
  try {
    execFileSync("relion_refine", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function relionOperators(name: string): RotationMatrix[] {
  const text = execFileSync("relion_refine", ["--o", "unused", "--sym", name, "--print_symmetry_ops"], {
    encoding: "utf8",
  });
  const blocks = text
    .replaceAll(/Euler angles.*/g, "")
    .split(/R\(\d+\)=/)
    .slice(1);
  return blocks.map((block) => {
    const numbers = block.trim().split(/\s+/).slice(0, 9).map(Number);
    return numbers as unknown as RotationMatrix;
  });
}
