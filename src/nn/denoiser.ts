import { add, mul, sigmoid } from "../tensor/elementwise.js";
import { concat, reshape } from "../tensor/layout.js";
import { conv2d, groupNorm } from "../tensor/linear.js";
import { upsampleNearest } from "../tensor/reduce.js";
import type { Value } from "../tensor/value.js";
import { type Layer, linear } from "./layers.js";
import type { Scope } from "./scope.js";

export interface DenoiserOptions {
  /** Channels at full resolution, a multiple of 2; also the numbers of a time's embedding. */
  readonly width: number;
}

/** Channels of each resolution over those of the first; each is half as fine as the one before. */
const MULTIPLES = [1, 2, 2, 4] as const;
/** Sides of images are multiples of this. */
export const DENOISER_MULTIPLE = 2 ** (MULTIPLES.length - 1);
const GROUPS = 8;

/**
 * The noise in an image, told by the U-Net of Ho et al. 2020 without attention: at each of four resolutions a residual block down and one
 * up with a skip connection between them, two blocks at the coarsest; group norms, SiLU; the time enters every block.
 *
 * @returns image [1, 1, rows, columns] and time embedding [1, width] to the noise, as the image
 */
export function denoiser(scope: Scope, { width }: DenoiserOptions): (x: Value, time: Value) => Value {
  const channels = MULTIPLES.map((multiple) => multiple * width);
  const timeWidth = 4 * width;
  const first = linear(scope.child("time1"), width, timeWidth, scaled(width));
  const second = linear(scope.child("time2"), timeWidth, timeWidth, scaled(timeWidth));
  const stem = convolution(scope.child("stem"), [1, width], 3);
  const down = channels.map((count, level) =>
    block(scope.child(`down${level + 1}`), [channels[Math.max(0, level - 1)]!, count], timeWidth),
  );
  const halve = channels
    .slice(0, -1)
    .map((count, level) => convolution(scope.child(`halve${level + 1}`), [count, count], 3, { stride: 2 }));
  const deepest = channels.at(-1)!;
  const middle = block(scope.child("middle"), [deepest, deepest], timeWidth);
  const up = channels.map((count, level) => {
    const below = channels[Math.min(level + 1, channels.length - 1)]!;
    return block(scope.child(`up${level + 1}`), [below + count, count], timeWidth);
  });
  const double = channels
    .slice(1)
    .map((count, level) => convolution(scope.child(`double${level + 1}`), [count, count], 3));
  const norm = groups(scope.child("norm"), width);
  const last = convolution(scope.child("noise"), [width, 1], 3, { zero: true });
  return (x, time) => {
    const embedded = silu(second(silu(first(time))));
    const skips: Value[] = [];
    let y = stem(x);
    for (const [level, each] of down.entries()) {
      y = each(y, embedded);
      skips.push(y);
      if (level < halve.length) y = halve[level]!(y);
    }
    y = middle(y, embedded);
    for (let level = channels.length - 1; level >= 0; level--) {
      if (level < double.length) y = double[level]!(upsampleNearest(y, 2));
      y = up[level]!(concat([y, skips[level]!], 1), embedded);
    }
    return last(silu(norm(y)));
  };
}

const silu = (x: Value): Value => mul(x, sigmoid(x));

/** He's deviation for so many inputs of an output. */
const scaled = (inputs: number) => ({ normal: Math.sqrt(1 / inputs) });

function convolution(
  scope: Scope,
  [from, to]: readonly [number, number],
  side: 1 | 3,
  { stride = 1, zero = false }: { readonly stride?: 1 | 2; readonly zero?: boolean } = {},
): Layer {
  const initial = zero ? { constant: 0 } : scaled(from * side * side);
  const weight = scope.parameter("weight", [to, from, side, side], initial);
  const bias = scope.parameter("bias", [to], { constant: 0 });
  return (x) => conv2d(x, weight, { stride, pads: side >> 1, bias });
}

function groups(scope: Scope, channels: number): Layer {
  const scale = scope.parameter("scale", [channels], { constant: 1 });
  const bias = scope.parameter("bias", [channels], { constant: 0 });
  let count = Math.min(GROUPS, channels);
  while (channels % count !== 0) count--;
  return (x) => groupNorm(x, count, { scale, bias });
}

/** A residual block into which the time is added between its two convolutions; it starts as the identity, or as one 1 x 1 convolution. */
function block(
  scope: Scope,
  [from, to]: readonly [number, number],
  timeWidth: number,
): (x: Value, time: Value) => Value {
  const [before, between] = [groups(scope.child("norm1"), from), groups(scope.child("norm2"), to)];
  const first = convolution(scope.child("first"), [from, to], 3);
  const second = convolution(scope.child("second"), [to, to], 3, { zero: true });
  const ofTime = linear(scope.child("time"), timeWidth, to, scaled(timeWidth));
  const skip: Layer = from === to ? (x) => x : convolution(scope.child("skip"), [from, to], 1);
  return (x, time) => {
    const middle = add(first(silu(before(x))), reshape(ofTime(time), [1, to, 1, 1]));
    return add(skip(x), second(silu(between(middle))));
  };
}

/** Embedding of a time: cosines and sines at frequencies from 1 to 1/10000 (Vaswani et al. 2017). */
export function embedTime(time: number, width: number): Float32Array {
  const half = width / 2;
  return Float32Array.from({ length: width }, (_, i) => {
    const angle = time * Math.exp((-Math.log(10_000) * (i % half)) / half);
    return i < half ? Math.cos(angle) : Math.sin(angle);
  });
}
