import type { Image } from "../../array/image.js";

/** Values inside a disc, row by row: mean 0, sum of squares 1; all 0 where the image is flat. */
export type DiscTemplate = Float32Array;

/** Where a disc is most like a template. */
export interface DiscMatch {
  /** Normalised cross-correlation, -1 to 1. */
  readonly score: number;
  /** From the place that was asked for, pixels. */
  readonly dx: number;
  readonly dy: number;
}

/** A disc of pixels about a pixel, and how parts of images correlate inside it. */
export class Disc {
  private readonly offsets: readonly { readonly dx: number; readonly dy: number }[];
  /** Pixels that the disc goes to each side of its centre. */
  readonly reach: number;

  /** @param radius pixels */
  constructor(radius: number) {
    this.reach = Math.floor(radius);
    const side = 2 * this.reach + 1;
    this.offsets = Array.from({ length: side * side }, (_, i) => ({
      dx: (i % side) - this.reach,
      dy: Math.floor(i / side) - this.reach,
    })).filter(({ dx, dy }) => dx * dx + dy * dy <= radius * radius);
  }

  /** What lies about a pixel, which is at least `reach` away from the edge. */
  template({ data, shape }: Image, x: number, y: number): DiscTemplate {
    const columns = shape[1];
    return unitVector(Float32Array.from(this.offsets, ({ dx, dy }) => data[(y + dy) * columns + x + dx]!));
  }

  /** The mean of templates. */
  average(templates: readonly DiscTemplate[]): DiscTemplate {
    const sum = new Float32Array(this.offsets.length);
    for (const template of templates) for (let i = 0; i < sum.length; i++) sum[i]! += template[i]!;
    return unitVector(sum);
  }

  /** Normalised cross-correlation with what lies about each pixel; -1 nearer than `reach` to the edge. */
  map(image: Image, template: DiscTemplate): Image {
    const { data, shape } = image;
    const [rows, columns] = shape;
    const out = new Float32Array(data.length).fill(-1);
    const at = this.offsets.map(({ dx, dy }) => dy * columns + dx);
    const n = at.length;
    for (let y = this.reach; y < rows - this.reach; y++) {
      for (let x = this.reach; x < columns - this.reach; x++) {
        const here = y * columns + x;
        let sum = 0;
        let squares = 0;
        let product = 0;
        for (let i = 0; i < n; i++) {
          const value = data[here + at[i]!]!;
          sum += value;
          squares += value * value;
          product += value * template[i]!;
        }
        const variance = squares - (sum * sum) / n;
        out[here] = variance > 0 ? product / Math.sqrt(variance) : 0;
      }
    }
    return { data: out, shape };
  }

  /** The best match within a square about a pixel. @param reach pixels to each side; all of it lies inside the image */
  search(image: Image, template: DiscTemplate, x: number, y: number, reach: number): DiscMatch {
    const margin = reach + this.reach;
    const side = 2 * margin + 1;
    const part = new Float32Array(side * side);
    for (let row = 0; row < side; row++) {
      const from = (y - margin + row) * image.shape[1] + x - margin;
      part.set(image.data.subarray(from, from + side), row * side);
    }
    const scores = this.map({ data: part, shape: [side, side] }, template);
    let best: DiscMatch = { score: -1, dx: 0, dy: 0 };
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const score = scores.data[(dy + margin) * side + dx + margin]!;
        if (score > best.score) best = { score, dx, dy };
      }
    }
    return best;
  }
}

/** In place: mean 0, sum of squares 1. */
function unitVector(values: Float32Array): Float32Array {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    values[i]! -= mean;
    squares += values[i]! ** 2;
  }
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let i = 0; i < values.length; i++) values[i]! *= scale;
  return values;
}
