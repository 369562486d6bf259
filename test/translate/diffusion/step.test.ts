import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { embedTime } from "../../../src/nn/denoiser.js";
import { interpret, sizeOf } from "../../../src/tensor/index.js";
import { adamScalars } from "../../../src/train/adam.js";
import { updatesInGraph } from "../../../src/train/update.js";
import { imageShare } from "../../../src/translate/diffusion/schedule.js";
import { DIFFUSION_MODELS, diffusionStep } from "../../../src/translate/diffusion/step.js";
import { digest, wave } from "../../helpers/reference-numbers.js";

/** Made by make_diffusion.py beside it: PyTorch in double precision. */
const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/translate/diffusion.json", import.meta.url), "utf8"),
) as {
  readonly sizes: { readonly crop: number; readonly width: number };
  readonly rate: number;
  readonly times: Readonly<Record<"source" | "target", number>>;
  readonly shares: Readonly<Record<string, number>>;
  readonly losses: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly change: Readonly<Record<string, readonly number[]>>;
};
const { crop, width } = reference.sizes;

test.each(Object.entries(reference.shares))("the image's share at time %s is PyTorch's", (time, share) => {
  expect(imageShare(Number(time)) / share).toBeCloseTo(1, 11);
});

test("a step of both models agrees with float64 PyTorch", () => {
  const { phases, parameters } = diffusionStep({ crop, width, averaged: false });
  const found = Object.fromEntries(parameters.map(({ name, shape }) => [name, [...shape]]));
  expect(found).toEqual(reference.parameters);
  const { stepSize, stepEpsilon } = adamScalars(reference.rate, 1);
  const feeds: Record<string, ArrayLike<number>> = {
    "denoiser:stepSize": [stepSize],
    "denoiser:stepEpsilon": [stepEpsilon],
  };
  for (const [k, name] of DIFFUSION_MODELS.entries()) {
    const time = reference.times[name];
    feeds[`${name}:image`] = wave(crop * crop, 0.2 + k, 1);
    feeds[`${name}:noise`] = wave(crop * crop, 2.9 + k, 1.2);
    feeds[`${name}:signal`] = [Math.sqrt(imageShare(time))];
    feeds[`${name}:strength`] = [Math.sqrt(1 - imageShare(time))];
    feeds[`${name}:time`] = embedTime(time, width);
  }
  for (const { name, shape } of parameters) {
    const seed = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 97;
    feeds[name] = wave(sizeOf(shape), 0.31 * seed, 0.3);
    feeds[`m:${name}`] = feeds[`v:${name}`] = new Float64Array(sizeOf(shape));
  }
  const [{ outputs, updates }] = phases as [(typeof phases)[number]];
  const results = interpret(
    {
      ...outputs,
      ...Object.fromEntries(updates.map(({ parameter, gradient }) => [`gradient:${parameter}`, gradient])),
      ...Object.fromEntries(updatesInGraph(updates).map(({ name, next }) => [`next:${name}`, next])),
    },
    feeds,
  );
  // the embedding is handed over in single precision
  for (const name of DIFFUSION_MODELS) {
    expect(results[name], name).toBeAllclose([reference.losses[name]!], { relative: 1e-6 });
  }
  for (const { name } of parameters) {
    const wanted = reference.gradients[name]!;
    const tolerance = { relative: 1e-5, absolute: 1e-5 * (wanted[0]! + 1e-6) };
    expect(digest(results[`gradient:${name}`]!), name).toBeAllclose(wanted, tolerance);
    const change = results[`next:${name}`]!.map((value, i) => value - feeds[name]![i]!);
    const moved = { relative: 1e-3, absolute: 1e-4 * reference.rate };
    expect(digest(change).slice(0, 1), name).toBeAllclose(reference.change[name]!.slice(0, 1), moved);
  }
});
