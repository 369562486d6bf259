import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { poseEncoder } from "../../src/nn/pose-encoder.js";
import { type ParameterSpec, Scope } from "../../src/nn/scope.js";
import { poseLoss } from "../../src/pose/losses.js";
import { grad, input, interpret, sizeOf, type Value } from "../../src/tensor/index.js";

interface Case {
  readonly name: string;
  readonly channels: number;
  readonly heads: number;
  readonly members: number;
  readonly loss: number;
  readonly rotation: number;
  readonly shift: number;
  readonly score?: number;
  readonly rotations: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}
const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL("../fixtures/train/pose.json", import.meta.url), "utf8"),
);
const [BATCH, SIDE, WIDTH] = [3, 8, 2];

/** The numbers both sides start from, see make_pose.py. */
const wave = (count: number, offset: number, scale: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => scale * Math.sin(0.7 * i * (1 + (i % 13)) + offset));

describe.each(cases)("$name, beside PyTorch in float64", (golden) => {
  const { channels, heads, members } = golden;
  const scope = Scope.root("pose");
  const images = input("images", [BATCH, channels, SIDE, SIDE]);
  const encoded = poseEncoder(scope, channels, { side: SIDE, width: WIDTH, heads })(images);
  const found = poseLoss(encoded, input("rotations", [BATCH, 9, members]), input("shifts", [BATCH, 1, 2]));
  const { parameters } = scope;
  const gradients = grad(
    found.loss,
    parameters.map(({ value }) => value),
  );
  const feeds: Record<string, Float64Array> = {
    images: wave(BATCH * channels * SIDE * SIDE, 0.3, 1),
    rotations: Float64Array.from(golden.rotations),
    shifts: wave(BATCH * 2, 0.1, 0.4),
  };
  // PyTorch's order of parameters decides their offsets
  const order = Object.keys(golden.gradients);
  for (const { name, shape } of parameters) {
    const values = wave(sizeOf(shape), order.indexOf(name), 0.5);
    feeds[name] = name.endsWith("norm.scale") ? values.map((value) => 1 + value) : values;
  }
  const outputs: Record<string, Value> = { ...found };
  for (const [i, { name }] of parameters.entries()) outputs[`gradient ${name}`] = gradients[i]!;
  const values = interpret(outputs, feeds);

  test("has the same parameters", () => {
    expect(parameters.map(({ name }: ParameterSpec) => name).sort()).toEqual([...order].sort());
  });

  test("has the same losses", () => {
    for (const name of ["loss", "rotation", "shift", "score"] as const) {
      expect(values[name]?.[0], name)[golden[name] === undefined ? "toBeUndefined" : "toBeDefined"]();
      if (golden[name] !== undefined) expect(values[name]![0], name).toBeCloseTo(golden[name], 8);
    }
  });

  test.each(order)("has the same gradient of %s", (name) => {
    const own = values[`gradient ${name}`]!;
    const wanted = golden.gradients[name]!;
    const size = Math.max(...wanted.map(Math.abs));
    const worst = Math.max(...wanted.map((value, i) => Math.abs(value - own[i]!)));
    expect(worst).toBeLessThan(1e-6 * Math.max(size, 1e-3));
  });
});
