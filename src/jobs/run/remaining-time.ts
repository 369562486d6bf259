import type { Stage } from "../project/stage.js";

/** Seconds of each command on two CPU cores, for the bundled example (12 micrographs of 620 x 600 pixels). */
const SECONDS: Readonly<Record<string, number>> = {
  bin: 20,
  estimate: 15,
  potential: 5,
  simulate: 10,
  train: 120,
  generate: 20,
  "evaluate realism": 30,
  "pick train": 100,
  "pick run": 20,
  extract: 5,
  classify2d: 300,
  "pose train": 600,
  "pose run": 20,
  refine: 300,
  mask: 2,
  postprocess: 5,
  fsc: 10,
};

/** Seconds that a stage takes on the bundled example. */
function usualSeconds({ command, name }: Stage): number {
  // noise without a network is measured in a second or two
  const isQuick = command === "train" && name !== "train";
  return isQuick ? 3 : (SECONDS[command] ?? 10);
}

/**
 * How long stages will take, roughly and in words: as on the bundled example, times what the finished stages took more or less.
 *
 * @param finished stages with the seconds that they took
 */
export function remainingTime(
  stages: readonly Stage[],
  finished: readonly { readonly stage: Stage; readonly seconds: number }[],
): string {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const usual = sum(finished.map(({ stage }) => usualSeconds(stage)));
  const factor = usual > 0 ? sum(finished.map(({ seconds }) => seconds)) / usual : 1;
  const seconds = factor * sum(stages.map(usualSeconds));
  if (seconds < 90) return `${Math.max(10, Math.ceil(seconds / 10) * 10)} seconds`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${(seconds / 3600).toFixed(1)} hours`;
}
