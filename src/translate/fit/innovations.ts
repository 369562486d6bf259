import { irfft2 } from "../../array/fft/fft.js";
import type { Image } from "../../array/image.js";
import { Random } from "../../core/random.js";
import type { NoisePower } from "../../physics/noise.js";
import { type CleanMicrograph, type NoiseField, noisyInput } from "../noise/field.js";
import { type Innovations, limited } from "../noise/innovations.js";
import { type LocalShape, localShape } from "../noise/local-shape.js";
import type { FitSet } from "./fit-set.js";

/** What a translator makes of a clean micrograph with a noise field. */
export type FieldTranslation = (
  micrograph: CleanMicrograph,
  field: NoiseField,
  random: Random,
) => Promise<Image>;

const ROUNDS = 3;

/**
 * Skewness and kurtosis of the white noise under a coloured noise field, such that what comes out has the local skewness and kurtosis
 * of the real micrographs: by fixed-point iteration, since neither the signal nor a network are linear in them.
 *
 * @param translate makes what is compared of a clean micrograph; absent: noise is added
 */
export async function fitInnovations(
  set: FitSet,
  field: NoiseField,
  randomSeed: number,
  translate: FieldTranslation = async (...given) => noisyInput(...given),
): Promise<NoiseField> {
  if (!field.colour) return field;
  const { colour } = field;
  const wanted = localShape(set.real);
  const passed = throughFilter(colour.power);
  let { innovations } = colour;
  for (let round = 0; round < ROUNDS; round++) {
    const found = await shapeOf(set, { ...field, colour: { ...colour, innovations } }, randomSeed, translate);
    innovations = limited({
      skewness: innovations.skewness + (wanted.skewness - found.skewness) / passed.skewness,
      kurtosis: innovations.kurtosis + (wanted.kurtosis - found.kurtosis) / passed.kurtosis,
    });
  }
  return { ...field, colour: { ...colour, innovations } };
}

async function shapeOf(
  set: FitSet,
  field: NoiseField,
  randomSeed: number,
  translate: FieldTranslation,
): Promise<LocalShape> {
  const images: Image[] = [];
  for (const [i, micrograph] of set.simulated.entries()) {
    images.push(await translate(micrograph, field, Random.of(randomSeed, "fit", i)));
  }
  return localShape(images);
}

/**
 * How much of the skewness and kurtosis of white noise a filter h leaves: sum h³ / (sum h²)^1.5 and sum h⁴ / (sum h²)², h the
 * zero-phase filter with the square root of the power as its transfer function.
 */
function throughFilter({ data, shape }: NoisePower): Innovations {
  const spectrum = new Float32Array(2 * data.length);
  for (let i = 0; i < data.length; i++) spectrum[2 * i] = Math.sqrt(data[i]!);
  const kernel = irfft2({ data: spectrum, shape });
  let [second, third, fourth] = [0, 0, 0];
  for (const h of kernel.data) {
    second += h * h;
    third += h * h * h;
    fourth += h * h * h * h;
  }
  return { skewness: third / second ** 1.5, kurtosis: fourth / second ** 2 };
}
