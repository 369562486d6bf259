import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { eulerToMatrix, multiplyRotations, uniformRotation } from "../../src/core/rotation.js";
import { symmetricAngle, symmetryOperators } from "../../src/core/symmetry.js";
import { orientationNetwork, poseEncoder } from "../../src/nn/pose-encoder.js";
import { type ParameterSpec, Scope } from "../../src/nn/scope.js";
import { oddsLoss, poseLoss } from "../../src/pose/losses.js";
import { orientationCells, sharpness } from "../../src/pose/orientations.js";
import { grad, input, interpret, sizeOf, type Value } from "../../src/tensor/index.js";
import { wave } from "../helpers/reference-numbers.js";

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

describe("the odds of orientations", () => {
  const cells = orientationCells(30, symmetryOperators("C2"));
  const count = cells.matrices.length;
  const random = Random.of(2, "odds");
  const truths = [0, 1, 2].map(() => eulerToMatrix(uniformRotation(random)));
  const members = cells.operators.length;
  const rotations = new Float64Array(BATCH * 9 * members);
  for (const [i, truth] of truths.entries()) {
    for (const [g, operator] of cells.operators.entries()) {
      const equal = multiplyRotations(truth, operator);
      for (let k = 0; k < 9; k++) rotations[(i * 9 + k) * members + g] = equal[k]!;
    }
  }
  const odds = input("odds", [BATCH, count]);
  const shift = input("shift", [BATCH, 1, 2]);
  const found = oddsLoss(
    { odds, shift },
    cells,
    input("rotations", [BATCH, 9, members]),
    input("shifts", [BATCH, 1, 2]),
  );
  const taught = truths.map((truth) => {
    const weights = cells.matrices.map((cell) => {
      const angle = (symmetricAngle(cell, truth, cells.operators) * Math.PI) / 180;
      return Math.exp(2 * sharpness(cells) * Math.cos(angle));
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
  const lossOf = (values: Float64Array) =>
    interpret(
      { loss: found.loss, rotation: found.rotation, shift: found.shift },
      {
        ...{ odds: values, rotations, shift: wave(BATCH * 2, 0.2, 0.3) },
        shifts: wave(BATCH * 2, 0.5, 0.3),
      },
    );

  test("loss: the divergence from what is taught, and half the distance, by loops", () => {
    const given = wave(BATCH * count, 0.4, 2);
    let divergence = 0;
    for (const [i, q] of taught.entries()) {
      const own = [...given.subarray(i * count, (i + 1) * count)].map(Math.exp);
      const sum = own.reduce((total, value) => total + value, 0);
      for (const [h, share] of q.entries()) divergence += (share * Math.log(share / (own[h]! / sum))) / BATCH;
    }
    const [a, b] = [wave(BATCH * 2, 0.2, 0.3), wave(BATCH * 2, 0.5, 0.3)];
    const distance = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / 2 / BATCH;
    const { loss, rotation, shift: moved } = lossOf(given);
    expect(rotation![0]).toBeCloseTo(divergence, 5);
    expect(moved![0]).toBeCloseTo(distance, 6);
    expect(loss![0]).toBeCloseTo(divergence + distance, 5);
  });

  test("it is least, and 0 but for the shift, at the odds that are taught", () => {
    const best = Float64Array.from(taught.flat(), (share) => Math.log(share));
    expect(lossOf(best).rotation![0]).toBeCloseTo(0, 6);
  });
});

test("the dense network is two layers of ReLU and linear outputs", () => {
  const scope = Scope.root("dense");
  const images = input("images", [2, 1, 4, 4]);
  const { odds } = orientationNetwork(scope, 1, { network: "dense", side: 4, width: 1 }, 3)(images);
  const feeds: Record<string, Float64Array> = { images: wave(32, 0.3, 1) };
  for (const [i, { name, shape }] of scope.parameters.entries()) feeds[name] = wave(sizeOf(shape), i, 0.2);
  const layer = (x: Float64Array, name: string): Float64Array => {
    const [weight, bias] = [feeds[`dense.${name}.weight`]!, feeds[`dense.${name}.bias`]!];
    return bias.map((b, o) => x.reduce((sum, value, k) => sum + value * weight[o * x.length + k]!, b));
  };
  const relu = (x: Float64Array): Float64Array => x.map((value) => Math.max(0, value));
  const found = interpret({ odds }, feeds)["odds"]!;
  for (const i of [0, 1]) {
    const image = feeds["images"]!.subarray(16 * i, 16 * i + 16);
    const wanted = layer(relu(layer(relu(layer(image, "first")), "second")), "odds");
    for (const [k, value] of wanted.entries()) expect(found[3 * i + k]).toBeCloseTo(value, 8);
  }
});
