import { describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { correlation, mean, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { denoiser } from "../../../src/nn/denoiser.js";
import { initialValues, Scope } from "../../../src/nn/scope.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { cycleDiffusion, type NoiseOf } from "../../../src/translate/diffusion/cycle.js";
import { DenoiserRunner } from "../../../src/translate/diffusion/runner.js";
import { imageShare, samplingSteps } from "../../../src/translate/diffusion/schedule.js";

const random = (of: string): Random => Random.of(3, "cycle test", of);
const images = (side: number, average: number, deviation: number): Image => ({
  data: random("image")
    .fillNormal(new Float32Array(side * side))
    .map((value) => average + deviation * value),
  shape: [side, side],
});

describe("schedule", () => {
  test("goes down to 0 in as many steps as asked for, with the noise of a DDPM at eta 1", () => {
    const steps = samplingSteps(850, 50, 1);
    expect(steps).toHaveLength(50);
    expect(steps[0]!.from).toBe(850);
    expect(steps.at(-1)!.to).toBe(0);
    for (const [i, step] of steps.entries()) if (i > 0) expect(step.from).toBe(steps[i - 1]!.to);
    // neighbouring times: the posterior's variance beta (1 - a(t-1)) / (1 - a(t))
    const { from, to, sigma } = samplingSteps(850, 850, 1)[0]!;
    const beta = 1 - imageShare(from) / imageShare(to);
    expect(sigma ** 2).toBeCloseTo((beta * (1 - imageShare(to))) / (1 - imageShare(from)), 12);
    expect(samplingSteps(850, 850, 0.1)[0]!.sigma).toBeCloseTo(0.1 * sigma, 12);
    expect(samplingSteps(10, 50, 1)).toHaveLength(10);
  });
});

describe("cycleDiffusion", () => {
  const sampling = { start: 850, steps: 20, eta: 0.1, refine: 0 };

  test("with one untrained model on both sides gives the image back to rounding", async () => {
    const options = { crop: 32, width: 4 };
    const scope = Scope.root("source");
    denoiser(scope, options);
    const parameters = new Map(
      scope.parameters.map((spec) => [spec.name, initialValues({ ...spec, initial: { normal: 0.3 } }, 1)]),
    );
    const model = new DenoiserRunner("source", options, await openOnnxCpu({ threads: 1 }), parameters);
    // larger than a tile, and no multiple of anything
    const image: Image = {
      data: random("odd").fillNormal(new Float32Array(45 * 50)),
      shape: [45, 50],
    };
    const noise: NoiseOf = (each, time) => model.noise(each, time);
    expect(standardDeviation(await noise(image, 300))).toBeGreaterThan(0.05);
    const back = await cycleDiffusion(image, noise, noise, sampling, random("run"));
    expect(back.data).toBeAllclose(image.data, { absolute: 1e-4 });
    // and another model on the other side does not
    const shifted: NoiseOf = async (each, time) => (await noise(each, time)).map((value) => value + 0.1);
    const other = await cycleDiffusion(image, noise, shifted, sampling, random("run"));
    expect(Math.abs(mean(other.data) - mean(image.data))).toBeGreaterThan(0.05);
    await model.close();
  });

  /** The best guess of the noise in pixels that are independent and normal. */
  const normal =
    (average: number, deviation: number): NoiseOf =>
    async ({ data }, time) => {
      const a = imageShare(time);
      const scale = Math.sqrt(1 - a) / (a * deviation ** 2 + 1 - a);
      return data.map((value) => scale * (value - Math.sqrt(a) * average));
    };

  test("between two normal domains moves the mean to the target's and the spread towards it, and keeps the content", async () => {
    const image = images(48, 2, 0.5);
    const [source, target] = [normal(2, 0.5), normal(-1, 1.5)];
    for (const refine of [0, 100]) {
      const made = await cycleDiffusion(
        image,
        source,
        target,
        { ...sampling, start: 999, steps: 200, refine },
        random("run"),
      );
      expect(mean(made.data)).toBeCloseTo(-1, 1);
      // not all the way: the noise that is kept of the source is more than a model with its spread would draw
      expect(standardDeviation(made.data)).toBeGreaterThan(1.2);
      expect(standardDeviation(made.data)).toBeLessThan(1.65);
      // these pixels are all fine noise, of which a part is made anew
      expect(correlation(made.data, image.data)).toBeGreaterThan(0.6);
    }
  });
});
