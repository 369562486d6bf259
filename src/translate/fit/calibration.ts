import type { Image } from "../../array/image.js";
import type { EvenProfile } from "../../array/spectrum/profile.js";
import { Random } from "../../core/random.js";
import type { NoiseField } from "../noise/field.js";
import { spectralGain, typicalProfile } from "../noise/power.js";
import { measureBackground, powerRatio, scaleNoise } from "./background.js";
import type { FitSet } from "./fit-set.js";
import { type FieldTranslation, fitInnovations } from "./innovations.js";

/** What is adjusted once a generator is trained, so that its output has the statistics of the real micrographs. */
export interface Calibration {
  /** The noise field, its skewness and kurtosis fitted again with the generator in the loop. */
  readonly noise: NoiseField;
  /** Filter for the output. */
  readonly gain: EvenProfile;
}

/** Rounds in which the background is fitted, and micrographs that each looks at. */
const ROUNDS = 3;
const STAND_INS = 6;

/** Fits the noise field's background and innovations to what comes out of the generator, then a filter that gives it the real radial spectrum. */
export async function calibrate(
  set: FitSet,
  field: NoiseField,
  randomSeed: number,
  translate: FieldTranslation,
): Promise<Calibration> {
  const background = await fitBackground(set, field, randomSeed, translate);
  const noise = await fitInnovations(set, background, randomSeed, translate);
  const translated: Image[] = [];
  for (const [i, micrograph] of set.simulated.entries()) {
    translated.push(await translate(micrograph, noise, Random.of(randomSeed, "calibration", i)));
  }
  const gain = spectralGain(typicalProfile(set.real, set.tile), typicalProfile(translated, set.tile));
  return { noise, gain };
}

/**
 * The noise field with which translated micrographs have the background of the real ones, relative to their whole spectrum, which the
 * gain brings to the real one. A network may add to the noise between particles or take from it.
 */
async function fitBackground(
  set: FitSet,
  field: NoiseField,
  randomSeed: number,
  translate: FieldTranslation,
): Promise<NoiseField> {
  if (!field.colour) return field;
  const wanted = relativeBackground(set, set.real);
  let noise = field;
  for (let round = 0; round < ROUNDS; round++) {
    const translated: Image[] = [];
    for (const [i, micrograph] of set.simulated.slice(0, STAND_INS).entries()) {
      translated.push(await translate(micrograph, noise, Random.of(randomSeed, "background", i)));
    }
    noise = scaleNoise(noise, powerRatio(wanted, relativeBackground(set, translated)), set);
  }
  return noise;
}

/** Power of the background over the power of the whole, frequency by frequency. */
function relativeBackground(set: FitSet, images: readonly Image[]): EvenProfile {
  const { power } = measureBackground(set, images);
  const whole = typicalProfile(images, set.tile);
  return { tile: set.tile, values: power.values.map((value, i) => value / whole.values[i]!) };
}
