import { scaleLinear, scaleLog } from "d3-scale";
import { element, label } from "./svg.js";

/** One axis of a chart, in the data's own unit; the label says which. */
export interface AxisOptions {
  readonly label: string;
  /** Linear when absent. */
  readonly scale?: "linear" | "log";
  /** Ends of the axis; the range of the data when absent. */
  readonly domain?: readonly [number, number];
}

/** From data to pixels along one axis. */
export type Scale = ReturnType<typeof scaleLinear<number>> | ReturnType<typeof scaleLog<number>>;

/** The rectangle of a chart inside its axes, pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Scale of an axis over `values` (or over its own domain), mapped onto [from, to] pixels. */
export function axisScale(axis: AxisOptions, values: Iterable<number>, from: number, to: number): Scale {
  const log = axis.scale === "log";
  const domain = axis.domain ?? extent(values, log);
  return log
    ? scaleLog<number>().domain(domain).range([from, to])
    : scaleLinear<number>().domain(domain).range([from, to]);
}

/** Smallest and largest finite value (positive ones only for a logarithm), widened where they coincide. */
function extent(values: Iterable<number>, positive: boolean): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value) || (positive && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return positive ? [1, 10] : [0, 1];
  if (positive) return low < high ? [low / 1.08, high * 1.08] : [low / 2, high * 2];
  const margin = low < high ? (high - low) * 0.04 : Math.abs(low) * 0.1 + 0.5;
  return [low - margin, high + margin];
}

/** Grid lines, ticks, numbers and names of both axes around `frame`. */
export function drawAxes(
  frame: Frame,
  x: Scale,
  y: Scale,
  names: { readonly x: string; readonly y: string },
): string {
  const ticksX = ticksOf(x, (frame.right - frame.left) / 80);
  const ticksY = ticksOf(y, (frame.bottom - frame.top) / 40);
  const middleX = (frame.left + frame.right) / 2;
  const middleY = (frame.top + frame.bottom) / 2;
  const nameX = label(middleX, frame.bottom + 36, names.x, { "text-anchor": "middle" });
  const nameY = label(0, 0, names.y, {
    "text-anchor": "middle",
    transform: `translate(${Math.round(frame.left - 48)} ${Math.round(middleY)}) rotate(-90)`,
  });
  return [
    ...ticksX.map((tick) => verticalTick(frame, x(tick), tickText(tick))),
    ...ticksY.map((tick) => horizontalTick(frame, y(tick), tickText(tick))),
    element("rect", {
      x: frame.left,
      y: frame.top,
      width: frame.right - frame.left,
      height: frame.bottom - frame.top,
      fill: "none",
      stroke: "#444",
    }),
    nameX,
    nameY,
  ].join("");
}

const GRID = { stroke: "#ddd", "stroke-width": 1 } as const;

const verticalTick = (frame: Frame, x: number, text: string): string =>
  element("line", { x1: x, x2: x, y1: frame.top, y2: frame.bottom, ...GRID }) +
  label(x, frame.bottom + 16, text, { "text-anchor": "middle" });

const horizontalTick = (frame: Frame, y: number, text: string): string =>
  element("line", { x1: frame.left, x2: frame.right, y1: y, y2: y, ...GRID }) +
  label(frame.left - 6, y + 4, text, { "text-anchor": "end" });

/** Round values along the axis; on a logarithm that spans decades, powers of ten only. */
function ticksOf(scale: Scale, wanted: number): readonly number[] {
  const count = Math.max(2, Math.round(wanted));
  const ticks = scale.ticks(count);
  if (!("base" in scale) || ticks.length <= count + 2) return ticks;
  const powers = ticks.filter((tick) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9);
  if (powers.length >= 3) return powers;
  const firsts = ticks.filter((tick) => [1, 2, 5].includes(leadingDigit(tick)));
  return firsts.length >= 2 ? firsts : ticks;
}

const leadingDigit = (value: number): number => Number(value.toExponential(6)[0]);

/** A number as an axis shows it: plain from 0.001 to 99,999, otherwise as a power of ten. */
export function tickText(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return String(Number(value.toPrecision(6))).replace("-", "−");
  return value.toExponential().replace("e+", "e").replace("e-", "e−").replace(/^-/, "−");
}
