import { centre } from "../../array/image.js";
import type { Footprint } from "./footprint.js";

/** How many particles cover each pixel of a canvas, at most 255. Positions beyond an edge wrap into its margin. */
export class Coverage {
  private readonly counts: Uint8Array;

  constructor(private readonly shape: readonly [rows: number, columns: number]) {
    this.counts = new Uint8Array(shape[0] * shape[1]);
  }

  /** Adds a footprint with its box's centre on pixel (x, y). */
  add({ box, inside, spans }: Footprint, x: number, y: number): void {
    const { counts } = this;
    const columnOf = wrapped(x, box, this.shape[1]);
    const rowOf = wrapped(y, box, this.shape[0]);
    for (let v = 0; v < box; v++) {
      const row = rowOf[v]! * this.shape[1];
      for (let u = spans[2 * v]!; u < spans[2 * v + 1]!; u++) {
        const at = row + columnOf[u]!;
        // Uint8Array wraps at 256: a pixel under 255 particles takes no more
        if (inside[v * box + u] === 1 && counts[at]! < 255) counts[at]!++;
      }
    }
  }

  /** Which fractions of a footprint added before lie inside the first `rows` x `columns` pixels, and under others. */
  fractions(
    { box, inside, spans }: Footprint,
    x: number,
    y: number,
    [rows, columns]: readonly [number, number],
  ): { readonly visible: number; readonly overlap: number } {
    const { counts } = this;
    const columnOf = wrapped(x, box, this.shape[1]);
    const rowOf = wrapped(y, box, this.shape[0]);
    let total = 0;
    let visible = 0;
    let shared = 0;
    for (let v = 0; v < box; v++) {
      const row = rowOf[v]! * this.shape[1];
      for (let u = spans[2 * v]!; u < spans[2 * v + 1]!; u++) {
        if (inside[v * box + u] === 0) continue;
        total++;
        if (rowOf[v]! < rows && columnOf[u]! < columns) visible++;
        if (counts[row + columnOf[u]!]! > 1) shared++;
      }
    }
    return total === 0 ? { visible: 0, overlap: 0 } : { visible: visible / total, overlap: shared / total };
  }

  /** 1 where any particle covers the pixel, over the first `rows` x `columns` pixels. */
  mask(rows: number, columns: number): Float32Array {
    const { counts } = this;
    const mask = new Float32Array(rows * columns);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        if (counts[y * this.shape[1] + x]! > 0) mask[y * columns + x] = 1;
      }
    }
    return mask;
  }
}

/** The places on a periodic axis of n samples of a box with its centre at `at`. */
export function wrapped(at: number, box: number, n: number): Int32Array {
  const places = new Int32Array(box);
  for (let i = 0; i < box; i++) places[i] = (((at - centre(box) + i) % n) + n) % n;
  return places;
}
