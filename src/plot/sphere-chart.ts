import { tickText } from "./axes.js";
import { sequentialColour } from "./palette.js";
import type { SphereGrid } from "./sphere-grid.js";
import { element, label, svgDocument } from "./svg.js";

export interface SphereChartOptions {
  readonly title: string;
  /** Name and unit of the values. */
  readonly valueLabel: string;
  readonly grid: SphereGrid;
  /** By cell of the grid; a cell whose value is not finite is left grey. */
  readonly values: ArrayLike<number>;
  /** Values of the two ends of the colours; the range of the values when absent. */
  readonly domain?: readonly [number, number];
}

const WIDTH = 680;
const HEIGHT = 388;
/** Half axes of the ellipse, pixels: a Mollweide map is twice as wide as high. */
const RADIUS = 140;
const CENTRE = { x: WIDTH / 2, y: 183 };
const NO_VALUE = "#ccc";
/** Points along the curved sides of a cell. */
const STEPS = 3;

/**
 * Values over the directions of a sphere as a standalone SVG: a map in Mollweide's projection, which keeps areas. The direction +z
 * (tilt 0) is at the top; the azimuth (rot) grows from 0 at the left to 360 degrees at the right.
 */
export function sphereChart({ title, valueLabel, grid, values, domain }: SphereChartOptions): string {
  const [low, high] = domain ?? rangeOf(values);
  const share = (value: number): number => (high > low ? (value - low) / (high - low) : 0);
  const colour = (value: number): string =>
    Number.isFinite(value) ? sequentialColour(share(value)) : NO_VALUE;
  const cells = Array.from(values, (value, cell) =>
    element("path", { d: outlineOf(grid, cell), fill: colour(value) }),
  );
  return svgDocument(
    { width: WIDTH, height: HEIGHT },
    { title, description: `Map of the sphere of ${valueLabel}, from ${tickText(low)} to ${tickText(high)}.` },
    label(WIDTH / 2, 20, title, { "text-anchor": "middle", "font-size": 14, "font-weight": "bold" }),
    element("g", { stroke: "none", "shape-rendering": "crispEdges" }, ...cells),
    element("ellipse", {
      ...{ cx: CENTRE.x, cy: CENTRE.y, rx: 2 * RADIUS, ry: RADIUS },
      ...{ fill: "none", stroke: "#444" },
    }),
    ...places(),
    colourBar(valueLabel, low, high),
  );
}

function rangeOf(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  return low <= high ? [low, high] : [0, 1];
}

/** A cell's outline; the sides at constant height are straight, those at constant azimuth curved. */
function outlineOf({ rows, columns }: SphereGrid, cell: number): string {
  const row = Math.floor(cell / columns);
  const column = cell % columns;
  const side = (azimuth: number, from: number, to: number): string[] =>
    Array.from({ length: STEPS + 1 }, (_, i) => {
      const height = 1 - (2 * (from + ((to - from) * i) / STEPS)) / rows;
      return project(height, azimuth);
    });
  const [west, east] = [column / columns, (column + 1) / columns];
  return `M${[...side(west, row, row + 1), ...side(east, row + 1, row)].join("L")}Z`;
}

/** A point of the map in pixels, from its height along z and its azimuth in turns from 0, at the left, to 1. */
function project(height: number, turn: number): string {
  const { x, y } = position(height, turn);
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function position(height: number, turn: number): { x: number; y: number } {
  const theta = auxiliaryAngle(Math.min(1, Math.max(-1, height)));
  return {
    x: CENTRE.x + 2 * RADIUS * (2 * turn - 1) * Math.cos(theta),
    y: CENTRE.y - RADIUS * Math.sin(theta),
  };
}

/** Mollweide's angle θ of a height z: 2θ + sin 2θ = π z, by Newton's method. */
function auxiliaryAngle(height: number): number {
  if (Math.abs(height) === 1) return (Math.sign(height) * Math.PI) / 2;
  let theta = Math.asin(height) * 0.8;
  for (let i = 0; i < 20; i++) {
    const excess = 2 * theta + Math.sin(2 * theta) - Math.PI * height;
    theta -= excess / (2 + 2 * Math.cos(2 * theta));
  }
  return theta;
}

/** What the places of the map mean. */
function places(): string[] {
  const at = (height: number, turn: number, text: string, dy: number, anchor: string): string => {
    const { x, y } = position(height, turn);
    return label(x, y + dy, text, { "text-anchor": anchor, fill: "#666" });
  };
  return [
    at(1, 0.5, "tilt 0°", -4, "middle"),
    at(-1, 0.5, "tilt 180°", 14, "middle"),
    at(0, 0, "rot 0°", 4, "end"),
    at(0, 1, "rot 360°", 4, "start"),
  ];
}

function colourBar(valueLabel: string, low: number, high: number): string {
  const [left, right, top] = [CENTRE.x - 120, CENTRE.x + 120, HEIGHT - 42];
  const steps = 60;
  const width = (right - left) / steps;
  const bar = Array.from({ length: steps }, (_, i) =>
    element("rect", {
      ...{ x: left + i * width, y: top, width: width + 0.5, height: 10 },
      fill: sequentialColour((i + 0.5) / steps),
    }),
  );
  const number = (value: number): string => tickText(Number(value.toPrecision(3)));
  return [
    ...bar,
    label(left - 6, top + 9, number(low), { "text-anchor": "end" }),
    label(right + 6, top + 9, number(high)),
    label(CENTRE.x, top + 26, valueLabel, { "text-anchor": "middle" }),
  ].join("");
}
