import { integerInRange } from "../core/check.js";
import { add, leakyRelu, mul, relu, tanh } from "../tensor/elementwise.js";
import { concat } from "../tensor/layout.js";
import { instanceNorm } from "../tensor/linear.js";
import type { Value } from "../tensor/value.js";
import {
  convolution4,
  type Generator,
  type Layer,
  type NoiseAt,
  type Upsampling,
  upConvolution,
} from "./layers.js";
import { encoderInput, imagePlane, innermostNoise, noiseChannels } from "./noise-planes.js";
import type { Scope } from "./scope.js";

export interface UnetOptions {
  /** Channels of the first layer; the next have 2, 4, … times as many, up to `widest` times. */
  readonly width: number;
  readonly widest: number;
  /** Stride-2 convolutions on the way down; the sides of the input are multiples of 2^depth. */
  readonly depth: number;
  readonly upsampling: Upsampling;
  readonly output: OutputKind;
  /** Default "input". */
  readonly noiseAt?: NoiseAt;
}

/**
 * "plain": the network's output is the image, limited by a hyperbolic tangent (the paper). "correction": it is added to the
 * input, and the last layer starts at zero, so that training starts from the identity.
 */
export type OutputKind = "plain" | "correction";

/**
 * A plain output is RANGE tanh(u), in units of the image's standard deviation: the public code scales every noisy micrograph
 * by its least and greatest value to [-1, 1], which for a million normal pixels lie at 5 deviations.
 */
export const PLAIN_OUTPUT_RANGE = 5;

/** The image out of a network's last layer y for its input x. */
export const imageFrom = (y: Value, x: Value, output: OutputKind): Value =>
  output === "plain" ? mul(tanh(y), PLAIN_OUTPUT_RANGE) : add(x, y);

/**
 * U-Net of pix2pix (Isola et al. 2017) as CryoGEM uses it: convolutions of kernel 4 and stride 2 down, their transposes
 * up, instance norms but at the two ends, leaky ReLU 0.2 down and ReLU up, skip connections after the activation. With
 * `noiseAt` "inner" the channels of `innermostNoise` stand behind the innermost features after their ReLU.
 *
 * Its features are those of every level, widest first, after the leaky ReLU: [1, channels, side / 2^level, …] for levels 1 to depth.
 */
export function unet(scope: Scope, options: UnetOptions): Generator {
  const depth = integerInRange("U-Net depth", options.depth, 2, 12);
  const channels = channelsOf(options);
  const { noiseAt = "input" } = options;
  const isNormalised = (level: number): boolean => level > 1 && level < depth;
  const down = levelsTo(depth).map((level) => {
    const from = level === 1 && noiseAt === "channel" ? 2 : channels(level - 1);
    return convolution4(scope.child(`down${level}`), [from, channels(level)], 2, {
      bias: !isNormalised(level),
    });
  });
  const up = levelsTo(depth).map((level) => upLayer(scope, channels, level, options));
  return {
    encode: (x) => encode(down, isNormalised, encoderInput(x, noiseAt)),
    translate: (features, x) => {
      let y = features[depth - 1]!;
      for (let level = depth; level >= 1; level--) {
        y = relu(level === depth ? y : concat([features[level - 1]!, y], 1));
        if (level === depth && noiseAt === "inner") y = concat([y, innermostNoise(x, depth)], 1);
        y = up[level - 1]!(y);
        if (level > 1) y = instanceNorm(y);
      }
      return imageFrom(y, imagePlane(x), options.output);
    },
  };
}

const levelsTo = (depth: number): number[] => Array.from({ length: depth }, (_, i) => i + 1);

/** Channels of a level: 1 at level 0, then the width doubling up to a limit. */
export const channelsOf =
  ({ width, widest }: Pick<UnetOptions, "width" | "widest">) =>
  (level: number): number =>
    level === 0 ? 1 : width * Math.min(2 ** (level - 1), widest);

function encode(
  down: readonly Layer[],
  isNormalised: (level: number) => boolean,
  x: Value,
): readonly Value[] {
  const features: Value[] = [];
  let y = x;
  for (const [i, layer] of down.entries()) {
    y = layer(y);
    if (isNormalised(i + 1)) y = instanceNorm(y);
    y = leakyRelu(y, 0.2);
    features.push(y);
  }
  return features;
}

/** From level to level - 1; all but the innermost read the skip connection beside the level below, the innermost perhaps noise. */
function upLayer(
  scope: Scope,
  channels: (level: number) => number,
  level: number,
  options: UnetOptions,
): Layer {
  const isInnermost = level === options.depth;
  const noise = isInnermost && options.noiseAt === "inner" ? noiseChannels(options.depth) : 0;
  const from = channels(level) * (isInnermost ? 1 : 2) + noise;
  const last = level === 1;
  return upConvolution(scope.child(`up${level}`), [from, channels(level - 1)], options.upsampling, {
    bias: last,
    ...(last && options.output === "correction" && { initial: { constant: 0 } }),
  });
}
