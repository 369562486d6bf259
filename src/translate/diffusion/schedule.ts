/** Times of a diffusion, from 0, an image with hardly any noise, to 999, hardly anything but noise. */
export const TIMES = 1000;
const FIRST_BETA = 1e-4;
const LAST_BETA = 0.02;

/** Share a(t) of the image in the variance at each time: product of 1 - beta, beta rising linearly (Ho et al. 2020). */
const SHARES: Float64Array = (() => {
  const shares = new Float64Array(TIMES);
  let product = 1;
  for (let t = 0; t < TIMES; t++) {
    product *= 1 - (FIRST_BETA + ((LAST_BETA - FIRST_BETA) * t) / (TIMES - 1));
    shares[t] = product;
  }
  return shares;
})();

export const imageShare = (time: number): number => SHARES[time]!;

/** One step of sampling, from a time to an earlier one. */
export interface SamplingStep {
  readonly from: number;
  readonly to: number;
  /** Standard deviation of the noise that the step adds. */
  readonly sigma: number;
}

/**
 * Steps from a time down to 0, evenly spread (Song et al. 2021):
 *
 *   sigma = eta sqrt((1 - a(from) / a(to)) (1 - a(to)) / (1 - a(from)))
 *
 * @param count at most as many as there are times
 */
export function samplingSteps(start: number, count: number, eta: number): readonly SamplingStep[] {
  const used = Math.min(count, start);
  const times = Array.from({ length: used + 1 }, (_, i) => Math.round((start * (used - i)) / used));
  return times.slice(1).map((to, i) => {
    const from = times[i]!;
    const [a, b] = [imageShare(from), imageShare(to)];
    return { from, to, sigma: eta * Math.sqrt(((1 - a / b) * (1 - b)) / (1 - a)) };
  });
}
