import type { Level } from "../search/descend.js";
import { weighted } from "../search/descend.js";
import type { Matcher } from "../search/matcher.js";
import type { ParticleSpectrum } from "../search/particle-spectrum.js";
import { movedBack, type Shift } from "../search/shifts.js";
import type { View } from "../search/view.js";

/** How well a reference of unknown grey scale fits an image: the best pose as it is, and inverted. */
export interface GreyFit {
  /** Re Σ conj(CTF slice) image / σ², and Σ |CTF slice|² / σ², at the best pose. */
  readonly product: number;
  readonly energy: number;
  /** Gain in log-likelihood at the best pose, and at the best pose of the inverted reference. */
  readonly gain: number;
  readonly invertedGain: number;
}

/**
 * Fits image = a · CTF · slice at every pose, each with its own a = product / energy, which gains product² / energy; the best
 * pose with a > 0 is kept, as in the first iteration of relion_refine --firstiter_cc.
 *
 * @returns the fit at the best pose, and the gain of the inverted reference at its own
 */
export function fitGreyScale(
  matcher: Matcher,
  { frequencies }: Level,
  spectrum: ParticleSpectrum,
  noise: ArrayLike<number>,
  views: readonly View[],
  shifts: readonly Shift[],
): GreyFit {
  const length = frequencies.kx.length;
  const { image, weights } = weighted(spectrum, frequencies, noise);
  const moved = movedBack(image, frequencies, shifts);
  const products = matcher.scores(views, frequencies, moved, new Float32Array(length));
  const energies = matcher.scores(views, frequencies, new Float32Array(2 * length), weights);
  let best: GreyFit = { product: 0, energy: 0, gain: 0, invertedGain: 0 };
  for (let o = 0; o < views.length; o++) {
    const energy = -energies[o]!;
    if (!(energy > 0)) continue;
    for (let s = 0; s < shifts.length; s++) {
      // the matcher's products are of twice the image
      const product = products[o * shifts.length + s]! / 2;
      const gain = (product * product) / energy;
      if (product > 0 && gain > best.gain) best = { ...best, product, energy, gain };
      if (product < 0 && gain > best.invertedGain) best = { ...best, invertedGain: gain };
    }
  }
  return best;
}

/** The common factor of several fits: that of least squares. */
export function commonGreyScale(fits: readonly GreyFit[]): number {
  const sum = (value: (fit: GreyFit) => number): number => fits.reduce((total, fit) => total + value(fit), 0);
  return sum(({ product }) => product) / sum(({ energy }) => energy);
}
