import type { ComputeRuntime } from "../../core/ports.js";
import { type PickedMicrograph, type PickingScores, scorePicking } from "../../evaluate/picking/picking.js";
import { PICKER_STRIDE } from "../../nn/picker.js";
import type { PickerModel, PickerRecord } from "../../pick/model.js";
import { NetworkScorer } from "../../pick/network/scorer.js";
import { findPeaks } from "../../pick/peaks.js";
import type { LabelledMicrograph } from "./set.js";

/** Two picks are not nearer than this, in particle diameters. */
const DISTANCE = 0.5;
/** A pick this near to a label is right, in particle diameters. */
const RADIUS = 0.25;
/** Log-odds below which a peak is not worth matching. */
const LEAST_SCORE = -6;

/** How a picker does on labelled micrographs that it has not learned from. */
export async function validatePicker<DeviceTensor>(
  model: PickerModel,
  micrographs: readonly LabelledMicrograph[],
  runtime: ComputeRuntime<DeviceTensor>,
): Promise<NonNullable<PickerRecord["validation"]>> {
  const scorer = new NetworkScorer(model, runtime, { pixelSize: 1 });
  const diameter = model.record.options.workingDiameter;
  const picked: PickedMicrograph[] = [];
  try {
    for (const micrograph of micrographs) {
      const { image, centres } = await micrograph.load();
      const map = { image: await scorer.scoreWorking(image), scale: PICKER_STRIDE };
      const peaks = findPeaks(map, image.shape, { distance: DISTANCE * diameter });
      const picks = peaks.filter(({ score }) => score > LEAST_SCORE);
      picked.push({ truth: centres, picks, shape: image.shape });
    }
  } finally {
    await scorer.close();
  }
  const scores = scorePicking(picked, { radius: RADIUS * diameter });
  return { micrographs: micrographs.length, auprc: scores.auprc, ...bestThreshold(scores) };
}

/**
 * The score with the highest F1. Where several are within a hundredth of it, the middle one: a threshold at the end of such a
 * range would turn on a single pick.
 */
export function bestThreshold({ curve }: Pick<PickingScores, "curve">): {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
} {
  const f1 = curve.map(
    ({ precision, recall }) => (2 * precision * recall) / Math.max(precision + recall, 1e-12),
  );
  const best = Math.max(0, ...f1);
  const good = curve.filter((_, i) => f1[i]! >= best - 0.01);
  if (good.length === 0) return { threshold: 0, precision: 0, recall: 0, f1: 0 };
  const middle = (good[0]!.score + good.at(-1)!.score) / 2;
  const chosen = curve.findLast(({ score }) => score >= middle) ?? curve[0]!;
  const { precision, recall } = chosen;
  return {
    threshold: middle,
    precision,
    recall,
    f1: (2 * precision * recall) / Math.max(precision + recall, 1e-12),
  };
}
