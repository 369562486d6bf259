import { describe, expect, test } from "vitest";
import { standardDeviation } from "../../src/array/statistics.js";
import { upConvolution } from "../../src/nn/layers.js";
import { sampleFeatures, unitRows } from "../../src/nn/patch-heads.js";
import { patchGan } from "../../src/nn/patchgan.js";
import { initialValues, Scope } from "../../src/nn/scope.js";
import { type UnetOptions, unet } from "../../src/nn/unet.js";
import {
  conv2d,
  input,
  interpret,
  reverse,
  sizeOf,
  transpose,
  upsampleNearest,
  type Value,
} from "../../src/tensor/index.js";

/** Feeds for every parameter of a scope. */
const parametersOf = (scope: Scope): Record<string, ArrayLike<number>> =>
  Object.fromEntries(scope.parameters.map((spec) => [spec.name, initialValues(spec, 3)]));

const wave = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(1 + i * i));

describe("Scope", () => {
  test("one name is one tensor, whatever its order; another shape under it is refused", () => {
    const scope = Scope.root("net");
    const a = scope.child("a").parameter("weight", [2, 3], { normal: 0.02 });
    expect(scope.child("a").parameter("weight", [2, 3], { normal: 0.02 })).toBe(a);
    expect(scope.parameters.map(({ name }) => name)).toEqual(["net.a.weight"]);
    expect(() => scope.child("a").parameter("weight", [3, 2], { normal: 0.02 })).toThrow(
      /net\.a\.weight: found shape \[3,2\], expected \[2,3\]/,
    );
  });

  test("first values depend on seed and name alone, with the standard deviation asked for", () => {
    const spec = (name: string) => {
      Scope.root("other").parameter("before", [5], { constant: 1 });
      const scope = Scope.root("net");
      scope.parameter(name, [100, 100], { normal: 0.02 });
      return scope.parameters[0]!;
    };
    const one = initialValues(spec("w"), 1);
    expect([...initialValues(spec("w"), 1)]).toEqual([...one]);
    expect([...initialValues(spec("v"), 1)]).not.toEqual([...one]);
    expect([...initialValues(spec("w"), 2)]).not.toEqual([...one]);
    expect(standardDeviation(one)).toBeCloseTo(0.02, 3);
  });

  test("substitutes stand for the parameters they name and for no other", () => {
    const scope = Scope.root("net");
    const [a, b] = ["a", "b"].map((name) => scope.parameter(name, [1], { constant: 0 }));
    const stand = input("stand", [1]);
    const other = scope.substituting(new Map([["net.a", stand]]));
    expect(other.parameter("a", [1], { constant: 0 })).toBe(stand);
    expect(other.parameter("b", [1], { constant: 0 })).toBe(b);
    expect(scope.parameter("a", [1], { constant: 0 })).toBe(a);
  });
});

describe("upConvolution", () => {
  test("resize is nearest-neighbour doubling and a 3 x 3 convolution", () => {
    const scope = Scope.root("up");
    const x = input("x", [1, 3, 5, 4]);
    const up = upConvolution(scope, [3, 2], "resize", { bias: true });
    const weight = scope.parameter("weight", [3, 2, 3, 3], { normal: 1 });
    const plain = conv2d(upsampleNearest(x, 2), reverse(transpose(weight, [1, 0, 2, 3]), [2, 3]), {
      pads: 1,
      bias: scope.parameter("bias", [2], { constant: 0 }),
    });
    const feeds = { x: wave(60), "up.weight": wave(54), "up.bias": wave(2) };
    const found = interpret({ up: up(x), plain }, feeds);
    expect(found.up!).toBeAllclose(found.plain!, { absolute: 1e-12 });
  });

  test("of a constant image resize makes a constant one away from the edges, transposed a lattice", () => {
    const spread = (upsampling: "resize" | "transposed"): number => {
      const scope = Scope.root("up");
      const y = upConvolution(scope, [1, 1], upsampling, { bias: false })(input("x", [1, 1, 8, 8]));
      const out = interpret({ y }, { x: new Float64Array(64).fill(1), ...parametersOf(scope) }).y!;
      return standardDeviation(out.filter((_, i) => i % 16 > 1 && i % 16 < 14 && i > 31 && i < 224));
    };
    expect(spread("resize")).toBeLessThan(1e-12);
    expect(spread("transposed")).toBeGreaterThan(1e-3);
  });
});

describe("unet", () => {
  const options: UnetOptions = { width: 2, widest: 4, depth: 4, upsampling: "resize", output: "correction" };
  const build = (more: Partial<UnetOptions> = {}) => {
    const scope = Scope.root("generator");
    const net = unet(scope, { ...options, ...more });
    const x = input("x", [1, 1, 32, 48]);
    const features = net.encode(x);
    return { scope, features, y: net.translate(features, x) };
  };

  test("halves the sides level by level and doubles the channels up to the widest", () => {
    expect(build().features.map(({ type }) => type.shape)).toEqual([
      [1, 2, 16, 24],
      [1, 4, 8, 12],
      [1, 8, 4, 6],
      [1, 8, 2, 3],
    ]);
    expect(build().y.type.shape).toEqual([1, 1, 32, 48]);
  });

  test("a correction starts as the identity, a plain output within its range", () => {
    const x = wave(32 * 48);
    const run = ({ y, scope }: { y: Value; scope: Scope }) =>
      interpret({ y }, { x, ...parametersOf(scope) }).y!;
    expect([...run(build())]).toEqual([...x]);
    const plain = run(build({ output: "plain" }));
    expect(Math.max(...plain.map(Math.abs))).toBeLessThan(5);
    expect(standardDeviation(plain)).toBeGreaterThan(0);
  });
});

describe("patchGan", () => {
  test("judges patches: side / 8 - 2 numbers a side, each moved by 70 x 70 pixels at most", () => {
    const scope = Scope.root("discriminator");
    const judge = patchGan(scope, { width: 2, widest: 8, layers: 3 });
    expect(judge(input("x", [1, 1, 128, 96])).type.shape).toEqual([1, 1, 14, 10]);
    expect(scope.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(
      16 * (2 + 2 * 4 + 4 * 8 + 8 * 16 + 16) + 2 + 1,
    );
  });
});

describe("patch heads", () => {
  test("features are read between samples by their weights, rows come out at length 1", () => {
    const map = input("map", [1, 2, 2, 2]);
    const points = { indices: input("indices", [8], "int32"), weights: input("weights", [8]) };
    const rows = sampleFeatures(map, points);
    const { rows: found, unit } = interpret(
      { rows, unit: unitRows(rows) },
      {
        map: [1, 2, 3, 4, 10, 20, 30, 40],
        indices: [0, 1, 2, 3, 3, 3, 3, 3],
        weights: [0.25, 0.25, 0.25, 0.25, 1, 0, 0, 0],
      },
    );
    expect([...found!]).toEqual([2.5, 25, 4, 40]);
    expect(unit!).toBeAllclose([1, 10, 1, 10].map((v) => v / Math.sqrt(101)));
  });

  test("a row of zeros stays zero", () => {
    const zero = interpret({ unit: unitRows(input("rows", [1, 3])) }, { rows: [0, 0, 0] }).unit!;
    expect([...zero]).toEqual([0, 0, 0]);
  });
});
