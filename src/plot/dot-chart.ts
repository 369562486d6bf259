import { axisScale, tickText } from "./axes.js";
import { PALETTE } from "./palette.js";
import { element, label, svgDocument } from "./svg.js";

/** One value with its spread; the spread bar runs from value - spread to value + spread. */
export interface Dot {
  readonly name: string;
  readonly value: number;
  readonly spread: number;
  /** Reference rows (a floor, a ceiling) are drawn hollow. */
  readonly reference?: boolean;
}

/** One quantity over the same rows. */
export interface DotPanel {
  readonly title: string;
  readonly scale?: "linear" | "log";
  readonly dots: readonly Dot[];
}

const ROW = 20;
const PLOT_WIDTH = 270;
const CHARACTER = 6.8;

/**
 * Panels of dots with spread bars, one row a name, in columns, as a standalone SVG: for scores of several
 * candidates by several measures.
 */
export function dotChart(options: {
  readonly title: string;
  readonly panels: readonly DotPanel[];
  readonly columns?: number;
}): string {
  const { title, panels, columns = 2 } = options;
  const longest = Math.max(0, ...panels.flatMap((panel) => panel.dots.map((dot) => dot.name.length)));
  const gutter = Math.ceil(longest * CHARACTER) + 22;
  const panelWidth = gutter + PLOT_WIDTH + 24;
  const rows = Math.max(0, ...panels.map((panel) => panel.dots.length));
  const panelHeight = rows * ROW + 62;
  const width = panelWidth * Math.min(columns, Math.max(1, panels.length));
  const height = 30 + panelHeight * Math.ceil(panels.length / columns);
  return svgDocument(
    { width, height },
    { title, description: panels.map(describe).join(" ") },
    label(width / 2, 18, title, { "text-anchor": "middle", "font-size": 14, "font-weight": "bold" }),
    ...panels.map((panel, i) => {
      const x = (i % columns) * panelWidth;
      const y = 30 + Math.floor(i / columns) * panelHeight;
      return element("g", { transform: `translate(${x} ${y})` }, drawPanel(panel, gutter));
    }),
  );
}

function drawPanel({ title, dots, scale }: DotPanel, gutter: number): string {
  const values = dots.flatMap(({ value, spread }) => [value, value - spread, value + spread]);
  const shown = scale === "log" ? values.filter((value) => value > 0) : [0, ...values];
  const x = axisScale({ label: title, ...(scale && { scale }) }, shown, gutter, gutter + PLOT_WIDTH);
  const bottom = 24 + dots.length * ROW;
  const ticks = scale === "log" ? x.ticks(5).filter(isRound) : x.ticks(4);
  const grid = ticks.map(
    (tick) =>
      element("line", { x1: x(tick), x2: x(tick), y1: 22, y2: bottom, stroke: "#ddd" }) +
      label(x(tick), bottom + 14, tickText(tick), { "text-anchor": "middle", "font-size": 11 }),
  );
  const rows = dots.map((dot, i) => drawDot(dot, x, { left: gutter, y: 24 + (i + 0.5) * ROW }));
  return label(gutter, 14, title, { "font-weight": "bold" }) + grid.join("") + rows.join("");
}

/** Whether a tick of a logarithm is 1, 2 or 5 times a power of ten: the others crowd the axis. */
const isRound = (tick: number): boolean => /^[125](\.0*)?e/.test(tick.toExponential(6));

function drawDot(
  dot: Dot,
  x: (value: number) => number,
  { left, y }: { readonly left: number; readonly y: number },
): string {
  const colour = dot.reference ? "#666" : PALETTE[0];
  const at = (value: number): number | undefined => (Number.isFinite(x(value)) ? x(value) : undefined);
  const centre = at(dot.value);
  const name = label(left - 10, y + 4, dot.name, { "text-anchor": "end" });
  if (centre === undefined) return name;
  const bar = element("line", {
    x1: at(dot.value - dot.spread) ?? left,
    x2: at(dot.value + dot.spread) ?? centre,
    y1: y,
    y2: y,
    stroke: colour,
    "stroke-width": 2,
  });
  const fill = dot.reference ? "#fff" : colour;
  return (
    name + bar + element("circle", { cx: centre, cy: y, r: 4, fill, stroke: colour, "stroke-width": 1.5 })
  );
}

function describe({ title, dots }: DotPanel): string {
  const rounded = (value: number, digits: number): string => tickText(Number(value.toPrecision(digits)));
  const texts = dots.map(({ name, value, spread }) => `${name} ${rounded(value, 3)} ± ${rounded(spread, 2)}`);
  return `${title}: ${texts.join(", ")}.`;
}
