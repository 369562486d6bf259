import { inRange } from "../core/check.js";
import type { ScoreMap } from "./scorer.js";

/** A place that a picker proposes, micrograph pixels; the higher the score, the likelier a particle. */
export interface Peak {
  readonly x: number;
  readonly y: number;
  readonly score: number;
}

/** Which maxima of a score map count as peaks. */
export interface PeakOptions {
  /** Micrograph pixels: no two peaks are nearer; of two that would be, the higher stays. */
  readonly distance: number;
  /** Micrograph pixels along each edge without a peak; 0 when absent, so that every centre inside counts. */
  readonly margin?: number;
}

/**
 * The peaks of a score map, highest first.
 *
 * Candidates are cells that no neighbour exceeds (of a flat top the first cell in reading order, a constant map has
 * none). From the highest downward each is kept unless a kept one is nearer than `distance`: the exact greedy
 * suppression. The place is refined by parabolas through the neighbours along x and y; the score is the cell's own.
 *
 * @param shape of the micrograph, pixels: no peak lies outside it
 * @throws DomainError for a negative distance or margin
 */
export function findPeaks(
  { image, scale }: ScoreMap,
  shape: readonly [rows: number, columns: number],
  { distance, margin = 0 }: PeakOptions,
): Peak[] {
  inRange("findPeaks: distance", distance, "pixels", 0, 1e6);
  inRange("findPeaks: margin", margin, "pixels", 0, 1e6);
  const place = (cell: number, offset: number, size: number): number =>
    Math.min(size - 1, Math.max(0, (cell + offset + 0.5) * scale - 0.5));
  const peaks: Peak[] = [];
  for (const { column, row } of localMaxima(image.data, image.shape)) {
    const [dx, dy] = refine(image.data, image.shape, column, row);
    const x = place(column, dx, shape[1]);
    const y = place(row, dy, shape[0]);
    const outside = x < margin || y < margin || x > shape[1] - 1 - margin || y > shape[0] - 1 - margin;
    if (!outside) peaks.push({ x, y, score: image.data[row * image.shape[1] + column]! });
  }
  // ties in reading order, so that the result does not depend on the sort
  peaks.sort((a, b) => b.score - a.score || a.y - b.y || a.x - b.x);
  return suppress(peaks, distance);
}

/** Keeps each peak unless one kept before it is nearer than the distance; peaks come highest first. */
function suppress(peaks: readonly Peak[], distance: number): Peak[] {
  if (distance === 0) return [...peaks];
  const kept: Peak[] = [];
  // a kept peak that is too near lies in one of the nine cells around
  const cells = new Map<number, Peak[]>();
  const key = (column: number, row: number): number => row * 2 ** 26 + column;
  for (const peak of peaks) {
    const column = Math.floor(peak.x / distance) + 1;
    const row = Math.floor(peak.y / distance) + 1;
    if (hasNear(cells, key, peak, column, row, distance)) continue;
    kept.push(peak);
    const members = cells.get(key(column, row));
    if (members) members.push(peak);
    else cells.set(key(column, row), [peak]);
  }
  return kept;
}

function hasNear(
  cells: ReadonlyMap<number, readonly Peak[]>,
  key: (column: number, row: number) => number,
  { x, y }: Peak,
  column: number,
  row: number,
  distance: number,
): boolean {
  for (let i = row - 1; i <= row + 1; i++) {
    for (let j = column - 1; j <= column + 1; j++) {
      for (const other of cells.get(key(j, i)) ?? []) {
        if ((other.x - x) ** 2 + (other.y - y) ** 2 < distance * distance) return true;
      }
    }
  }
  return false;
}

function localMaxima(
  data: Float32Array,
  [rows, columns]: readonly [number, number],
): { readonly column: number; readonly row: number }[] {
  const found: { column: number; row: number }[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (isMaximum(data, rows, columns, column, row)) found.push({ column, row });
    }
  }
  return found;
}

/** Whether no neighbour is higher, none before it in reading order as high, and at least one is lower. */
function isMaximum(data: Float32Array, rows: number, columns: number, column: number, row: number): boolean {
  const value = data[row * columns + column]!;
  let exceeds = false;
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
      const other = data[y * columns + x]!;
      const before = y < row || (y === row && x < column);
      if (other > value || (before && other === value)) return false;
      exceeds ||= other < value;
    }
  }
  return exceeds;
}

/** Offset of the top of the parabolas through a maximum and its neighbours, cells; 0 across an edge. */
function refine(
  data: Float32Array,
  [rows, columns]: readonly [number, number],
  column: number,
  row: number,
): readonly [dx: number, dy: number] {
  const at = row * columns + column;
  const along = (step: number, inside: boolean): number => {
    if (!inside) return 0;
    const bend = data[at - step]! - 2 * data[at]! + data[at + step]!;
    return bend < 0 ? (data[at - step]! - data[at + step]!) / (2 * bend) : 0;
  };
  return [along(1, column > 0 && column < columns - 1), along(columns, row > 0 && row < rows - 1)];
}
