import { DomainError } from "../core/errors.js";
import { relu } from "../tensor/elementwise.js";
import { reshape } from "../tensor/layout.js";
import { conv2d, groupNorm } from "../tensor/linear.js";
import { averagePool } from "../tensor/reduce.js";
import type { Value } from "../tensor/value.js";
import { type Layer, linear } from "./layers.js";
import type { Scope } from "./scope.js";

export interface PoseEncoderOptions {
  /** Pixels along a side of the images: a power of two, 8 or more. */
  readonly side: number;
  /** Channels of the first convolution. */
  readonly width: number;
  /** Poses that are proposed for an image. */
  readonly heads: number;
}

/** What an encoder says of n images. */
export interface EncodedPoses {
  /** [n, heads, 6]: see `gramSchmidt`. */
  readonly rotation: Value;
  /** [n, heads, 2]: x and y from the centre to the particle, in halves of the side. */
  readonly shift: Value;
  /** [n, heads]: logarithm of the odds among the heads; absent for a single one. */
  readonly score?: Value;
}

/** Groups of channels that are normalised together, where there are as many channels. */
const GROUPS = 16;
/** About so large are the first shifts, in halves of the side: particles lie near the middle. */
const FIRST_SHIFTS = 0.1;
/** Side of the last map. */
const LAST = 2;

/**
 * CryoFIRE's encoder (Levy et al. 2022, arXiv 2210.07387): blocks of two 3 x 3 convolutions with ReLU, the second to twice the channels,
 * average pooling by 2 and group normalisation, down to 2 x 2 pixels, then one linear layer for each output. 128 pixels and 16 channels end
 * as 1024 channels after six blocks.
 *
 * @param channels of the images
 * @returns of images [n, channels, side, side]
 * @throws DomainError for a side that is no power of two from 8
 */
export function poseEncoder(
  scope: Scope,
  channels: number,
  { side, width, heads }: PoseEncoderOptions,
): (images: Value) => EncodedPoses {
  const count = Math.log2(side / LAST);
  if (!Number.isInteger(count) || count < 2)
    throw new DomainError("pose encoder: side", side, "a power of two from 8");
  const blocks = Array.from({ length: count }, (_, i): Layer => {
    const own = width * 2 ** i;
    const block = scope.child(`block${i + 1}`);
    const first = convolution3(block.child("first"), i === 0 ? channels : own, own);
    const second = convolution3(block.child("second"), own, 2 * own);
    const scale = block.parameter("norm.scale", [2 * own], { constant: 1 });
    const bias = block.parameter("norm.bias", [2 * own], { constant: 0 });
    const groups = Math.min(GROUPS, 2 * own);
    return (x) => groupNorm(averagePool(relu(second(relu(first(x)))), 2), groups, { scale, bias });
  });
  const features = width * 2 ** count * LAST * LAST;
  const head = (name: string, size: number, first = 1): Layer =>
    linear(scope.child(name), features, heads * size, { normal: first / Math.sqrt(features) });
  const rotation = head("rotation", 6);
  const shift = head("shift", 2, FIRST_SHIFTS);
  const score = heads > 1 ? head("score", 1) : undefined;
  return (images) => {
    const [n] = images.type.shape as [number];
    const flat = reshape(
      blocks.reduce((x, block) => block(x), images),
      [n, features],
    );
    return {
      rotation: reshape(rotation(flat), [n, heads, 6]),
      shift: reshape(shift(flat), [n, heads, 2]),
      ...(score && { score: score(flat) }),
    };
  };
}

/** Convolution that keeps the image's size, its weights by He et al. 2015. */
function convolution3(scope: Scope, from: number, to: number): Layer {
  const weight = scope.parameter("weight", [to, from, 3, 3], { normal: Math.sqrt(2 / (9 * from)) });
  const bias = scope.parameter("bias", [to], { constant: 0 });
  return (x) => conv2d(x, weight, { pads: 1, bias });
}
