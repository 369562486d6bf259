import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import type { GeneratorOptions } from "../../../src/nn/generator.js";
import type { PatchContrastOptions } from "../../../src/translate/gan/contrast/contrast.js";
import { mirroredImage, positionFeeds } from "../../../src/translate/gan/contrast/positions.js";
import { poolFeeds } from "../../../src/translate/gan/image-pool.js";
import {
  parametersOfStep,
  type StepOptions,
  type TranslationStep,
} from "../../../src/translate/gan/networks.js";
import { translationStep } from "../../../src/translate/gan/step.js";
import { digest, wave } from "../../helpers/reference-numbers.js";
import { exactStep, firstFeeds, type Numbers } from "./exact-step.js";

interface Case {
  readonly network: GeneratorOptions["network"];
  readonly weight: number;
  readonly identity: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly change: Readonly<Record<string, readonly number[]>>;
}
interface CutCase extends Case {
  readonly flips: boolean;
}
interface CycleCase extends Case {
  readonly swaps: boolean;
  readonly pools: readonly (readonly number[])[];
}

/** Made by make_rivals.py beside it: PyTorch in double precision, the networks and the order of the public code. */
const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/translate/rivals.json", import.meta.url), "utf8"),
) as {
  readonly sizes: Readonly<
    Record<"crop" | "depth" | "ngf" | "ndf" | "widest" | "head" | "points" | "pool", number>
  >;
  readonly temperature: number;
  readonly rate: number;
  readonly beta1: number;
  readonly cut: readonly CutCase[];
  readonly cyclegan: readonly CycleCase[];
};
const { sizes } = reference;

const { crop, ngf: width, ndf, widest, depth, head: headWidth, points, pool } = sizes;

const commonOptions = ({ network }: Case) => ({
  ...{ crop, adam: { beta1: reference.beta1 }, averaged: false },
  generator:
    network === "unet"
      ? ({ network, width, widest, depth, upsampling: "transposed", output: "plain" } as const)
      : ({ network, width, widest, output: "plain" } as const),
  discriminator: { width: ndf, widest, count: 1 as const, antialiased: network === "antialiased" },
});

const simulated = wave(crop * crop, 0.2, 1);
const real = wave(crop * crop, 2.9, 1.2);

function run(options: StepOptions, expected: Case, inputs: (step: TranslationStep) => Numbers) {
  const step = translationStep(options);
  const specs = parametersOfStep(step);
  const start = firstFeeds(specs, Object.keys(expected.parameters), reference);
  const feeds: Numbers = { simulated, real, ...start, ...inputs(step) };
  return { specs, feeds, ...exactStep(step.phases, feeds) };
}

/** What every case is held against. */
function agrees(expected: Case, { specs, feeds, outputs, results }: ReturnType<typeof run>): void {
  const names = Object.keys(expected.parameters);

  test("has the reference's parameters", () => {
    const found = Object.fromEntries(specs.map(({ name, shape }) => [name, [...shape]]));
    expect(found).toEqual(expected.parameters);
  });

  test("losses agree with float64 PyTorch", () => {
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(expected.losses).sort());
    for (const [name, value] of Object.entries(expected.losses)) {
      expect(results[name], name).toBeAllclose([value], { relative: 1e-9 });
    }
  });

  test("gradients agree", () => {
    for (const name of names) {
      const wanted = expected.gradients[name]!;
      const tolerance = { relative: 1e-6, absolute: 1e-7 * (wanted[0]! + 1e-3) };
      expect(digest(results[`gradient:${name}`]!), name).toBeAllclose(wanted, tolerance);
    }
  });

  test("Adam moves every network alike", () => {
    for (const name of names) {
      const change = results[`next:${name}`]!.map((value, i) => value - feeds[name]![i]!);
      expect(digest(change), name).toBeAllclose(expected.change[name]!, { relative: 1e-5, absolute: 1e-7 });
    }
  });
}

describe.each(reference.cut)(
  "a step of CUT: $network, weight $weight, identity $identity, flips $flips",
  (expected) => {
    const { network, weight, identity, flips } = expected;
    const levels = network === "unet" ? depth : 5;
    const contrast: PatchContrastOptions = {
      ...{ kind: "patch", headWidth, levels, points, temperature: reference.temperature },
      ...{ identity, flip: flips },
    };
    const places = (name: string, maps: readonly number[], salt: number): Numbers => {
      const feeds: Numbers = {};
      for (const [i, side] of maps.entries()) {
        const at = Array.from(
          { length: Math.min(points, side * side) },
          (_, k) => (k * 977 + 131 * (i + 1) + salt) % (side * side),
        );
        feeds[`${name}:level${i + 1}:keys`] = at;
        feeds[`${name}:level${i + 1}:queries`] = at.map(
          (k) => Math.floor(k / side) * side + side - 1 - (k % side),
        );
      }
      return feeds;
    };
    const flipped = (image: Float64Array): Float64Array =>
      image.map((_, i) => image[Math.floor(i / crop) * crop + crop - 1 - (i % crop)]!);
    agrees(
      expected,
      run({ ...commonOptions(expected), contrast }, expected, ({ maps }) => ({
        ...{ nceWeight: [weight], simulatedSource: flipped(simulated) },
        ...places("nce", maps, 0),
        ...places("identity", maps, 57),
      })),
    );
  },
);

describe.each(reference.cyclegan)("a step of CycleGAN: $network, pools swap $swaps", (expected) => {
  const { weight, identity, swaps } = expected;
  const images = wave(2 * pool * crop * crop, 0.9, 1);
  const pools = [images.slice(0, images.length / 2), images.slice(images.length / 2)];
  const feeds: Numbers = {};
  for (const [i, name] of ["pool:real", "pool:simulated"].entries()) {
    feeds[name] = pools[i]!;
    feeds[`${name}:slot`] = [1 + i];
    feeds[`${name}:swap`] = [swaps ? 1 : 0];
    feeds[`${name}:store`] = Array.from({ length: pool }, (_, slot) => (swaps && slot === 1 + i ? 1 : 0));
  }
  const options: StepOptions = { ...commonOptions(expected), cycle: { weight, identity, pool } };
  const made = run(options, expected, () => feeds);
  agrees(expected, made);

  test("the pools hold what the public code's do", () => {
    const found = ["pool:real", "pool:simulated"].map((name) => digest(made.results[`next:${name}`]!));
    for (const [i, each] of found.entries()) {
      expect(each).toBeAllclose(expected.pools[i]!, { relative: 1e-9, absolute: 1e-12 });
    }
  });
});

describe("image pool", () => {
  const shown = (n: number) => {
    const feeds = poolFeeds("pool", 4, n, Random.of(n, "pool test"));
    const value = (name: string): number[] => Array.from(feeds[`pool:${name}`]!.data as ArrayLike<number>);
    return { slot: value("slot")[0]!, swap: value("swap")[0]!, store: value("store") };
  };

  test("is filled in order, every image being seen", () => {
    for (let n = 0; n < 4; n++) {
      expect(shown(n)).toEqual({ slot: n, swap: 0, store: [0, 1, 2, 3].map((i) => (i === n ? 1 : 0)) });
    }
  });

  test("then gives an old image half of the time, and puts the new one in its place", () => {
    const later = Array.from({ length: 400 }, (_, i) => shown(4 + i));
    const swaps = later.filter(({ swap }) => swap === 1);
    expect(swaps.length).toBeGreaterThan(160);
    expect(swaps.length).toBeLessThan(240);
    for (const { slot, store } of swaps) expect(store).toEqual([0, 1, 2, 3].map((i) => (i === slot ? 1 : 0)));
    for (const { swap, store } of later) if (swap === 0) expect(store).toEqual([0, 0, 0, 0]);
    expect(new Set(swaps.map(({ slot }) => slot)).size).toBe(4);
  });
});

describe("places of the patchwise loss", () => {
  const contrast: PatchContrastOptions = {
    ...{ kind: "patch", headWidth: 1, levels: 2, points: 9, temperature: 1, identity: 0, flip: true },
  };
  const at = (mirrored: boolean, name: string): number[] => {
    const feeds = positionFeeds("nce", [8, 2], contrast, mirrored, Random.of(1, "places"));
    return Array.from(feeds[name]!.data as ArrayLike<number>);
  };

  test("are different pixels of each map, all of a small one", () => {
    expect(new Set(at(false, "nce:level1:keys")).size).toBe(9);
    expect(at(false, "nce:level2:keys").sort()).toEqual([0, 1, 2, 3]);
  });

  test("lie mirrored in the translation of a mirrored crop", () => {
    expect(at(false, "nce:level1:queries")).toEqual(at(false, "nce:level1:keys"));
    const row = Float32Array.from({ length: 64 }, (_, i) => i);
    const mirrored = mirroredImage(row, 8);
    expect(at(true, "nce:level1:queries").map((i) => mirrored[i])).toEqual(at(true, "nce:level1:keys"));
  });
});
