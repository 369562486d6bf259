import { add, div, log, mul, neg, softmax } from "../../tensor/elementwise.js";
import { concat, slice } from "../../tensor/layout.js";
import { gemm } from "../../tensor/linear.js";
import { reduceMean, reduceSum } from "../../tensor/reduce.js";
import type { Value } from "../../tensor/value.js";

/** Unit feature vectors [n, width] at the query points of one encoder level, of the network's input and of its output. */
export interface QueryFeatures {
  readonly particlesIn: Value;
  readonly particlesOut: Value;
  readonly backgroundIn: Value;
  readonly backgroundOut: Value;
}

/**
 * "paper": the equation of Zhang et al. 2024. "public": their public code, whose matrix of negative logits is transposed, so
 * that query i is compared with the output's background at ITS OWN number i against every particle of the input.
 */
export type MaskNceVariant = "paper" | "public";

export interface MaskNceOptions {
  readonly variant: MaskNceVariant;
  readonly temperature: number;
}

/**
 * Mask-guided contrastive loss of one level, mean over the queries of each kind:
 *
 *   1/2 [ mean_p l(z_p, z'_p, z'_B) + mean_b l(z_b, z'_b, z'_P) ],
 *   l(z, z', N) = -log( e^(z z' / t) / (e^(z z' / t) + sum over n in N of e^(z n / t)) )
 *
 * with z of the input and z' of the output, p and P particle queries, b and B background ones. The factor 1/2 and the
 * means are the public code's; the paper writes sums, which the weight of the loss absorbs.
 */
export function maskNce(features: QueryFeatures, options: MaskNceOptions): Value {
  const { particlesIn, particlesOut, backgroundIn, backgroundOut } = features;
  const particles = contrast(particlesIn, particlesOut, backgroundOut, options);
  const background = contrast(backgroundIn, backgroundOut, particlesOut, options);
  return mul(add(particles, background), 0.5);
}

/** Mean over rows of l(anchor, positive, negatives): all [n, width]. */
function contrast(anchors: Value, positives: Value, negatives: Value, options: MaskNceOptions): Value {
  const { variant, temperature } = options;
  const positive = reduceSum(mul(anchors, positives), { axes: [1], keepDims: true });
  const negative =
    variant === "paper"
      ? gemm(anchors, negatives, { transB: true })
      : gemm(negatives, anchors, { transB: true });
  const chances = softmax(div(concat([positive, negative], 1), temperature));
  return neg(reduceMean(log(slice(chances, { axis: 1, end: 1 }))));
}

/** Mean over levels. */
export function overLevels(losses: readonly Value[]): Value {
  const sum = losses.reduce((total, loss) => add(total, loss));
  return mul(sum, 1 / losses.length);
}
