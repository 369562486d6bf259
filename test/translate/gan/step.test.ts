import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { planesOf } from "../../../src/nn/generator.js";
import type { NoiseAt } from "../../../src/nn/layers.js";
import type { ParameterSpec } from "../../../src/nn/scope.js";
import { samplingFeeds } from "../../../src/translate/gan/contrast/sampling-inputs.js";
import type { StepOptions } from "../../../src/translate/gan/networks.js";
import { translationStep } from "../../../src/translate/gan/step.js";
import { digest, wave } from "../../helpers/reference-numbers.js";
import { exactStep, firstFeeds, type Numbers } from "./exact-step.js";

interface Case {
  readonly upsampling: "transposed" | "resize";
  readonly output: "plain" | "correction";
  readonly variant: "paper" | "public";
  readonly widest: number;
  readonly discriminators: 1 | 2;
  readonly noiseAt: NoiseAt;
  readonly losses: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly change: Readonly<Record<string, readonly number[]>>;
}

/** Made by make_step.py beside it: PyTorch in double precision. */
const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/translate/step.json", import.meta.url), "utf8"),
) as {
  readonly sizes: Readonly<Record<"crop" | "depth" | "ngf" | "ndf" | "head" | "queries" | "levels", number>>;
  readonly temperature: number;
  readonly weight: number;
  readonly rate: number;
  readonly beta1: number;
  readonly cases: readonly Case[];
};
const { sizes } = reference;

const optionsOf = ({ upsampling, output, variant, widest, discriminators, noiseAt }: Case): StepOptions => ({
  crop: sizes.crop,
  generator: { network: "unet", width: sizes.ngf, widest, depth: sizes.depth, upsampling, output, noiseAt },
  discriminator: { width: sizes.ndf, widest, count: discriminators },
  contrast: {
    ...{ kind: "mask", headWidth: sizes.head, levels: sizes.levels, points: sizes.queries },
    nce: { variant, queries: "both", temperature: reference.temperature },
  },
  adam: { beta1: reference.beta1 },
  averaged: discriminators === 2,
});

function feedsOf(specs: readonly ParameterSpec[], names: readonly string[], planes: number): Numbers {
  const { crop, queries, levels } = sizes;
  const feeds: Numbers = {
    ...firstFeeds(specs, names, reference),
    simulated: wave(planes * crop * crop, 0.2, 1),
    real: wave(crop * crop, 2.9, 1.2),
    nceWeight: [reference.weight],
    averageDecay: [0.25],
  };
  const points = Int32Array.from({ length: 2 * queries }, (_, i) =>
    i < queries ? (i * 977 + 131) % (crop * crop) : ((i - queries) * 1409 + 77) % (crop * crop),
  );
  for (let level = 1; level <= levels; level++) {
    for (const [name, { data }] of Object.entries(samplingFeeds(points, crop, level))) feeds[name] = data;
  }
  for (const { name } of specs) feeds[`average:${name}`] = feeds[name]!;
  return feeds;
}

describe.each(reference.cases)(
  "one step, $upsampling up-sampling, $output output, $variant loss, $discriminators discriminator(s), noise at $noiseAt",
  (expected) => {
    const names = Object.keys(expected.parameters);
    const options = optionsOf(expected);
    const step = translationStep(options);
    const specs = [...step.generator, ...step.discriminator, ...step.heads];
    const feeds = feedsOf(specs, names, planesOf(options.generator));
    const { outputs, results } = exactStep(step.phases, feeds);

    test("has the reference's parameters, in its order of shapes", () => {
      const found = Object.fromEntries(specs.map(({ name, shape }) => [name, [...shape]]));
      expect(found).toEqual(expected.parameters);
    });

    test.each(Object.keys(expected.losses))("%s agrees with float64 PyTorch", (name) => {
      expect(Object.keys(outputs).sort()).toEqual(Object.keys(expected.losses).sort());
      expect(results[name]!).toBeAllclose([expected.losses[name]!], { relative: 1e-9 });
    });

    test.each(names)("gradient of %s agrees", (name) => {
      const found = digest(results[`gradient:${name}`]!);
      const scale = expected.gradients[name]![0]!;
      expect(found).toBeAllclose(expected.gradients[name]!, {
        relative: 1e-7,
        absolute: 1e-8 * (scale + 1e-3),
      });
    });

    test.each(names)("Adam moves %s alike", (name) => {
      const change = results[`next:${name}`]!.map((value, i) => value - feeds[name]![i]!);
      expect(digest(change)).toBeAllclose(expected.change[name]!, { relative: 1e-6, absolute: 1e-8 });
    });

    if (expected.discriminators === 2)
      test("the moving average takes its share of the new generator", () => {
        for (const { name } of step.generator) {
          const wanted = results[`next:${name}`]!.map((value, i) => 0.25 * feeds[name]![i]! + 0.75 * value);
          expect(results[`next:average:${name}`]!).toBeAllclose(wanted, { absolute: 1e-12 });
        }
      });
  },
);
