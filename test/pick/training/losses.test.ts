import { describe, expect, test } from "vitest";
import { binomialLogarithms, expectedCountPenalty } from "../../../src/pick/training/losses.js";
import { grad, input, interpret, reduceSum } from "../../../src/tensor/index.js";
import { crossEntropy } from "../../../src/train/cross-entropy.js";

const logOdds = [-3, -1.2, 0.4, 2.5, -0.3, 1.1];
const sigmoid = (l: number): number => 1 / (1 + Math.exp(-l));

describe("cross-entropy", () => {
  test("is -w (t log p + (1 - t) log(1 - p)), its gradient w (p - t)", () => {
    const target = [0, 0.3, 1, 0.8, 0, 1];
    const weight = [1, 2, 0, 0.5, 3, 1];
    const [l, t, w] = ["l", "t", "w"].map((name) => input(name, [6])) as [never, never, never];
    const loss = crossEntropy(l, t, w);
    const found = interpret({ loss, slope: grad(loss, [l])[0]! }, { l: logOdds, t: target, w: weight });
    const expected = logOdds.reduce((sum, each, i) => {
      const p = sigmoid(each);
      return sum - weight[i]! * (target[i]! * Math.log(p) + (1 - target[i]!) * Math.log(1 - p));
    }, 0);
    expect(found["loss"]![0]).toBeCloseTo(expected, 12);
    logOdds.forEach((each, i) => {
      expect(found["slope"]![i]).toBeCloseTo(weight[i]! * (sigmoid(each) - target[i]!), 12);
    });
  });

  test("stays finite for a surely wrong cell", () => {
    const l = input("l", [1]);
    const loss = crossEntropy(l, input("t", [1]), input("w", [1]));
    expect(interpret({ loss }, { l: [200], t: [0], w: [1] })["loss"]![0]).toBeCloseTo(200, 9);
  });
});

describe("expected count", () => {
  test("binomial logarithms are those of Pascal's triangle", () => {
    const [n, q] = [6, 0.3];
    const choose = [1, 6, 15, 20, 15, 6, 1];
    choose.forEach((ways, k) => {
      expect(binomialLogarithms(n, q)[k]).toBeCloseTo(Math.log(ways * q ** k * (1 - q) ** (n - k)), 12);
    });
    const total = binomialLogarithms(256, 0.04).reduce((sum, each) => sum + Math.exp(each), 0);
    expect(total).toBeCloseTo(1, 10);
  });

  test("is the cross-entropy of a discretised normal with the binomial distribution", () => {
    const cells = [5, 1, 2, 0];
    const l = input("l", [6]);
    const penalty = expectedCountPenalty(l, input("cells", [4], "int32"), 0.2);
    const found = interpret({ penalty }, { l: logOdds, cells: Int32Array.from(cells) })["penalty"]![0]!;
    const p = cells.map((cell) => sigmoid(logOdds[cell]!));
    const average = p.reduce((sum, each) => sum + each);
    const variance = p.reduce((sum, each) => sum + each * (1 - each), 0) + 1e-7;
    const shares = [0, 1, 2, 3, 4].map((k) => Math.exp(-((k - average) ** 2) / (2 * variance)));
    const sum = shares.reduce((a, b) => a + b);
    const choose = [1, 4, 6, 4, 1];
    const expected = shares.reduce(
      (loss, share, k) => loss - (share / sum) * Math.log(choose[k]! * 0.2 ** k * 0.8 ** (4 - k)),
      0,
    );
    expect(found).toBeCloseTo(expected, 8);
  });

  test("pulls a classifier that finds too many down, and one that finds too few up", () => {
    const slopeAt = (level: number): number => {
      const l = input("l", [64]);
      const cells = input("cells", [64], "int32");
      const slope = grad(expectedCountPenalty(l, cells, 0.25), [l])[0]!;
      const indices = Int32Array.from({ length: 64 }, (_, i) => i);
      return interpret({ slope: reduceSum(slope) }, { l: new Array(64).fill(level), cells: indices })[
        "slope"
      ]![0]!;
    };
    expect(slopeAt(1)).toBeGreaterThan(0);
    expect(slopeAt(-4)).toBeLessThan(0);
  });
});
