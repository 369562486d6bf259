import type { Generator } from "../../../nn/layers.js";
import { patchHeads } from "../../../nn/patch-heads.js";
import type { Scope } from "../../../nn/scope.js";
import { input, mul, reduceMean, slice, type Value } from "../../../tensor/index.js";
import { type MaskNceOptions, maskNce, overLevels } from "./mask-nce.js";
import { patchNce } from "./patch-nce.js";
import { samplingInputs } from "./sampling-inputs.js";

interface CommonOptions {
  readonly headWidth: number;
  /** Feature maps compared, from the first. */
  readonly levels: number;
}

/** A loss that compares features of a crop and of its translation at query points. */
export type ContrastOptions = MaskContrastOptions | PatchContrastOptions;

/** CryoGEM's: particles against background. */
export interface MaskContrastOptions extends CommonOptions {
  readonly kind: "mask";
  /** Query points of each kind. */
  readonly points: number;
  readonly nce: MaskNceOptions;
}

/** CUT's: every place against all others. */
export interface PatchContrastOptions extends CommonOptions {
  readonly kind: "patch";
  /** Places in each feature map at most. */
  readonly points: number;
  readonly temperature: number;
  /** Weight of the same loss of real crops and what the generator makes of them, beside that of simulated ones; 0: none. */
  readonly identity: number;
  /** Whether the crop to be translated may come mirrored, while its features are those of the crop as it is (FastCUT). */
  readonly flip: boolean;
}

/** What a contrastive loss compares: the features of a crop, and its translation. */
interface Compared {
  readonly generator: Generator;
  readonly scope: Scope;
  readonly featuresIn: readonly Value[];
  readonly translated: Value;
  /** Weight of the loss, [1]. */
  readonly weight: Value;
}

/** Mask-guided loss, at the particle points and then the background points of `samplingInputs`. */
export function maskContrast(
  { generator, scope, featuresIn, translated, weight }: Compared,
  { levels, headWidth, points: count, nce }: MaskContrastOptions,
  crop: number,
): Value {
  const head = patchHeads(scope, headWidth);
  const featuresOut = generator.encode(translated);
  const losses = Array.from({ length: levels }, (_, i) => {
    const points = samplingInputs(i + 1, 2 * count, crop);
    const queriesIn = head(i + 1, featuresIn[i]!, points);
    const queriesOut = head(i + 1, featuresOut[i]!, points);
    return maskNce(
      {
        particlesIn: slice(queriesIn, { axis: 0, end: count }),
        particlesOut: slice(queriesOut, { axis: 0, end: count }),
        backgroundIn: slice(queriesIn, { axis: 0, start: count }),
        backgroundOut: slice(queriesOut, { axis: 0, start: count }),
      },
      nce,
    );
  });
  return weighted(losses, weight);
}

/**
 * Patchwise loss, at the pixels of each feature map that the inputs `NAME:level1:keys`, … name, int32; where crops may come mirrored,
 * those of the translation stand in `NAME:level1:queries`.
 */
export function patchContrast(
  name: string,
  { generator, scope, featuresIn, translated, weight }: Compared,
  options: PatchContrastOptions,
): Value {
  const head = patchHeads(scope, options.headWidth);
  const featuresOut = generator.encode(translated);
  const losses = comparedMaps(featuresIn, options).map((side, i) => {
    const level = i + 1;
    const count = pointsIn(side, options);
    const keys = { positions: input(positionsName(name, level, "keys"), [count], "int32") };
    const queries = options.flip
      ? { positions: input(positionsName(name, level, "queries"), [count], "int32") }
      : keys;
    return patchNce(
      head(level, featuresOut[i]!, queries),
      head(level, featuresIn[i]!, keys),
      options.temperature,
    );
  });
  return weighted(losses, weight);
}

/** Sides of the feature maps that are compared. */
export const comparedMaps = (
  features: readonly Value[],
  { levels }: PatchContrastOptions,
): readonly number[] => features.slice(0, levels).map(({ type }) => type.shape[2]!);

/** Places that are compared in a feature map: a small map has fewer than asked for. */
export const pointsIn = (side: number, { points }: PatchContrastOptions): number =>
  Math.min(points, side * side);

/** The input of positions in a feature map. */
export const positionsName = (name: string, level: number, of: "keys" | "queries"): string =>
  `${name}:level${level}:${of}`;

const weighted = (losses: readonly Value[], weight: Value): Value =>
  reduceMean(mul(overLevels(losses), weight));
