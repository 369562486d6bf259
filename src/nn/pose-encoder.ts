import { DomainError } from "../core/errors.js";
import { relu } from "../tensor/elementwise.js";
import { reshape } from "../tensor/layout.js";
import { conv2d, groupNorm } from "../tensor/linear.js";
import { averagePool } from "../tensor/reduce.js";
import type { Value } from "../tensor/value.js";
import { type Layer, linear } from "./layers.js";
import type { Scope } from "./scope.js";

/** What lies between the images and the outputs: see `encoderFeatures` and `denseFeatures`. */
export const POSE_NETWORKS = ["encoder", "dense"] as const;

export interface PoseFeaturesOptions {
  /** Default encoder. */
  readonly network?: (typeof POSE_NETWORKS)[number];
  /** Pixels along a side of the images: for the encoder a power of two, 8 or more. */
  readonly side: number;
  /** Channels of the encoder's first convolution; of the dense network 256 units of the first layer each. */
  readonly width: number;
}

export interface PoseEncoderOptions extends PoseFeaturesOptions {
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

/** What a network with a distribution over orientations says of n images. */
export interface EncodedOdds {
  /** [n, cells]: logarithm of the odds among the cells. */
  readonly odds: Value;
  /** [n, 1, 2]: as of `EncodedPoses`. */
  readonly shift: Value;
}

/** Groups of channels that are normalised together, where there are as many channels. */
const GROUPS = 16;
/** About so large are the first shifts, in halves of the side: particles lie near the middle. */
const FIRST_SHIFTS = 0.1;
/** Deviation of the first logarithms of odds: all orientations are about as likely. */
const FIRST_ODDS = 0.3;
/** Side of the last map. */
const LAST = 2;
/** Units of the dense network's first layer to one of `width`. */
const UNITS = 256;

/** Features of images: what to compute of [n, channels, side, side], and their number. */
interface Features {
  readonly count: number;
  /** [n, count]. */
  readonly of: Layer;
}

/**
 * An encoder with linear outputs for the six numbers of a rotation, for the shift, and for the score of each of several proposals.
 *
 * @param channels of the images
 * @returns of images [n, channels, side, side]
 * @throws DomainError for a side that does not fit the network
 */
export function poseEncoder(
  scope: Scope,
  channels: number,
  options: PoseEncoderOptions,
): (images: Value) => EncodedPoses {
  const { heads } = options;
  const features = featuresOf(scope, channels, options);
  const head = (name: string, size: number, first = 1): Layer =>
    linear(scope.child(name), features.count, heads * size, { normal: first / Math.sqrt(features.count) });
  const rotation = head("rotation", 6);
  const shift = head("shift", 2, FIRST_SHIFTS);
  const score = heads > 1 ? head("score", 1) : undefined;
  return (images) => {
    const [n] = images.type.shape as [number];
    const flat = features.of(images);
    return {
      rotation: reshape(rotation(flat), [n, heads, 6]),
      shift: reshape(shift(flat), [n, heads, 2]),
      ...(score && { score: score(flat) }),
    };
  };
}

/**
 * A network with linear outputs for the odds among orientations and for the shift.
 *
 * @param cells orientations among which the odds are shared out
 * @returns of images [n, channels, side, side]
 * @throws DomainError for a side that does not fit the network
 */
export function orientationNetwork(
  scope: Scope,
  channels: number,
  options: PoseFeaturesOptions,
  cells: number,
): (images: Value) => EncodedOdds {
  const features = featuresOf(scope, channels, options);
  const root = Math.sqrt(features.count);
  const odds = linear(scope.child("odds"), features.count, cells, { normal: FIRST_ODDS / root });
  const shift = linear(scope.child("shift"), features.count, 2, { normal: FIRST_SHIFTS / root });
  return (images) => {
    const flat = features.of(images);
    return { odds: odds(flat), shift: reshape(shift(flat), [images.type.shape[0]!, 1, 2]) };
  };
}

const featuresOf = (scope: Scope, channels: number, options: PoseFeaturesOptions): Features =>
  options.network === "dense"
    ? denseFeatures(scope, channels, options)
    : encoderFeatures(scope, channels, options);

/**
 * CryoFIRE's encoder (Levy et al. 2022, arXiv 2210.07387): blocks of two 3 x 3 convolutions with ReLU, the second to twice the channels,
 * average pooling by 2 and group normalisation, down to 2 x 2 pixels. 128 pixels and 16 channels end as 1024 channels after six blocks.
 */
function encoderFeatures(scope: Scope, channels: number, { side, width }: PoseFeaturesOptions): Features {
  const blockCount = Math.log2(side / LAST);
  if (!Number.isInteger(blockCount) || blockCount < 2)
    throw new DomainError("pose encoder: side", side, "a power of two from 8");
  const blocks = Array.from({ length: blockCount }, (_, i): Layer => {
    const own = width * 2 ** i;
    const block = scope.child(`block${i + 1}`);
    const first = convolution3(block.child("first"), i === 0 ? channels : own, own);
    const second = convolution3(block.child("second"), own, 2 * own);
    const scale = block.parameter("norm.scale", [2 * own], { constant: 1 });
    const bias = block.parameter("norm.bias", [2 * own], { constant: 0 });
    const groups = Math.min(GROUPS, 2 * own);
    return (x) => groupNorm(averagePool(relu(second(relu(first(x)))), 2), groups, { scale, bias });
  });
  const count = width * 2 ** blockCount * LAST * LAST;
  const of: Layer = (images) =>
    reshape(
      blocks.reduce((x, block) => block(x), images),
      [images.type.shape[0]!, count],
    );
  return { count, of };
}

/**
 * Two fully connected layers with ReLU. Each unit of the first compares the whole image with a picture of its own. On
 * small images they learn from more images in the same time than convolutions do.
 */
function denseFeatures(scope: Scope, channels: number, { side, width }: PoseFeaturesOptions): Features {
  const units = UNITS * width;
  const count = units / 2;
  const pixels = channels * side * side;
  const first = linear(scope.child("first"), pixels, units, { normal: Math.sqrt(2 / pixels) });
  const second = linear(scope.child("second"), units, count, { normal: Math.sqrt(2 / units) });
  const of: Layer = (images) => relu(second(relu(first(reshape(images, [images.type.shape[0]!, pixels])))));
  return { count, of };
}

/** Convolution that keeps the image's size, its weights by He et al. 2015. */
function convolution3(scope: Scope, from: number, to: number): Layer {
  const weight = scope.parameter("weight", [to, from, 3, 3], { normal: Math.sqrt(2 / (9 * from)) });
  const bias = scope.parameter("bias", [to], { constant: 0 });
  return (x) => conv2d(x, weight, { pads: 1, bias });
}
