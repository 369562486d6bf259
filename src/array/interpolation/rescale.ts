import { inRange, integerInRange } from "../../core/check.js";
import type { Image } from "../image.js";
import { cubicWeight } from "./cubic.js";

/**
 * The image on a grid whose pixels are `factor` of its own wide: pixel X of the result is centred at
 * (X + 0.5) factor - 0.5, so the grid starts at the same edge. The weights are those of `cubicWeight`, widened
 * by the factor where the image shrinks, so that nothing folds back; they add up to 1 at the edges too.
 *
 * @param shape of the result
 * @throws DomainError for a factor outside 1/64 to 1024 or sizes below 1
 */
export function rescale(image: Image, factor: number, [rows, columns]: Image["shape"]): Image {
  inRange("rescale: factor", factor, "", 1 / 64, 1024);
  integerInRange("rescale: rows", rows, 1, 1e6);
  integerInRange("rescale: columns", columns, 1, 1e6);
  const [oldRows, oldColumns] = image.shape;
  const down = axisTaps(oldRows, rows, factor);
  const across = axisTaps(oldColumns, columns, factor);
  const line = new Float64Array(oldColumns);
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    line.fill(0);
    for (let k = 0; k < down.count; k++) {
      const weight = down.weights[row * down.count + k]!;
      if (weight === 0) continue;
      const start = (down.starts[row]! + k) * oldColumns;
      for (let x = 0; x < oldColumns; x++) line[x]! += weight * image.data[start + x]!;
    }
    for (let column = 0; column < columns; column++) {
      const start = across.starts[column]!;
      let sum = 0;
      for (let k = 0, w = column * across.count; k < across.count; k++, w++) {
        if (across.weights[w] !== 0) sum += across.weights[w]! * line[start + k]!;
      }
      out[row * columns + column] = sum;
    }
  }
  return { data: out, shape: [rows, columns] };
}

/** For every new sample the first old one and `count` weights; weights beyond the axis are 0. */
interface AxisTaps {
  readonly count: number;
  readonly starts: Int32Array;
  readonly weights: Float64Array;
}

function axisTaps(oldSize: number, size: number, factor: number): AxisTaps {
  const width = Math.max(1, factor);
  const count = Math.ceil(4 * width) + 1;
  const starts = new Int32Array(size);
  const weights = new Float64Array(size * count);
  for (let i = 0; i < size; i++) {
    const centre = Math.min((i + 0.5) * factor - 0.5, oldSize - 1);
    const first = Math.max(0, Math.ceil(centre - 2 * width));
    starts[i] = first;
    let sum = 0;
    for (let k = 0; k < count && first + k < oldSize; k++) {
      const weight = cubicWeight((first + k - centre) / width);
      weights[i * count + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < count; k++) weights[i * count + k]! /= sum;
  }
  return { count, starts, weights };
}
