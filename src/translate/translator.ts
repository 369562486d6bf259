import type { Image } from "../array/image.js";
import type { ComputeRuntime } from "../core/ports.js";
import type { Random } from "../core/random.js";
import { addNoise, type NoiseModel } from "../physics/noise.js";
import { meanAndVariance } from "./contrast.js";
import { GeneratorRunner, tilingFor } from "./generator-runner.js";
import type { Model, ModelRecord } from "./model.js";
import { type NoiseSeed, noisyDeviation, noisyInput } from "./noise-seed.js";
import { translateTiled } from "./tiling.js";

/** A trained translator of any kind, ready for use. */
export interface Translator {
  /**
   * A clean physics micrograph of any size with the noise of the real ones, at about mean 0 and standard deviation 1: protein
   * as dark or light as in the clean one. Same stream, same result.
   */
  translate(clean: Image, random: Random): Promise<Image>;
  close(): Promise<void>;
}

/** @param runtime is called only for kinds that need one */
export async function openTranslator<DeviceTensor>(
  { record, parameters, noise }: Model,
  runtime: () => Promise<ComputeRuntime<DeviceTensor>>,
): Promise<Translator> {
  const { options } = record;
  if (!options)
    return {
      translate: async (clean, random) => addMeasured(record, noise, clean, random),
      close: async () => {},
    };
  const generator = new GeneratorRunner(options, await runtime(), parameters);
  const tiling = tilingFor(options);
  return {
    translate: (clean, random) => {
      const noisy = noisyInput(clean, meanAndVariance(clean).mean, noise, random);
      return translateTiled(noisy, tiling, (tile) => generator.run(tile));
    },
    close: () => generator.close(),
  };
}

/** The kinds without a network: measured noise added to the clean micrograph. */
function addMeasured(record: ModelRecord, noise: NoiseSeed, clean: Image, random: Random): Image {
  const { mean, variance } = meanAndVariance(clean);
  const model = countingModel(record, variance / noise.deviation ** 2);
  // without any signal there is no contrast to count at: its noise is that of a flat field, Gaussian at these counts
  if (!model || variance === 0) return noisyInput(clean, mean, noise, random);
  const noisy = addNoise(clean, model, random);
  const scale = 1 / noisyDeviation(noise);
  return { data: noisy.data.map((value) => (value - mean) * scale), shape: noisy.shape };
}

function countingModel({ translator, dose, pixelSize }: ModelRecord, snr: number): NoiseModel | undefined {
  if (translator === "poisson") return { kind: "poisson", snr, dose, pixelSize };
  if (translator === "poisson-gaussian")
    return { kind: "poisson-gaussian", snr, dose, pixelSize, gaussianShare: 0.5 };
  return undefined;
}
