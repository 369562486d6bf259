import type { Heap } from "../../array/fft/plan.js";
import type { Image } from "../../array/image.js";
import { samplesAlong } from "../ice.js";
import { nearestInside } from "../specimen/placement.js";
import type { CanvasKernels } from "./canvas-kernels.js";
import type { CanvasLayout } from "./canvas-layout.js";

/**
 * Multiplies row y of a canvas by the ice gradient over its frame; the margin takes that of the nearest edge. Rows of the ice are
 * widened to the canvas as they are needed, so that of rows in order each is widened once.
 */
export function iceMultiplier(
  kernels: CanvasKernels,
  views: Heap,
  ice: Image,
  frame: readonly [rows: number, columns: number],
  [rows, columns]: readonly [rows: number, columns: number],
  p: CanvasLayout,
): (y: number) => void {
  const [height, width] = ice.shape;
  const { floats, words } = views;
  const down = samplesAlong(height, frame[0]);
  const across = samplesAlong(width, frame[1]);
  const lines = [0, 1].map((i) => p.tables + 4 * (ice.data.length + i * columns));
  const [first, second, fractions] = [2, 3, 4].map((i) => p.tables + 4 * (ice.data.length + i * columns));
  floats.set(ice.data, p.tables / 4);
  for (const [x, column] of nearestInside(columns, frame[1]).entries()) {
    words[first! / 4 + x] = 4 * across.index[column]!;
    words[second! / 4 + x] = 4 * across.next[column]!;
    floats[fractions! / 4 + x] = across.fraction[column]!;
  }
  /** Which row of the ice each line holds, as wide as the canvas. */
  const held = [-1, -1];
  const lineOf = (row: number, other: number): number => {
    const known = held.indexOf(row);
    if (known >= 0) return lines[known]!;
    const free = held[0] === other ? 1 : 0;
    kernels.widenRow(p.tables + 4 * width * row, columns, first!, second!, fractions!, lines[free]!);
    held[free] = row;
    return lines[free]!;
  };
  const fromRow = nearestInside(rows, frame[0]);
  return (y) => {
    const row = fromRow[y]!;
    const [above, below] = [down.index[row]!, down.next[row]!];
    const at = p.canvas + 4 * y * columns;
    kernels.multiplyRow(at, columns, lineOf(above, below), lineOf(below, above), down.fraction[row]!);
  };
}
