import { add, mul, square, sub } from "../../tensor/elementwise.js";
import { reduceMean } from "../../tensor/reduce.js";
import type { Value } from "../../tensor/value.js";

/** Least-squares GAN (Mao et al. 2017): mean of (judgement - label)², labels 1 for real and 0 for made. */
const toLabel = (judgement: Value, label: 0 | 1): Value =>
  reduceMean(square(label === 0 ? judgement : sub(judgement, label)));

export interface DiscriminatorLoss {
  readonly real: Value;
  readonly fake: Value;
  /** Half the sum of both. */
  readonly total: Value;
}

export function discriminatorLoss(onReal: Value, onFake: Value): DiscriminatorLoss {
  const real = toLabel(onReal, 1);
  const fake = toLabel(onFake, 0);
  return { real, fake, total: mul(add(real, fake), 0.5) };
}

/** The generator's: its images should be judged real. */
export const generatorLoss = (onFake: Value): Value => toLabel(onFake, 1);
