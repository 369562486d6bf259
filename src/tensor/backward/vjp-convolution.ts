import { onLattice } from "../lattice.js";
import { concat, padImage, reshape, reverse, slice, transpose } from "../layout.js";
import { gemm } from "../linear.js";
import { reduceSum } from "../reduce.js";
import { convolvedSize, kernelExtent } from "../shape.js";
import type { ConvolutionAttrs, TransposedConvolutionAttrs } from "../types.js";
import { make, type Value } from "../value.js";
import { isFasterByWinograd, winogradWeightGradient } from "../winograd.js";

/**
 * y = x * w (cross-correlation): dx is dy spread back through the same weights, which is a transposed convolution whose
 * outputPads restore the rows and columns that the stride's floor dropped; dw correlates x with dy.
 */
export function conv2dVjp(
  dy: Value,
  [x, w, bias]: readonly Value[],
  attrs: ConvolutionAttrs,
): (Value | null)[] {
  const dx = imageGradient(x!, dy, w!, attrs);
  const dw = weightGradient(x!, dy, w!.type.shape, attrs);
  return bias ? [dx, dw, biasGradient(dy)] : [dx, dw];
}

/** Where pixels are so many for each channel, turning the weights round costs less than a convolution saves over its transpose. */
const PIXELS_PER_CHANNEL = 2;

/** For a convolution of stride 1 the pads with which a convolution of dy goes back over x; undefined for others. */
function oppositePads(
  kernel: readonly number[],
  { strides, pads, dilations, groups }: ConvolutionAttrs,
): [number, number, number, number] | undefined {
  const margin = [0, 1].map((axis) => kernelExtent(kernel[axis]!, dilations[axis as 0 | 1]) - 1);
  const opposite = pads.map((n, i) => margin[i % 2]! - n) as [number, number, number, number];
  const isPlain = strides.every((stride) => stride === 1) && groups === 1 && Math.min(...opposite) >= 0;
  return isPlain ? opposite : undefined;
}

function imageGradient(x: Value, dy: Value, w: Value, attrs: ConvolutionAttrs): Value {
  const opposite = oppositePads(w.type.shape.slice(2), attrs);
  if (opposite) {
    const turned = reverse(transpose(w, [1, 0, 2, 3]), [2, 3]);
    const asConvolution = { ...attrs, pads: opposite };
    const [, channels, rows, columns] = dy.type.shape as [number, number, number, number];
    const isFaster = rows * columns >= PIXELS_PER_CHANNEL * channels;
    if (isFaster || isFasterByWinograd(dy, turned.type.shape, asConvolution))
      return make("conv2d", asConvolution, [dy, turned]);
  }
  const outputPads = [0, 1].map((axis) => leftOver(x, w, axis as 0 | 1, attrs)) as [number, number];
  return make("convTranspose2d", { ...attrs, outputPads }, [dy, w]);
}

/** The transposed convolution is linear in x with the transpose of conv2d, so dx is conv2d; in dw x and dy swap. */
export function convTranspose2dVjp(
  dy: Value,
  [x, w, bias]: readonly Value[],
  { strides, pads, dilations, groups }: TransposedConvolutionAttrs,
): (Value | null)[] {
  const attrs = { strides, pads, dilations, groups };
  const dx = make("conv2d", attrs, [dy, w!]);
  const dw = weightGradient(dy, x!, w!.type.shape, attrs);
  return bias ? [dx, dw, biasGradient(dy)] : [dx, dw];
}

const biasGradient = (dy: Value): Value => reduceSum(dy, { axes: [0, 2, 3] });

function leftOver(x: Value, w: Value, axis: 0 | 1, attrs: ConvolutionAttrs): number {
  const [n, kernel] = [x.type.shape[axis + 2]!, w.type.shape[axis + 2]!];
  const padded = n + attrs.pads[axis] + attrs.pads[axis + 2]!;
  return (padded - kernelExtent(kernel, attrs.dilations[axis])) % attrs.strides[axis];
}

/**
 * dw[o, i, ky, kx] = sum over images and pixels of dy[o, p] x[i, p stride + k dilation], as one matrix product:
 * a strided slice of x for every place of the kernel, laid out in the order (i, ky, kx), times dy transposed.
 */
function weightGradient(x: Value, dy: Value, shape: readonly number[], attrs: ConvolutionAttrs): Value {
  const [out, inPerGroup, kh, kw] = shape as [number, number, number, number];
  const { groups } = attrs;
  if (isFasterByWinograd(x, shape, attrs)) return winogradWeightGradient(x, dy, shape, attrs);
  const opposite = oppositePads([kh, kw], attrs);
  if (opposite && kh * kw > 1 && FEW * out <= inPerGroup)
    return gradientOfFew(x, dy, shape, { ...attrs, pads: opposite });
  const { places, rows } = imageToLines(x, dy, [kh, kw], attrs) ?? {
    ...{ places: imageToColumns(x, kh, kw, attrs), rows: pixelsLast(dy) },
  };
  const height = out / groups;
  const each = (group: number, of: readonly Value[]): Value => {
    const left = slice(rows, { axis: 0, start: group * height, end: (group + 1) * height });
    const columns = concat(
      of.map((place) => slice(place, { axis: 0, start: group * inPerGroup, end: (group + 1) * inPerGroup })),
      1,
    );
    return gemm(left, reshape(columns, [inPerGroup * of.length, -1]), { transB: true });
  };
  const pixels = rows.type.shape[1]!;
  const isTall = kh > 1 && pixels > ROWWISE * out;
  const parts = Array.from({ length: groups }, (_, group) => {
    if (!isTall) return reshape(each(group, places), [height, inPerGroup, kh, kw]);
    const lines = Array.from({ length: kh }, (_, ky) => each(group, places.slice(ky * kw, (ky + 1) * kw)));
    return concat(
      lines.map((line) => reshape(line, [height, inPerGroup, 1, kw])),
      2,
    );
  });
  return concat(parts, 0);
}

/** With so many pixels for each output channel a row of the kernel at a time: a fraction of the memory for hardly any more time. */
const ROWWISE = 8;

/** So many times fewer output channels than input channels: it is then cheaper to slice dy than x. */
const FEW = 4;

/** The same sum read from x's pixels q = p + k: dw[o, i, k] = sum over q of x[i, q] dy[o, q - k], with slices of dy. */
function gradientOfFew(x: Value, dy: Value, shape: readonly number[], attrs: ConvolutionAttrs): Value {
  const [out, inputs, kh, kw] = shape as [number, number, number, number];
  const columns = reshape(concat(imageToColumns(dy, kh, kw, attrs), 1), [out * kh * kw, -1]);
  const turned = gemm(pixelsLast(x), columns, { transB: true });
  return transpose(reverse(reshape(turned, [inputs, out, kh, kw]), [2, 3]), [1, 0, 2, 3]);
}

/** [n, channels, rows, columns] to [channels, n rows columns]. */
const pixelsLast = (x: Value): Value => reshape(channelsFirst(x), [x.type.shape[1]!, -1]);

/** [n, channels, rows, columns] to [channels kh kw, n pixels], pixels being those of the convolved image. */
function imageToColumns(x: Value, kh: number, kw: number, attrs: ConvolutionAttrs): Value[] {
  const [, channels, height, width] = x.type.shape as [number, number, number, number];
  const { strides, dilations, pads } = attrs;
  const rows = convolvedSize(height, kh, 0, attrs);
  const columns = convolvedSize(width, kw, 1, attrs);
  const padded = padImage(channelsFirst(x), pads);
  const places: Value[] = [];
  for (let ky = 0; ky < kh; ky++) {
    for (let kx = 0; kx < kw; kx++) {
      const [top, left] = [ky * dilations[0], kx * dilations[1]];
      const place = onLattice(padded, { from: [top, left], size: [rows, columns], strides });
      places.push(reshape(place, [channels, 1, -1]));
    }
  }
  return places;
}

/** Most pixels that lines may have over what the convolved image has. */
const MOST_MARGIN = 1.1;

/**
 * As imageToColumns, but with whole lines of x's phases, in which a few pixels more lie between the rows of the convolved
 * image: a slice is then one run of memory for each channel. dy has zeros at those pixels. Undefined where they are many, or x
 * has rows or columns that the convolution leaves out.
 */
function imageToLines(
  x: Value,
  dy: Value,
  [kh, kw]: readonly [number, number],
  attrs: ConvolutionAttrs,
): { places: Value[]; rows: Value } | undefined {
  const [, channels, height, width] = x.type.shape as [number, number, number, number];
  const { strides, dilations, pads } = attrs;
  const [rows, columns] = dy.type.shape.slice(2) as [number, number];
  const lastShift = [
    Math.floor(((kh - 1) * dilations[0]) / strides[0]),
    Math.floor(((kw - 1) * dilations[1]) / strides[1]),
  ];
  const line = columns + lastShift[1]!;
  // the last shift runs over the end of its last line into one more
  const below = strides[0] * (rows + lastShift[0]! + 1) - height - pads[0];
  const right = strides[1] * line - width - pads[1];
  if (line > MOST_MARGIN * columns || kh * kw === 1 || below < 0 || right < 0) return undefined;
  const padded = padImage(channelsFirst(x), [pads[0], pads[1], below, right]);
  const places: Value[] = [];
  for (let ky = 0; ky < kh; ky++) {
    for (let kx = 0; kx < kw; kx++) {
      const [top, left] = [ky * dilations[0], kx * dilations[1]];
      const phase = slice(padded, [
        { axis: 2, start: top % strides[0], step: strides[0] },
        { axis: 3, start: left % strides[1], step: strides[1] },
      ]);
      const start = Math.floor(top / strides[0]) * line + Math.floor(left / strides[1]);
      const lines = reshape(phase, [channels, phase.type.shape[1]!, -1]);
      places.push(reshape(slice(lines, { axis: 2, start, end: start + rows * line }), [channels, 1, -1]));
    }
  }
  return {
    places,
    rows: pixelsLast(padImage(dy, [0, 0, 0, line - columns])),
  };
}

/** Channels before images: free for a single image, whose two leading axes merely change names. */
function channelsFirst(x: Value): Value {
  const [n, channels, height, width] = x.type.shape as [number, number, number, number];
  return n === 1 ? reshape(x, [channels, 1, height, width]) : transpose(x, [1, 0, 2, 3]);
}
