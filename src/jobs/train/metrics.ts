import { z } from "zod";
import { parseJson } from "../../dataset/check.js";

/** A step of a training, from a line of metrics.jsonl. */
export interface TrainingStep {
  readonly step: number;
  readonly seconds: number;
  /** Every other figure of the line: losses, learning rate; NaN where the training had diverged. */
  readonly figures: Readonly<Record<string, number>>;
}

// JSON has no NaN: a diverged loss stands there as null
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const line = z
  .object({ step: z.int(), seconds: z.number(), waiting: z.number().optional() })
  .catchall(figure);

/**
 * The steps in the text of a metrics.jsonl; of a step that stands there twice, the later.
 *
 * @throws FormatError naming the line, the field, found and expected
 */
export function parseMetrics(text: string, path: string): readonly TrainingStep[] {
  const steps = new Map<number, TrainingStep>();
  text.split("\n").forEach((each, i) => {
    if (each.trim() === "") return;
    const { step, seconds, waiting: _, ...figures } = parseJson(line, each, path, `line ${i + 1}`);
    steps.set(step, { step, seconds, figures });
  });
  return [...steps.values()].sort((a, b) => a.step - b.step);
}
