import { mean } from "../../array/statistics.js";
import { type NumberFit, particlesFor } from "../../evaluate/maps/rosenthal-henderson.js";
import { lineChart, type Series } from "../../plot/line-chart.js";
import type { SubsetResolution } from "./records.js";

/** The resolutions as CSV, a row a map pair. */
export function byNumberCsv(found: readonly SubsetResolution[]): string {
  const rows = found.map(({ order, particles, resolution, crossed }) =>
    [order, particles, Number.isFinite(resolution) ? resolution.toFixed(3) : "none", crossed ? 1 : 0].join(
      ",",
    ),
  );
  return `order,particles,resolution_angstrom,crossed\n${rows.join("\n")}\n`;
}

/** Resolutions that may be written beside the axis, angstrom. */
const SAID = [2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 50, 100];

/** 1/d² over the number of particles, its spread over the random orders, and the line of the fit. */
export function byNumberFigure(found: readonly SubsetResolution[], fit: NumberFit | undefined): string {
  const useful = found.filter(({ resolution }) => Number.isFinite(resolution));
  const numbers = [...new Set(useful.map(({ particles }) => particles))].sort((a, b) => a - b);
  const at = numbers.map((number) =>
    useful.filter(({ particles }) => particles === number).map(({ resolution }) => 1 / resolution ** 2),
  );
  const measured: Series = {
    ...{ name: "half maps, mean over the orders and range", x: numbers, y: at.map((values) => mean(values)) },
    lower: at.map((values) => Math.min(...values)),
    upper: at.map((values) => Math.max(...values)),
  };
  const [low, high] = [Math.min(...at.flat()), Math.max(...at.flat())];
  const squares = Array.from({ length: 100 }, (_, i) => low + ((high - low) * i) / 99);
  const line = fit && lineOf(fit, squares, [numbers[0]!, numbers.at(-1)!]);
  return lineChart({
    title: "Resolution over the number of particles",
    x: { label: "particles in both halves", scale: "log" },
    y: { label: "1 / resolution², 1/Å²" },
    series: [measured, ...(line ? [line] : [])],
    levels: SAID.filter((d) => 1 / d ** 2 >= low && 1 / d ** 2 <= high).map((d) => ({
      name: `${d} Å`,
      y: 1 / d ** 2,
    })),
  });
}

/** The line of a fit through 1/d², as far as particles were counted. */
function lineOf(
  fit: NumberFit,
  squares: readonly number[],
  [fewest, most]: readonly [number, number],
): Series {
  const points = squares
    .map((square) => ({ square, particles: particlesFor(1 / Math.sqrt(square), fit) }))
    .filter(({ particles }) => particles >= fewest && particles <= most);
  return {
    name: `N = c/d · exp(B / 2d²), B = ${fit.bFactor.toFixed(0)} Å²`,
    x: points.map(({ particles }) => particles),
    y: points.map(({ square }) => square),
  };
}
