import { describe, expect, test } from "vitest";
import type { Image } from "../../src/array/image.js";
import { correlation, moments, standardDeviation } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { generatorNetwork } from "../../src/nn/generator.js";
import { initialValues, Scope } from "../../src/nn/scope.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { GeneratorRunner, generatorOptions, tilingFor } from "../../src/translate/generator-runner.js";
import { decodeModel, encodeModel, type Model, type TranslatorName } from "../../src/translate/model.js";
import { measureTrend, ORDERS, type Trend } from "../../src/translate/noise/trend.js";
import { type CryogemOptions, resolveOptions } from "../../src/translate/options.js";
import { translateTiled } from "../../src/translate/tiling.js";
import { openTranslator } from "../../src/translate/translator.js";
import { TOY_OPTICS, toyTrainingSet } from "../helpers/toys/training-set.js";

const runtime = openOnnxCpu({ threads: 1 });
const { set } = toyTrainingSet({ real: 1, simulated: 1, side: 160 });

/** Parameters large enough that the correction is not negligible. */
function parametersOf(options: CryogemOptions): Map<string, Float32Array> {
  const scope = Scope.root("generator");
  generatorNetwork(scope, generatorOptions(options));
  return new Map(
    scope.parameters.map((spec) => [spec.name, initialValues({ ...spec, initial: { normal: 0.15 } }, 5)]),
  );
}

function modelOf(translator: TranslatorName, options?: CryogemOptions): Model {
  return {
    record: {
      program: "cryogem 9.9.9",
      translator,
      pixelSize: 4,
      contrast: { mean: 100, deviation: 10 },
      dose: 2,
      step: 0,
      ...(options && { options }),
    },
    noise: { deviation: 0.3, cleanDeviation: 0.15 },
    parameters: options ? parametersOf(options) : new Map(),
  };
}

/** A trend from one side to the other. */
function slope(strength: number): Trend {
  const trend = new Float32Array(ORDERS * ORDERS);
  trend[1] = strength;
  return trend;
}

describe("translators", () => {
  test("a model's trends are lent to what it makes, of the same noise", async () => {
    const options = resolveOptions("fast", 1, { ngf: 2, crop: 64 });
    const model = modelOf("cryogem", options);
    const { image } = await set.simulated.load(0);
    const translate = async (from: Model): Promise<Image> => {
      const translator = await openTranslator(from, () => runtime);
      const made = await translator.translate(image, TOY_OPTICS, Random.of(4, "trended"));
      await translator.close();
      return made;
    };
    const plain = await translate(model);
    const trended = await translate({ ...model, trends: [slope(0.7)] });
    const added = trended.data.map((value, i) => value - plain.data[i]!);
    expect(
      measureTrend({ data: added, shape: image.shape })
        .map(Math.abs)
        .reduce((a, b) => Math.max(a, b)),
    ).toBeCloseTo(0.7, 4);
    expect(standardDeviation(added)).toBeCloseTo(0.7 / Math.SQRT2, 4);
  });

  test.each(["gaussian", "poisson", "poisson-gaussian"] as const)(
    "%s gives the clean micrograph the noise it is told to, at mean 0 and standard deviation 1",
    async (kind) => {
      const translator = await openTranslator(modelOf(kind), () => runtime);
      const { image, variance } = await set.simulated.load(0);
      const made = await translator.translate(image, TOY_OPTICS, Random.of(1, "made"));
      const { mean, variance: total } = moments(made.data);
      expect(mean).toBeCloseTo(0, 1);
      expect(total).toBeCloseTo((variance + 0.09) / (0.0225 + 0.09), 1);
      const expected = Math.sqrt(variance / (variance + 0.09));
      expect(correlation(made.data, image.data)).toBeGreaterThan(expected - 0.05);
      expect(correlation(made.data, image.data)).toBeLessThan(expected + 0.05);
    },
  );

  test.each(["gaussian", "poisson", "cryogem"] as const)(
    "%s takes a micrograph without any particle",
    async (kind) => {
      const options = kind === "cryogem" ? resolveOptions("fast", 1, { ngf: 2, crop: 64 }) : undefined;
      const translator = await openTranslator(modelOf(kind, options), () => runtime);
      const empty: Image = { data: new Float32Array(96 * 70), shape: [96, 70] };
      const { data } = await translator.translate(empty, TOY_OPTICS, Random.of(1, "empty"));
      expect(standardDeviation(data)).toBeGreaterThan(0.1);
      await translator.close();
    },
  );

  test.each([
    [160, 160],
    [161, 97],
    [33, 200],
    [7, 5],
  ])("a network translates %i x %i pixels, the same every time", async (rows, columns) => {
    const options = resolveOptions("fast", 1, { ngf: 2, crop: 64 });
    const translator = await openTranslator(modelOf("cryogem", options), () => runtime);
    const clean: Image = {
      data: new Float32Array(rows * columns).map((_, i) => Math.sin(i / 9)),
      shape: [rows, columns],
    };
    const one = await translator.translate(clean, TOY_OPTICS, Random.of(2, "odd"));
    const two = await translator.translate(clean, TOY_OPTICS, Random.of(2, "odd"));
    expect(one.shape).toEqual([rows, columns]);
    expect(one.data.every(Number.isFinite)).toBe(true);
    expect([...one.data]).toEqual([...two.data]);
    await translator.close();
  });

  test("survives its file", () => {
    const model = modelOf("cryogem", resolveOptions("fast", 1, { ngf: 2, crop: 64 }));
    const power = { data: Float32Array.from({ length: 15 }, (_, i) => 1 + i), shape: [5, 4] as const };
    const coloured: Model = {
      ...model,
      noise: { ...model.noise, colour: { power, innovations: { skewness: 0.2, kurtosis: -0.1 } } },
      gain: { tile: 8, values: Float64Array.of(1, 0.5, 1.5, 1, 0.75, 0.5) },
      trends: [slope(0.5), slope(-2)],
    };
    expect(decodeModel(encodeModel(coloured), "model")).toEqual(coloured);
    expect(decodeModel(encodeModel(model), "model")).toEqual(model);
  });

  test("a profile without a tile, as in a file of cryogem 0.1, ends at Nyquist", () => {
    const gain = { tile: 4, values: Float64Array.of(1, 0.5, 1.5) };
    const { tensors, metadata } = encodeModel({ ...modelOf("gaussian"), gain });
    const old = { cryogem: metadata["cryogem"]!.replace('"tiles":{"output.gain":4},', "") };
    expect(old).not.toEqual(metadata);
    expect(decodeModel({ tensors, metadata: old }, "model").gain).toEqual(gain);
  });

  test("a file with another record is refused, naming the field", () => {
    const { tensors, metadata } = encodeModel(modelOf("gaussian"));
    const broken = { cryogem: metadata["cryogem"]!.replace('"pixelSize":4', '"pixelSize":-4') };
    expect(() => decodeModel({ tensors, metadata: broken }, "m.safetensors")).toThrow(
      /^m\.safetensors: metadata cryogem\.pixelSize:/,
    );
    const picker = { cryogem: metadata["cryogem"]!.replace("cryogem-model", "cryogem-picker") };
    expect(() => decodeModel({ tensors, metadata: picker }, "m.safetensors")).toThrow(
      'm.safetensors: kind of model: found "cryogem-picker", expected cryogem-model, as `train` writes',
    );
    expect(() => decodeModel({ tensors, metadata: {} }, "m.safetensors")).toThrow(
      /expected a "cryogem" record/,
    );
  });
});

describe("tiling a network", () => {
  const options = resolveOptions("fast", 1, { ngf: 4, crop: 64, depth: 4 });
  const noisy: Image = { data: new Float32Array(256 * 256), shape: [256, 256] };
  Random.of(7, "seams").fillNormal(noisy.data);

  test("tiles agree with the whole away from the edges, and seams leave no trace", async () => {
    const runner = new GeneratorRunner(options, await runtime, parametersOf(options));
    const tiling = { multiple: 16, align: 16, overlap: 48 };
    const whole = await translateTiled([noisy], { ...tiling, largest: 256 }, (tiles) => runner.run(tiles));
    const tiled = await translateTiled([noisy], { ...tiling, largest: 160 }, (tiles) => runner.run(tiles));
    const correction = (image: Image): Float32Array => image.data.map((value, i) => value - noisy.data[i]!);
    const [a, b] = [correction(whole), correction(tiled)];
    // the norms see the statistics of a tile instead of the whole, hence not exactly
    expect(correlation(a, b)).toBeGreaterThan(0.98);
    const difference = a.map((value, i) => value - b[i]!);
    expect(standardDeviation(difference)).toBeLessThan(0.2 * standardDeviation(a));
    const seam = difference.filter((_, i) => Math.abs((i % 256) - 128) < 24);
    expect(standardDeviation(seam)).toBeLessThan(1.3 * standardDeviation(difference));
    await runner.close();
  });

  test("a network that goes down to a pixel gets tiles of its crop, a shallow one the largest that memory allows", () => {
    expect(tilingFor(resolveOptions("fast", 1, { generator: "plain", crop: 256 }))).toMatchObject({
      largest: 256,
      multiple: 256,
    });
    const fast = tilingFor(resolveOptions("fast", 1, {}));
    expect(fast.multiple).toBe(64);
    expect(fast.largest).toBeGreaterThan(2048);
  });
});
