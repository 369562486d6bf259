import type { Volume } from "../image.js";

/** What a line starts with where nothing is marked: larger than any squared distance inside a volume. */
const FAR = 1e12;

/**
 * Square of each voxel's distance, in voxels, to the nearest marked voxel; 0 at marked voxels, at least 1e12 everywhere
 * where none is marked. Exact, in time proportional to the number of voxels whatever the distances.
 * Source: Felzenszwalb & Huttenlocher 2012, Theory of Computing 8:415: one lower envelope of parabolas along each axis.
 */
export function squaredDistances(
  marked: (i: number) => boolean,
  [sections, rows, columns]: Volume["shape"],
): Float64Array {
  const out = Float64Array.from({ length: sections * rows * columns }, (_, i) => (marked(i) ? 0 : FAR));
  const envelope = new Envelope(Math.max(sections, rows, columns));
  for (let line = 0; line < sections * rows; line++) envelope.pass(out, line * columns, 1, columns);
  for (let z = 0; z < sections; z++) {
    for (let x = 0; x < columns; x++) envelope.pass(out, z * rows * columns + x, columns, rows);
  }
  for (let i = 0; i < rows * columns; i++) envelope.pass(out, i, rows * columns, sections);
  return out;
}

/** The lower envelope of the parabolas (x - i)² + line[i]. */
class Envelope {
  private readonly line: Float64Array;
  /** Where the parabolas of the envelope have their apex, and where each begins to be the lowest. */
  private readonly apex: Int32Array;
  private readonly from: Float64Array;

  constructor(longest: number) {
    this.line = new Float64Array(longest);
    this.apex = new Int32Array(longest);
    this.from = new Float64Array(longest + 1);
  }

  /** Replaces the line of `count` values that begins at `start`, `stride` apart, by its envelope. */
  pass(values: Float64Array, start: number, stride: number, count: number): void {
    const { line, apex, from } = this;
    for (let i = 0; i < count; i++) line[i] = values[start + i * stride]!;
    let last = 0;
    apex[0] = 0;
    from[0] = Number.NEGATIVE_INFINITY;
    for (let i = 1; i < count; i++) {
      let meets = this.meeting(apex[last]!, i);
      while (meets <= from[last]!) meets = this.meeting(apex[--last]!, i);
      apex[++last] = i;
      from[last] = meets;
    }
    from[last + 1] = Number.POSITIVE_INFINITY;
    for (let i = 0, k = 0; i < count; i++) {
      while (from[k + 1]! < i) k++;
      values[start + i * stride] = line[apex[k]!]! + (i - apex[k]!) ** 2;
    }
  }

  /** Where the parabola at j, right of i, becomes the lower one. */
  private meeting(i: number, j: number): number {
    return (this.line[j]! + j * j - this.line[i]! - i * i) / (2 * (j - i));
  }
}
