import type { Image } from "../../array/image.js";
import type { EvenProfile } from "../../array/spectrum/profile.js";
import { Random } from "../../core/random.js";
import type { NoiseField } from "../noise/field.js";
import { spectralGain, typicalProfile } from "../noise/power.js";
import type { FitSet } from "./fit-set.js";
import { type FieldTranslation, fitInnovations } from "./innovations.js";

/** What is adjusted once a generator is trained, so that its output has the statistics of the real micrographs. */
export interface Calibration {
  /** The noise field, its skewness and kurtosis fitted again with the generator in the loop. */
  readonly noise: NoiseField;
  /** Filter for the output. */
  readonly gain: EvenProfile;
}

/** Fits the noise field's innovations to what comes out of the generator, then a filter that gives it the real radial spectrum. */
export async function calibrate(
  set: FitSet,
  field: NoiseField,
  randomSeed: number,
  translate: FieldTranslation,
): Promise<Calibration> {
  const noise = await fitInnovations(set, field, randomSeed, translate);
  const translated: Image[] = [];
  for (const [i, micrograph] of set.simulated.entries()) {
    translated.push(await translate(micrograph, noise, Random.of(randomSeed, "calibration", i)));
  }
  const gain = spectralGain(typicalProfile(set.real, set.tile), typicalProfile(translated, set.tile));
  return { noise, gain };
}
