import { add, leakyRelu, log, sqrt, square, sub } from "../tensor/elementwise.js";
import { concat, reshape } from "../tensor/layout.js";
import { conv2d, groupNorm } from "../tensor/linear.js";
import { reduceMean } from "../tensor/reduce.js";
import type { Value } from "../tensor/value.js";
import { type Layer, linear } from "./layers.js";
import type { Scope } from "./scope.js";

/** Halvings of a patch: its sides are multiples of 2 to this power. */
export const CLASSIFIER_LEVELS = 5;

/**
 * Tells patches of two kinds apart. Five convolutions of 4 x 4 halve the patch, each followed by a group norm over all its
 * channels, which does not depend on the other patches of a batch. Mean and deviation of every channel over the whole patch, at
 * every level, and of the patch itself go to one linear layer: so the finest texture, whole particles and the strength of the
 * contrast can all decide.
 *
 * @param width channels of the first level; the others have 2, 4, 4 and 4 times as many
 * @returns patches [n, 1, side, side] to log-odds [n, 1] of the second kind
 */
export function patchClassifier(scope: Scope, width: number): Layer {
  const channels = [1, width, 2 * width, 4 * width, 4 * width, 4 * width];
  const levels = Array.from({ length: CLASSIFIER_LEVELS }, (_, i): Layer => {
    const level = scope.child(`level${i + 1}`);
    const [from, to] = [channels[i]!, channels[i + 1]!];
    // He's first values
    const weight = level.parameter("weight", [to, from, 4, 4], { normal: Math.sqrt(2 / (16 * from)) });
    const scale = level.parameter("scale", [to], { constant: 1 });
    const bias = level.parameter("bias", [to], { constant: 0 });
    return (x) => leakyRelu(groupNorm(conv2d(x, weight, { stride: 2, pads: 1 }), 1, { scale, bias }), 0.2);
  });
  const features = 2 * channels.reduce((sum, count) => sum + count, 0);
  const head = linear(scope.child("head"), features, 1, { constant: 0 });
  return (x) => {
    const found = [...statistics(x)];
    let y = x;
    for (const level of levels) {
      y = level(y);
      found.push(...statistics(y));
    }
    return head(concat(found, 1));
  };
}

/** Below this variance, as of a patch of one value, the logarithm stays finite. */
const LEAST_VARIANCE = 1e-4;

/** [n, channels, rows, columns] to the mean and the logarithm of the deviation of each channel, twice [n, channels]. */
function statistics(x: Value): [mean: Value, deviation: Value] {
  const [n, channels] = x.type.shape as [number, number];
  const mean = reduceMean(x, { axes: [2, 3], keepDims: true });
  const variance = reduceMean(square(sub(x, mean)), { axes: [2, 3], keepDims: true });
  return [reshape(mean, [n, channels]), reshape(log(sqrt(add(variance, LEAST_VARIANCE))), [n, channels])];
}
