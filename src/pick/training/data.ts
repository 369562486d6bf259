import { Random } from "../../core/random.js";
import type { ImageSource } from "../../train/image-source.js";
import type { NetworkImage, Place } from "../network/image.js";
import type { PickerOptions } from "../options.js";
import { changeContrast } from "./augment.js";
import { pasteContaminant } from "./contaminants.js";
import { cutTurned, drawTurn, type Turn, turnPoints } from "./crop.js";
import { type DenseTarget, denseTarget, emptyTarget } from "./target.js";

/** A working image and what is known of it. */
export interface LabelledImage extends NetworkImage {
  /** Centres of particles, working pixels. */
  readonly centres: readonly Place[];
  /** Places that are neither to be found nor to be avoided: particles hardly visible or nearly covered. */
  readonly ignored: readonly Place[];
}

/** What a picker learns from. */
export interface PickerTrainingSet {
  readonly labelled: ImageSource<LabelledImage>;
  /** Images known to hold no particle. */
  readonly negatives: ImageSource<LabelledImage>;
}

/** What one step sees: `batch` crops one after the other, row by row, and what is wanted of each cell. */
export interface PickerBatch extends DenseTarget {
  readonly images: Float32Array;
}

/**
 * The data of one step, drawn from a stream of the step's own: a step can be made again without those before it, which is
 * what makes a resumed training equal to an uninterrupted one.
 */
export async function drawBatch(
  set: PickerTrainingSet,
  options: PickerOptions,
  step: number,
): Promise<PickerBatch> {
  const { crop, batch, seed } = options;
  const target = emptyTarget(batch, crop);
  const images = new Float32Array(batch * crop * crop);
  for (let i = 0; i < batch; i++) {
    const random = Random.of(seed, "picker step", step, i);
    const out = images.subarray(i * crop * crop, (i + 1) * crop * crop);
    const fromNegatives = set.negatives.count > 0 && random.uniform() < options.negatives;
    const source = fromNegatives ? set.negatives : set.labelled;
    const labelled = await source.load(random.integer(source.count));
    const turn = drawTurn(labelled.image.shape, options, random);
    cutTurned(labelled.image, turn, crop, out);
    fillTarget(target, i, labelled, turn, options);
    if (random.uniform() < options.contaminants) pasteContaminant(out, crop, options.workingDiameter, random);
    if (options.augment) changeContrast(out, crop, options.workingDiameter, random);
  }
  return { images, ...target };
}

function fillTarget(
  target: DenseTarget,
  index: number,
  { image, centres, ignored }: LabelledImage,
  turn: Turn,
  { crop, workingDiameter }: PickerOptions,
): void {
  denseTarget(target, index, {
    crop,
    diameter: workingDiameter,
    centres: turnPoints(centres, turn, crop),
    ignored: turnPoints(ignored, turn, crop),
    turn,
    shape: image.shape,
  });
}
