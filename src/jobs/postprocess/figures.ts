import type { Anisotropy } from "../../evaluate/maps/directional.js";
import type { Postprocessed } from "../../evaluate/maps/postprocess.js";
import { lineChart, type Series } from "../../plot/line-chart.js";
import { sphereChart } from "../../plot/sphere-chart.js";
import { cellCentres, cellOf, type Direction, type SphereGrid } from "../../plot/sphere-grid.js";

/** The correlation curves. */
export function fscFigure({ fsc, curves, masking, resolution }: Postprocessed): string {
  const { frequencies } = fsc;
  const series: Series[] = [];
  const add = (name: string, y: Float64Array, spread?: Float64Array): void => {
    const band = spread && {
      lower: y.map((value, s) => value - spread[s]!),
      upper: y.map((value, s) => value + spread[s]!),
    };
    series.push({ name, x: frequencies, y, ...band });
  };
  if (curves) {
    add("corrected", curves.corrected, curves.correctedSpread);
    add("masked", curves.masked);
    add("unmasked", curves.unmasked);
    add("random phases, masked", curves.randomised);
  } else add("unmasked", fsc.correlation);
  const lowest = Math.min(0, ...series.flatMap(({ y }) => Array.from(y)));
  const what = { used: "corrected", "no mask": "without mask", "mask reaches less far": "without mask" };
  return lineChart({
    title: `Fourier shell correlation: ${resolution.toFixed(2)} Å, ${what[masking]}`,
    x: { label: "spatial frequency, 1/Å", domain: [0, frequencies[frequencies.length - 1]!] },
    y: { label: "correlation", domain: [lowest, 1] },
    series,
    levels: [
      { name: "0.143", y: 0.143 },
      { name: "0.5", y: 0.5 },
    ],
  });
}

/** The amplitudes of the map before and after sharpening, over the square of frequency. */
export function guinierFigure({ guinier, fit, bFactor }: Postprocessed): string {
  const { resolutionSquared: x } = guinier.input;
  const curve = (name: string, { logAmplitude }: { readonly logAmplitude: Float64Array }): Series => ({
    name,
    x,
    // a shell without amplitude has no logarithm
    y: logAmplitude.map((value) => (value > -99 ? value : Number.NaN)),
  });
  const line = fit && {
    name: "fitted line",
    x,
    y: x.map((value) => fit.intercept + fit.slope * value),
  };
  return lineChart({
    title: `Guinier plot: B factor ${bFactor.toFixed(0)} Å²`,
    x: { label: "square of spatial frequency, 1/Å²" },
    y: { label: "ln of the mean amplitude" },
    series: [
      curve("mean of the halves", guinier.input),
      curve("weighted", guinier.weighted),
      curve("sharpened", guinier.sharpened),
      ...(line ? [line] : []),
    ],
  });
}

/** Cells for directions of resolution: a twelfth of a hemisphere's cone each. */
export const DIRECTION_GRID: SphereGrid = { rows: 12, columns: 24 };
const VIEW_GRID: SphereGrid = { rows: 18, columns: 36 };

/** The resolution by direction of Fourier space, measured at the centres of the cells of the upper half. */
export function directionsFigure({ curves, areaRatio }: Anisotropy): string {
  const measured = new Map(
    curves.map(({ direction, resolution }) => [cellOf(DIRECTION_GRID, direction), resolution.resolution]),
  );
  const values = cellCentres(DIRECTION_GRID).map((centre) => {
    const [x, y, z] = centre;
    return measured.get(cellOf(DIRECTION_GRID, z > 0 ? centre : [-x, -y, -z]))!;
  });
  return sphereChart({
    title: `Resolution by direction; least over largest area ${areaRatio.toFixed(2)}`,
    valueLabel: "resolution at 0.143, Å",
    ...{ grid: DIRECTION_GRID, values },
  });
}

/** How many particles are seen from each direction, in multiples of an even distribution. */
export function orientationsFigure(views: readonly Direction[]): string {
  const values = new Float64Array(VIEW_GRID.rows * VIEW_GRID.columns);
  for (const view of views) values[cellOf(VIEW_GRID, view)]! += values.length / views.length;
  return sphereChart({
    title: `Viewing directions of ${views.length} particles`,
    valueLabel: "particles over those of an even distribution",
    ...{ grid: VIEW_GRID, values, domain: [0, Math.max(2, ...values)] },
  });
}
