import { GOLD_STANDARD } from "../../evaluate/maps/fsc.js";
import { lineChart } from "../../plot/line-chart.js";
import type { RefineInputs } from "./read.js";
import type { RefineState } from "./state.js";

/** The correlation of the halves after an iteration. */
export function fscFigure(
  { box, pixelSize }: Pick<RefineInputs, "box" | "pixelSize">,
  { correlation, history, iteration }: Pick<RefineState, "correlation" | "history" | "iteration">,
): string {
  const x = correlation.map((_, shell) => shell / (box * pixelSize));
  const { resolution } = history[history.length - 1]!;
  return lineChart({
    title: `Iteration ${iteration}: the halves correlate to ${resolution.toFixed(2)} Å`,
    x: { label: "spatial frequency, 1/Å", domain: [0, x[x.length - 1]!] },
    y: { label: "correlation under the mask, corrected", domain: [Math.min(0, ...correlation), 1] },
    series: [{ name: "half 1 against half 2", x, y: correlation }],
    levels: [{ name: String(GOLD_STANDARD), y: GOLD_STANDARD }],
  });
}

/** How far orientations moved in each iteration. */
export function convergenceFigure({ history }: Pick<RefineState, "history">): string {
  const moved = history.filter(({ medianAngle }) => medianAngle !== null);
  const x = moved.map(({ iteration }) => iteration);
  return lineChart({
    title: "Change of orientations",
    x: { label: "iteration", domain: [1, Math.max(2, history.length)] },
    y: { label: "degrees", scale: "log" },
    series: [
      { name: "median", x, y: moved.map(({ medianAngle }) => medianAngle!) },
      { name: "mean", x, y: moved.map(({ meanAngle }) => meanAngle!) },
      {
        name: "step of the search",
        x: history.map(({ iteration }) => iteration),
        y: history.map(({ step }) => step),
      },
    ],
  });
}
