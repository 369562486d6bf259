import type { BandSamples } from "./equiphase.js";
import { solveSymmetric } from "./nonnegative.js";

/** Powers of the logarithm of k in the trend of the radial average, and in that of the anisotropy. */
const RADIAL = 4;
const ANISOTROPIC = 3;
const COUNT = RADIAL + 2 * ANISOTROPIC;

/**
 * Samples divided by their smooth trend: log power as a cubic in log k, times a second harmonic of the azimuth whose
 * strength is a quadratic in log k. The harmonic is what drift leaves (it dims all rings along its direction alike);
 * taken off here, it cannot pass for astigmatism, which moves rings and so alternates in sign along k.
 */
export function removeTrend(samples: BandSamples): BandSamples {
  const { k2, cos2, sin2, value } = samples;
  const middle = 0.5 * Math.log(k2.reduce((a, b) => Math.min(a, b)) * k2.reduce((a, b) => Math.max(a, b)));
  const terms = new Float64Array(COUNT);
  const fill = (s: number): void => {
    const x = Math.log(k2[s]!) - middle;
    for (let i = 0, power = 1; i < RADIAL; i++, power *= x) {
      terms[i] = power;
      if (i >= ANISOTROPIC) continue;
      terms[RADIAL + 2 * i] = power * cos2[s]!;
      terms[RADIAL + 2 * i + 1] = power * sin2[s]!;
    }
  };
  const matrix = new Float64Array(COUNT * COUNT);
  const right = new Float64Array(COUNT);
  for (let s = 0; s < k2.length; s++) {
    fill(s);
    const logarithm = Math.log(Math.max(value[s]!, Number.MIN_VALUE));
    // the number of samples grows with k; this gives every ring of them the same say
    const weight = 1 / Math.sqrt(k2[s]!);
    for (let i = 0; i < COUNT; i++) {
      const weighted = weight * terms[i]!;
      right[i]! += weighted * logarithm;
      for (let j = 0; j <= i; j++) matrix[i * COUNT + j]! += weighted * terms[j]!;
    }
  }
  const x = solveSymmetric(matrix, right, [...right.keys()]) ?? new Float64Array(COUNT);
  const flat = new Float64Array(value.length);
  for (let s = 0; s < value.length; s++) {
    fill(s);
    let logarithm = 0;
    for (let i = 0; i < COUNT; i++) logarithm += x[i]! * terms[i]!;
    flat[s] = value[s]! * Math.exp(-logarithm);
  }
  return { k2, cos2, sin2, value: flat };
}
