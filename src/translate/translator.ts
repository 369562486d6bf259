import type { Image } from "../array/image.js";
import { mean, variance } from "../array/statistics.js";
import type { ComputeRuntime } from "../core/ports.js";
import type { Random } from "../core/random.js";
import { addNoise, type NoiseModel } from "../physics/noise.js";
import { cycleDiffusion, type NoiseOf } from "./diffusion/cycle.js";
import type { DiffusionOptions } from "./diffusion/options.js";
import { DenoiserRunner } from "./diffusion/runner.js";
import { DIFFUSION_MODELS } from "./diffusion/step.js";
import { GeneratorRunner, tilingFor } from "./generator-runner.js";
import type { Model } from "./model.js";
import { generatorInput, noisyDeviation, noisyInput } from "./noise/field.js";
import { applyGain } from "./noise/power.js";
import { layOnIce } from "./noise/real-ice.js";
import type { MicrographCtf } from "./noise/thon-rings.js";
import { addTrend, drawTrend } from "./noise/trend.js";
import { translateTiled } from "./tiling.js";

/** A trained translator of any kind, ready for use. */
export interface Translator {
  /**
   * A clean physics micrograph of any size with the noise of the real ones, at about mean 0 and standard deviation 1: protein
   * as dark or light as in the clean one. Same stream, same result.
   *
   * @param optics of the clean micrograph: its ice has the same Thon rings
   */
  translate(clean: Image, optics: MicrographCtf, random: Random): Promise<Image>;
  close(): Promise<void>;
}

/**
 * Makes a trained translator ready for use; `close` it in the end.
 *
 * @param runtime computes networks; it is called only for kinds of translator that have one
 */
export async function openTranslator<DeviceTensor>(
  model: Model,
  runtime: () => Promise<ComputeRuntime<DeviceTensor>>,
): Promise<Translator> {
  const { record, noise, parameters, gain, trends } = model;
  const { options, diffusion } = record;
  if (diffusion) return diffusionTranslator(model, diffusion, await runtime());
  if (!options)
    return {
      translate: async (clean, optics, random) => addMeasured(model, clean, optics, random),
      close: async () => {},
    };
  const generator = new GeneratorRunner(options, await runtime(), parameters);
  const tiling = tilingFor(options);
  return {
    async translate(clean, optics, random) {
      const micrograph = { image: clean, mean: mean(clean.data), optics };
      const planes = generatorInput(micrograph, noise, random, options.noiseAt);
      const translated = await translateTiled(planes, tiling, (tiles) => generator.run(tiles));
      const filtered = gain ? applyGain(translated, gain) : translated;
      return trends ? addTrend(filtered, drawTrend(trends, random)) : filtered;
    },
    close: () => generator.close(),
  };
}

function diffusionTranslator<DeviceTensor>(
  { noise, parameters }: Model,
  options: DiffusionOptions,
  runtime: ComputeRuntime<DeviceTensor>,
): Translator {
  const [source, target] = DIFFUSION_MODELS.map(
    (name) => new DenoiserRunner(name, options, runtime, parameters),
  ) as [DenoiserRunner<DeviceTensor>, DenoiserRunner<DeviceTensor>];
  const { start, eta, refine, samplingSteps: steps } = options;
  const of =
    (model: DenoiserRunner<DeviceTensor>): NoiseOf =>
    (image, time) =>
      model.noise(image, time);
  return {
    translate(clean, optics, random) {
      const noisy = noisyInput({ image: clean, mean: mean(clean.data), optics }, noise, random);
      return cycleDiffusion(noisy, of(source), of(target), { start, steps, eta, refine }, random);
    },
    async close() {
      await source.close();
      await target.close();
    },
  };
}

/** The kinds without a network: measured noise, or real ice, added to the clean micrograph. */
function addMeasured(model: Model, clean: Image, optics: MicrographCtf, random: Random): Image {
  const average = mean(clean.data);
  if (model.ices) return layOnIce({ image: clean, mean: average, optics }, model.ices, model.noise, random);
  const counting = countingModel(model, variance(clean.data) / model.noise.deviation ** 2);
  // without any signal there is no contrast to count at: its noise is that of a flat field, Gaussian at these counts
  if (!counting || counting.snr === 0) {
    return noisyInput({ image: clean, mean: average, optics }, model.noise, random);
  }
  const noisy = addNoise(clean, counting, random);
  const scale = 1 / noisyDeviation(model.noise);
  return { data: noisy.data.map((value) => (value - average) * scale), shape: noisy.shape };
}

function countingModel({ record }: Model, snr: number): NoiseModel | undefined {
  const { translator, dose, pixelSize } = record;
  if (translator === "poisson") return { kind: "poisson", snr, dose, pixelSize };
  if (translator === "poisson-gaussian")
    return { kind: "poisson-gaussian", snr, dose, pixelSize, gaussianShare: 0.5 };
  return undefined;
}
