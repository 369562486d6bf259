import type { ConvolutionAttrs, Shape, TransposedConvolutionAttrs } from "../types.js";
import { sizeOf } from "../types.js";
import { broadcastTo, type DenseArray, strided } from "./dense.js";

/** Matrix products by the definition, leading axes broadcasting. */
export function matmul(a: DenseArray, b: DenseArray, shape: Shape): Float64Array {
  const batch = shape.slice(0, -2);
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const left = broadcastTo(a, [...batch, m, k]).data;
  const right = broadcastTo(b, [...batch, k, n]).data;
  const out = new Float64Array(sizeOf(shape));
  for (let at = 0; at < out.length; at++) {
    const column = at % n;
    const row = Math.floor(at / n);
    const matrix = Math.floor(row / m);
    let sum = 0;
    for (let i = 0; i < k; i++) sum += left[row * k + i]! * right[(matrix * k + i) * n + column]!;
    out[at] = sum;
  }
  return out;
}

/** The transpose of a matrix. */
export function transposed({ shape, data }: DenseArray): DenseArray {
  const [rows, columns] = shape as [number, number];
  return strided(data, [columns, rows], [1, columns]);
}

/** Cross-correlation by the definition; see linear.ts for shapes. */
export function conv2d(
  [x, w, bias]: readonly DenseArray[],
  attrs: ConvolutionAttrs,
  shape: Shape,
): Float64Array {
  const out = biased(bias, shape);
  forEachTap(x!.shape, w!.shape, shape, attrs, (xAt, wAt, yAt) => {
    out[yAt]! += x!.data[xAt]! * w!.data[wAt]!;
  });
  return out;
}

/** The same sum with the roles of x and y exchanged: x is spread through the weights. */
export function convTranspose2d(
  [x, w, bias]: readonly DenseArray[],
  attrs: TransposedConvolutionAttrs,
  shape: Shape,
): Float64Array {
  const out = biased(bias, shape);
  forEachTap(shape, w!.shape, x!.shape, attrs, (outAt, wAt, xAt) => {
    out[outAt]! += x!.data[xAt]! * w!.data[wAt]!;
  });
  return out;
}

/** Visits every (input element, weight, output element) that a convolution from shape x to shape y multiplies. */
function forEachTap(
  x: Shape,
  w: Shape,
  y: Shape,
  { strides, pads, dilations, groups }: ConvolutionAttrs,
  visit: (xAt: number, wAt: number, yAt: number) => void,
): void {
  const [images, xChannels, height, width] = x as [number, number, number, number];
  const [, yChannels, rows, columns] = y as [number, number, number, number];
  const [, perGroup, kh, kw] = w as [number, number, number, number];
  const yPerGroup = yChannels / groups;
  for (let image = 0; image < images; image++) {
    for (let out = 0; out < yChannels; out++) {
      const firstChannel = Math.floor(out / yPerGroup) * perGroup;
      for (let tap = 0; tap < perGroup * kh * kw; tap++) {
        const kx = tap % kw;
        const ky = Math.floor(tap / kw) % kh;
        const channel = firstChannel + Math.floor(tap / (kh * kw));
        for (let row = 0; row < rows; row++) {
          const yIn = row * strides[0] + ky * dilations[0] - pads[0];
          if (yIn < 0 || yIn >= height) continue;
          for (let column = 0; column < columns; column++) {
            const xIn = column * strides[1] + kx * dilations[1] - pads[1];
            if (xIn < 0 || xIn >= width) continue;
            const xAt = ((image * xChannels + channel) * height + yIn) * width + xIn;
            visit(
              xAt,
              out * perGroup * kh * kw + tap,
              ((image * yChannels + out) * rows + row) * columns + column,
            );
          }
        }
      }
    }
  }
}

function biased(bias: DenseArray | undefined, shape: Shape): Float64Array {
  if (!bias) return new Float64Array(sizeOf(shape));
  return broadcastTo({ shape: [bias.data.length, 1, 1], data: bias.data }, shape).data;
}
