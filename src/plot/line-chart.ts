import { area, line } from "d3-shape";
import { type AxisOptions, axisScale, drawAxes, type Frame, type Scale } from "./axes.js";
import { drawLegend } from "./legend.js";
import { seriesStyle } from "./palette.js";
import { element, elementId, label, svgDocument } from "./svg.js";

/** One curve: y over x, the same length; values that cannot be drawn (NaN, or <= 0 on a logarithm) leave a gap. */
export interface Series {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Band around the curve, for a spread; the same length as y. */
  readonly lower?: ArrayLike<number>;
  readonly upper?: ArrayLike<number>;
}

export interface LineChartOptions {
  readonly title: string;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  readonly series: readonly Series[];
  /** Horizontal dashed lines with their names, as a threshold. */
  readonly levels?: readonly { readonly name: string; readonly y: number }[];
  /** Pixels; 640 by 400 when absent. */
  readonly width?: number;
  readonly height?: number;
}

/** Curves over common axes as a standalone SVG: title, axes, grid, legend, colours and dashes that stay apart. */
export function lineChart(options: LineChartOptions): string {
  const { width = 640, height = 400, series, title } = options;
  const named = series.map((one, i) => ({ name: one.name, style: seriesStyle(i) }));
  // a single curve under its own name needs no legend
  const listed = named.length === 1 && named[0]!.name === title ? [] : named;
  const legend = drawLegend(listed, 66, width - 12, 28);
  const frame: Frame = { left: 66, right: width - 16, top: 30 + legend.height, bottom: height - 46 };
  const x = axisScale(options.x, valuesOf(series, "x"), frame.left, frame.right);
  const y = axisScale(options.y, valuesOf(series, "y"), frame.bottom, frame.top);
  const clip = elementId(title);
  return svgDocument(
    { width, height },
    { title, description: describe(options) },
    label(width / 2, 18, title, { "text-anchor": "middle", "font-size": 14, "font-weight": "bold" }),
    legend.markup,
    drawAxes(frame, x, y, { x: options.x.label, y: options.y.label }),
    clipPath(clip, frame),
    element(
      "g",
      { "clip-path": `url(#${clip})`, fill: "none" },
      ...(options.levels ?? []).map((level) => drawLevel(frame, y(level.y), level.name)),
      ...series.map((one, i) => drawSeries(one, x, y, i)),
    ),
  );
}

function* valuesOf(series: readonly Series[], axis: "x" | "y"): Generator<number> {
  for (const one of series) {
    for (let i = 0; i < one[axis].length; i++) yield one[axis][i]!;
    if (axis === "y" && one.lower && one.upper) {
      for (let i = 0; i < one.lower.length; i++) yield one.lower[i]!;
      for (let i = 0; i < one.upper.length; i++) yield one.upper[i]!;
    }
  }
}

function drawSeries(series: Series, x: Scale, y: Scale, index: number): string {
  const { colour, dash } = seriesStyle(index);
  const points = Array.from({ length: series.x.length }, (_, i) => i);
  const drawable = (value: number | undefined): boolean => value !== undefined && Number.isFinite(y(value));
  const curve = line<number>()
    .defined((i) => drawable(series.y[i]))
    .x((i) => x(series.x[i]!))
    .y((i) => y(series.y[i]!))
    .digits(2)(points);
  const stroke = { stroke: colour, "stroke-width": 1.8, "stroke-dasharray": dash };
  const drawn = element("path", { d: curve ?? "", ...stroke });
  if (!series.lower || !series.upper) return drawn;
  const { lower, upper } = series;
  const band = area<number>()
    .defined((i) => drawable(lower[i]) && drawable(upper[i]))
    .x((i) => x(series.x[i]!))
    .y0((i) => y(lower[i]!))
    .y1((i) => y(upper[i]!))
    .digits(2)(points);
  return element("path", { d: band ?? "", fill: colour, "fill-opacity": 0.15 }) + drawn;
}

const drawLevel = (frame: Frame, y: number, name: string): string =>
  element("line", {
    x1: frame.left,
    x2: frame.right,
    y1: y,
    y2: y,
    stroke: "#888",
    "stroke-dasharray": "3 3",
  }) + label(frame.right - 4, y - 4, name, { "text-anchor": "end", fill: "#666" });

/** A clipping path of the frame, so that nothing is drawn over the axes. */
const clipPath = (id: string, frame: Frame): string =>
  element(
    "clipPath",
    { id },
    element("rect", {
      x: frame.left,
      y: frame.top,
      width: frame.right - frame.left,
      height: frame.bottom - frame.top,
    }),
  );

/** What the chart shows, in words: for readers who cannot see it. */
function describe({ x, y, series }: LineChartOptions): string {
  const names = series.map((one) => one.name).join(", ");
  return `Line chart of ${y.label} over ${x.label}: ${names}.`;
}
