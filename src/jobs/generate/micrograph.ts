import type { Image } from "../../array/image.js";
import { variance } from "../../array/statistics.js";
import { Random } from "../../core/random.js";
import type { Model } from "../../translate/model.js";
import { restoreContrast } from "../../translate/noise/contrast.js";
import type { MicrographCtf } from "../../translate/noise/thon-rings.js";
import type { Translator } from "../../translate/translator.js";

/** A clean physics micrograph to be translated. */
export interface NumberedMicrograph {
  readonly image: Image;
  readonly optics: MicrographCtf;
  /** Its number in the dataset, from 1: every micrograph has noise of its own. */
  readonly index: number;
}

/** What a synthetic micrograph depends on beside the model and its clean one. */
export interface SynthesisOptions {
  /** Factor on the contrast of the clean micrograph. */
  readonly signal: number;
  readonly seed: number;
}

/**
 * The synthetic micrograph of a clean one, as `generate` writes it: with the noise of the real micrographs that the model
 * was trained with, in their grey scale.
 *
 * @param translator of the model
 */
export async function syntheticMicrograph(
  translator: Translator,
  { record }: Model,
  { image, optics, index }: NumberedMicrograph,
  { signal, seed }: SynthesisOptions,
): Promise<Image> {
  const random = Random.of(seed, "generate", index);
  const translated = await translator.translate(multiplied(image, signal), optics, random);
  return restoreContrast(translated, record.contrast);
}

/** Variances of clean micrographs further apart than this mean another kind of density map. */
const SAME_CONTRAST = 5;

/**
 * Whether a clean micrograph, times `signal`, is much stronger or weaker than those that the model was trained with, whose noise it
 * gets: as when its map is in other units.
 *
 * @returns the ratio of the variances, and the `signal` that would make them alike; undefined where they are about alike, or nothing
 *   is in the micrograph
 */
export function signalDoubt(
  { data }: Image,
  signal: number,
  { noise }: Model,
): { readonly ratio: number; readonly better: number } | undefined {
  const ratio = (signal * signal * variance(data)) / noise.cleanDeviation ** 2;
  if (ratio === 0 || (ratio < SAME_CONTRAST && ratio > 1 / SAME_CONTRAST)) return undefined;
  return { ratio, better: Number((signal / Math.sqrt(ratio)).toPrecision(3)) };
}

const multiplied = ({ data, shape }: Image, factor: number): Image =>
  factor === 1 ? { data, shape } : { data: data.map((value) => factor * value), shape };
