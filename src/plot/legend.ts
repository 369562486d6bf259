import type { SeriesStyle } from "./palette.js";
import { element, label } from "./svg.js";

const ROW_HEIGHT = 18;
const SWATCH = 26;

/** An entry for each series, in rows from `left` to `right`; the markup and the height it takes, pixels. */
export function drawLegend(
  entries: readonly { readonly name: string; readonly style: SeriesStyle }[],
  left: number,
  right: number,
  top: number,
): { readonly markup: string; readonly height: number } {
  let x = left;
  let row = 0;
  const parts = entries.map(({ name, style }) => {
    const width = SWATCH + 8 + name.length * 6.6 + 14;
    if (x > left && x + width > right) {
      x = left;
      row++;
    }
    const y = top + row * ROW_HEIGHT + ROW_HEIGHT / 2;
    const swatch = element("line", {
      x1: x,
      x2: x + SWATCH,
      y1: y,
      y2: y,
      stroke: style.colour,
      "stroke-width": 2,
      "stroke-dasharray": style.dash,
    });
    const text = label(x + SWATCH + 6, y + 4, name);
    x += width;
    return swatch + text;
  });
  return { markup: parts.join(""), height: entries.length === 0 ? 0 : (row + 1) * ROW_HEIGHT + 4 };
}
