import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { grad, input, interpret } from "../../../src/tensor/index.js";
import { maskNce } from "../../../src/translate/gan/contrast/mask-nce.js";

const [N, WIDTH, T] = [5, 4, 0.07];
const NAMES = ["particlesIn", "particlesOut", "backgroundIn", "backgroundOut"] as const;
type Rows = readonly (readonly number[])[];

const random = Random.of(6, "nce");
const unit = (): Rows =>
  Array.from({ length: N }, () => {
    const row = Array.from({ length: WIDTH }, () => random.normal());
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    return row.map((x) => x / length);
  });
const features = Object.fromEntries(NAMES.map((name) => [name, unit()])) as Record<
  (typeof NAMES)[number],
  Rows
>;
const inputs = Object.fromEntries(NAMES.map((name) => [name, input(name, [N, WIDTH])])) as Record<
  (typeof NAMES)[number],
  ReturnType<typeof input>
>;
const feeds = Object.fromEntries(NAMES.map((name) => [name, features[name].flat()]));

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** l(z_i, z'_i, negatives) as the paper's equation says it, one query at a time. */
function plainLoss(
  anchors: Rows,
  positives: Rows,
  negatives: (i: number) => readonly (readonly [Rows[number], Rows[number]])[],
) {
  let sum = 0;
  for (let i = 0; i < N; i++) {
    const own = Math.exp(dot(anchors[i]!, positives[i]!) / T);
    let others = 0;
    for (const [a, b] of negatives(i)) others += Math.exp(dot(a, b) / T);
    sum += -Math.log(own / (own + others));
  }
  return sum / N;
}

describe("maskNce", () => {
  const { particlesIn: zp, particlesOut: op, backgroundIn: zb, backgroundOut: ob } = features;
  const value = (variant: "paper" | "public"): number =>
    interpret({ loss: maskNce(inputs, { variant, queries: "both", temperature: T }) }, feeds).loss![0]!;

  test("is the paper's equation, query by query", () => {
    const particles = plainLoss(zp, op, (i) => ob.map((negative) => [zp[i]!, negative]));
    const background = plainLoss(zb, ob, (i) => op.map((negative) => [zb[i]!, negative]));
    expect(value("paper")).toBeCloseTo((particles + background) / 2, 12);
  });

  test("the public variant compares all inputs with the output at the query's own number", () => {
    const particles = plainLoss(zp, op, (i) => zp.map((anchor) => [anchor, ob[i]!]));
    const background = plainLoss(zb, ob, (i) => zb.map((anchor) => [anchor, op[i]!]));
    expect(value("public")).toBeCloseTo((particles + background) / 2, 12);
    expect(Math.abs(value("public") - value("paper"))).toBeGreaterThan(1e-3);
  });

  test("a step against its gradient lowers it", () => {
    const loss = maskNce(inputs, { variant: "paper", queries: "both", temperature: T });
    const [slope] = grad(loss, [inputs.particlesOut]);
    const { slope: found } = interpret({ slope: slope! }, feeds);
    const moved = { ...feeds, particlesOut: feeds.particlesOut!.map((x, i) => x - 1e-3 * found![i]!) };
    expect(interpret({ loss }, moved).loss![0]!).toBeLessThan(value("paper"));
  });
});
