import { lineChart, type Series } from "./line-chart.js";

export interface HistogramChartOptions {
  readonly title: string;
  /** Name and unit of the quantity. */
  readonly xLabel: string;
  readonly samples: readonly { readonly name: string; readonly values: ArrayLike<number> }[];
  /** Bins over the common range; 40 when absent. */
  readonly bins?: number;
  /** Pixels; 640 by 320 when absent. */
  readonly width?: number;
  readonly height?: number;
}

/**
 * Outlines of the histograms of several samples over common bins, each with area 1, as a standalone SVG.
 *
 * The bins span the 0.5th to the 99.5th percentile of all samples together, so that one stray value does not
 * squeeze the rest; what lies outside counts in the end bins.
 */
export function histogramChart(options: HistogramChartOptions): string {
  const { title, xLabel, samples, bins = 40, width = 640, height = 320 } = options;
  const edges = commonEdges(samples, bins);
  const series = samples.map(({ name, values }) => outline(name, density(values, edges), edges));
  const domain = [edges[0]!, edges[bins]!] as const;
  const highest = Math.max(0, ...series.flatMap((one) => Array.from(one.y)));
  const y = { label: "density", domain: [0, highest * 1.05 || 1] as const };
  return lineChart({ title, x: { label: xLabel, domain }, y, series, width, height });
}

/** Edges of equal bins over the central 99 % of all the values. */
function commonEdges(samples: HistogramChartOptions["samples"], bins: number): readonly number[] {
  const all = samples
    .flatMap(({ values }) => Array.from(values).filter(Number.isFinite))
    .sort((a, b) => a - b);
  const low = all[Math.floor(0.005 * (all.length - 1))] ?? 0;
  const high = all[Math.ceil(0.995 * (all.length - 1))] ?? 1;
  const width = (high > low ? high - low : Math.abs(low) || 1) / bins;
  return Array.from({ length: bins + 1 }, (_, i) => low + i * width);
}

function density(values: ArrayLike<number>, edges: readonly number[]): Float64Array {
  const bins = edges.length - 1;
  const low = edges[0]!;
  const width = (edges[bins]! - low) / bins;
  const counts = new Float64Array(bins);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((values[i]! - low) / width)));
    counts[bin]! += 1 / (values.length * width);
  }
  return counts;
}

/** The histogram as a stepped curve: two points a bin. */
function outline(name: string, heights: Float64Array, edges: readonly number[]): Series {
  const x: number[] = [];
  const y: number[] = [];
  heights.forEach((height, i) => {
    x.push(edges[i]!, edges[i + 1]!);
    y.push(height, height);
  });
  return { name, x, y };
}
