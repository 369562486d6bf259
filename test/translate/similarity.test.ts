import { expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import { generatorNetwork } from "../../src/nn/generator.js";
import { patchHeads } from "../../src/nn/patch-heads.js";
import { initialValues, type ParameterSpec, Scope } from "../../src/nn/scope.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { input, interpret } from "../../src/tensor/index.js";
import { generatorOptions } from "../../src/translate/generator-runner.js";
import { type CryogemOptions, resolveOptions } from "../../src/translate/options.js";
import { featureSimilarity } from "../../src/translate/similarity.js";

const runtime = await openOnnxCpu({ threads: 1 });
const SIDE = 64;
const image: Image = zeros(SIDE, SIDE);
Random.of(3, "similarity").fillNormal(image.data);

/** Drawn parameters of a generator and of the heads of its first levels. */
function encoderOf(options: CryogemOptions) {
  const scopes = { generator: Scope.root("generator"), heads: Scope.root("heads") };
  const generator = generatorNetwork(scopes.generator, generatorOptions(options));
  const features = generator.encode(input("x", [1, 1, SIDE, SIDE]));
  const head = patchHeads(scopes.heads, options.headWidth);
  for (const [i, map] of features.slice(0, options.levels).entries())
    head(i + 1, map, { positions: input("none", [1], "int32") });
  const drawn = (spec: ParameterSpec) => initialValues({ ...spec, initial: { normal: 0.2 } }, 5);
  const specs = [...scopes.generator.parameters, ...scopes.heads.parameters];
  return { options, features, parameters: new Map(specs.map((spec) => [spec.name, drawn(spec)])) };
}

/** A head by hand, in double precision: two layers, the rectifier between them, unit length. */
function headByHand(
  parameters: ReadonlyMap<string, Float32Array>,
  level: number,
  feature: number[],
): number[] {
  const layer = (name: string, from: readonly number[]): number[] => {
    const bias = parameters.get(`heads.level${level}.${name}.bias`)!;
    const weight = parameters.get(`heads.level${level}.${name}.weight`)!;
    return Array.from(bias, (b, row) =>
      from.reduce((sum, value, i) => sum + value * weight[row * from.length + i]!, b),
    );
  };
  const out = layer(
    "second",
    layer("first", feature).map((value) => Math.max(0, value)),
  );
  const length = Math.hypot(...out);
  return out.map((value) => value / length);
}

test.each(["unet", "resnet"] as const)(
  "%s: cosines of what the heads make of the features, by hand",
  async (network) => {
    const options = resolveOptions("fast", 1, {
      ngf: 2,
      crop: SIDE,
      headWidth: 6,
      network,
      contrast: network === "unet" ? "mask" : "patch",
    });
    const { features, parameters } = encoderOf(options);
    const level = 2;
    const query = { x: 41, y: 22 };
    const { cosines, step } = await featureSimilarity(runtime, { options, parameters }, image, query, level);
    const map = features[level - 1]!;
    const [, channels, rows, columns] = map.type.shape as [number, number, number, number];
    expect(cosines.shape).toEqual([rows, columns]);
    expect(step).toBe(SIDE / columns);
    const values = interpret({ map }, { ...Object.fromEntries(parameters), x: image.data }).map!;
    const unit = (place: number): number[] =>
      headByHand(
        parameters,
        level,
        Array.from({ length: channels }, (_, c) => values[c * rows * columns + place]!),
      );
    const own = unit(Math.floor(query.y / step) * columns + Math.floor(query.x / step));
    const expected = Float32Array.from({ length: rows * columns }, (_, place) =>
      unit(place).reduce((sum, value, i) => sum + value * own[i]!, 0),
    );
    expect(cosines.data).toBeAllclose(expected, { relative: 0, absolute: 1e-5 });
  },
);

test("without a contrastive loss there are no heads: the features themselves are compared", async () => {
  const options = resolveOptions("fast", 1, { ngf: 2, crop: SIDE, contrast: "none" });
  const { parameters, features } = encoderOf(options);
  const generator = new Map([...parameters].filter(([name]) => name.startsWith("generator")));
  const encoder = { options, parameters: generator };
  const { cosines } = await featureSimilarity(runtime, encoder, image, { x: 9, y: 9 }, 1);
  const map = features[0]!;
  const [, channels, rows, columns] = map.type.shape as [number, number, number, number];
  const values = interpret({ map }, { ...Object.fromEntries(generator), x: image.data }).map!;
  const at = (place: number): number[] =>
    Array.from({ length: channels }, (_, c) => values[c * rows * columns + place]!);
  const own = at(4 * columns + 4);
  const expected = Float32Array.from({ length: rows * columns }, (_, place) => {
    const other = at(place);
    const product = other.reduce((sum, value, i) => sum + value * own[i]!, 0);
    return product / Math.hypot(...own) / Math.hypot(...other);
  });
  expect(cosines.data).toBeAllclose(expected, { relative: 0, absolute: 1e-5 });
});

test("a level that was not compared is refused", async () => {
  const options = resolveOptions("fast", 1, { ngf: 2, crop: SIDE });
  const encoder = encoderOf(options);
  await expect(featureSimilarity(runtime, encoder, image, { x: 0, y: 0 }, 9)).rejects.toThrow(
    "level: found 9, expected 1 to 4",
  );
});
