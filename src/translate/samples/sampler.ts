import type { Image } from "../../array/image.js";
import { Random } from "../../core/random.js";
import type { NoiseAt } from "../../nn/layers.js";
import type { Defocus } from "../../physics/optics/optics.js";
import type { ImageSource } from "../../train/image-source.js";
import { type CleanMicrograph, generatorInput, type NoiseField, stacked } from "../noise/field.js";
import { turnedCtf } from "../noise/thon-rings.js";
import { type CropPlace, cutCrop, drawCrop } from "./crop.js";
import { shownShape } from "./held-out.js";
import type { Centre } from "./particle-average.js";
import { drawQueryPoints, type QueryPoints } from "./query-points.js";

/** A whole clean micrograph with the footprints of its particles (0 = background), their centres, its variance. */
export interface LabelledImage extends CleanMicrograph {
  readonly mask: Uint8Array;
  readonly centres: readonly Centre[];
  readonly variance: number;
}

/** What the translators learn from. Real micrographs come normalised to mean 0 and standard deviation 1. */
export interface TrainingSet {
  readonly real: ImageSource<Image>;
  /** What is known of the defocus of each real micrograph; the others are fitted where it matters. */
  readonly realDefocus: readonly (Defocus | undefined)[];
  readonly simulated: ImageSource<LabelledImage>;
  /** Angstrom. */
  readonly particleDiameter: number;
  readonly pixelSize: number;
}

/** What one training step sees: square crops, row by row, and the points at which features are compared. */
export interface StepData {
  /** All planes that the generator is given, one after the other. */
  readonly simulated: Float32Array;
  readonly real: Float32Array;
  readonly points: QueryPoints;
}

export interface SamplerOptions {
  readonly crop: number;
  /** Query points on particles, and as many on background. */
  readonly queries: number;
  readonly seed: number;
  /** Default "input". */
  readonly noiseAt?: NoiseAt;
  /** "best": the held-out parts of real micrographs are left out; default "last". */
  readonly keep?: "last" | "best";
}

/** Crops without any particle teach the contrastive loss nothing; so many places are tried before one is accepted. */
const TRIES = 8;

/**
 * The data of one step. Micrograph, place, turn, noise and points are drawn from a stream of the step's own: a step can be
 * made again without those before it, which is what makes a resumed training equal to an uninterrupted one.
 *
 * @param part which of several crops of the step
 */
export async function sampleStep(
  set: TrainingSet,
  noise: NoiseField,
  { crop, queries, seed, noiseAt = "input", keep = "last" }: SamplerOptions,
  step: number,
  part = 0,
): Promise<StepData> {
  const random = Random.of(seed, "training step", step, ...(part === 0 ? [] : [part]));
  const simulated = await set.simulated.load(random.integer(set.simulated.count));
  const real = await set.real.load(random.integer(set.real.count));
  const { place, mask } = drawLabelledCrop(simulated, crop, random);
  const clean = cutCrop(simulated.image.data, simulated.image.shape[1], place, new Float32Array(crop * crop));
  const realPlace = drawCrop(keep === "best" ? shownShape(real.shape) : real.shape, crop, random);
  const micrograph: CleanMicrograph = {
    image: { data: clean, shape: [crop, crop] },
    mean: simulated.mean,
    optics: turnedCtf(simulated.optics, place.turn),
  };
  return {
    simulated: stacked(generatorInput(micrograph, noise, random, noiseAt)),
    real: cutCrop(real.data, real.shape[1], realPlace, new Float32Array(crop * crop)),
    points: drawQueryPoints(mask, queries, random),
  };
}

function drawLabelledCrop(
  { image, mask }: LabelledImage,
  size: number,
  random: Random,
): { readonly place: CropPlace; readonly mask: Uint8Array } {
  const cut = new Uint8Array(size * size);
  let place = drawCrop(image.shape, size, random);
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    cutCrop(mask, image.shape[1], place, cut);
    if (cut.some((value) => value > 0)) break;
    if (attempt < TRIES) place = drawCrop(image.shape, size, random);
  }
  return { place, mask: cut };
}
