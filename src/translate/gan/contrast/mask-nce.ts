import { add, mul } from "../../../tensor/elementwise.js";
import { gemm } from "../../../tensor/linear.js";
import type { Value } from "../../../tensor/value.js";
import { dotRows, infoNce } from "./patch-nce.js";

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

/** Which queries count: an ablation leaves one of the two sums out. */
export type MaskNceQueries = "both" | "particles" | "background";

export interface MaskNceOptions {
  readonly variant: MaskNceVariant;
  readonly queries: MaskNceQueries;
  readonly temperature: number;
}

/**
 * Mask-guided contrastive loss of one level, mean over the queries of each kind:
 *
 *   1/2 [ mean_p l(z_p, z'_p, z'_B) + mean_b l(z_b, z'_b, z'_P) ],
 *   l(z, z', N) = -log( e^(z z' / t) / (e^(z z' / t) + sum over n in N of e^(z n / t)) )
 *
 * with z of the input and z' of the output, p and P particle queries, b and B background ones. The factor 1/2 and the
 * means are the public code's; the paper writes sums, which the weight of the loss absorbs. Without the queries of one kind its mean
 * is left out.
 */
export function maskNce(features: QueryFeatures, options: MaskNceOptions): Value {
  const { particlesIn, particlesOut, backgroundIn, backgroundOut } = features;
  const particles = () => contrast(particlesIn, particlesOut, backgroundOut, options);
  const background = () => contrast(backgroundIn, backgroundOut, particlesOut, options);
  if (options.queries === "particles") return mul(particles(), 0.5);
  if (options.queries === "background") return mul(background(), 0.5);
  return mul(add(particles(), background()), 0.5);
}

/** Mean over rows of l(anchor, positive, negatives): all [n, width]. */
function contrast(anchors: Value, positives: Value, negatives: Value, options: MaskNceOptions): Value {
  const { variant, temperature } = options;
  const negative =
    variant === "paper"
      ? gemm(anchors, negatives, { transB: true })
      : gemm(negatives, anchors, { transB: true });
  return infoNce(dotRows(anchors, positives), negative, temperature);
}

/** Mean over levels. */
export function overLevels(losses: readonly Value[]): Value {
  const sum = losses.reduce((total, loss) => add(total, loss));
  return mul(sum, 1 / losses.length);
}
