import type { LocalQuantity } from "../../evaluate/realism/features/local-statistics.js";
import { MEASURE_TITLES } from "../../evaluate/realism/measures.js";
import { CEILING, type RealismResult } from "../../evaluate/realism/realism.js";
import { measuresOf } from "../../evaluate/realism/table.js";
import { dotChart } from "../../plot/dot-chart.js";
import { histogramChart } from "../../plot/histogram-chart.js";
import { lineChart } from "../../plot/line-chart.js";

/** Every measure of every set as dots with their spreads, one panel a measure. */
export function scoreChart(result: RealismResult): string {
  const panels = measuresOf(result).map((measure) => {
    const dots = result.rows.flatMap(({ name, role, scores }) => {
      const score = scores[measure];
      return score
        ? [{ name, value: score.mean, spread: score.spread, reference: role !== "candidate" }]
        : [];
    });
    const values = dots.map((dot) => dot.value);
    const wide = Math.min(...values) > 0 && Math.max(...values) > 20 * Math.min(...values);
    return { title: MEASURE_TITLES[measure], scale: wide ? ("log" as const) : ("linear" as const), dots };
  });
  return dotChart({ title: "Distance from the real micrographs", panels });
}

/** Mean radial power spectra of all sets but white noise. */
export function spectrumChart({ curves, protocol }: RealismResult): string {
  return lineChart({
    title: "Radial power spectra, each image at standard deviation 1",
    x: { label: "spatial frequency, 1/Å", domain: [0, 0.5 / protocol.pixelSize] },
    y: { label: "power", scale: "log" },
    series: curves
      .filter((curve) => curve.name !== CEILING)
      .map(({ name, spectrum }) => ({
        name,
        x: spectrum.frequency.map((frequency) => frequency / protocol.pixelSize),
        y: spectrum.power,
      })),
  });
}

const QUANTITY_LABELS: Readonly<Record<LocalQuantity, string>> = {
  mean: "mean of a patch",
  variance: "variance of a patch",
  skewness: "skewness of a patch",
  kurtosis: "excess kurtosis of a patch",
};

/** Histograms of one quantity over the patches of all sets but white noise. */
export function localChart({ curves, protocol }: RealismResult, quantity: LocalQuantity): string {
  const { patch, pixelSize } = protocol;
  const side = Number((patch * pixelSize).toPrecision(3));
  return histogramChart({
    title: `Local ${quantity}, patches of ${patch} px (${side} Å)`,
    xLabel: `${QUANTITY_LABELS[quantity]}, each image at mean 0 and standard deviation 1`,
    bins: 36,
    samples: curves
      .filter((curve) => curve.name !== CEILING)
      .map(({ name, local }) => ({ name, values: local[quantity] })),
  });
}
