import { type PowerSpectrum, radialAverage } from "../../../array/spectrum/power.js";

/** Mean power in bands of equal width from zero to Nyquist. */
export interface BandPower {
  /** Middle of each band, cycles per pixel. */
  readonly frequency: Float64Array;
  readonly power: Float64Array;
}

/** Bands of a 256-pixel tile are then 4 rings wide. */
export const DEFAULT_BANDS = 32;

/** Radial power spectrum in bands; the zero frequency is left out, and so are the corners beyond Nyquist. */
export function bandPower(spectrum: PowerSpectrum, bands: number = DEFAULT_BANDS): BandPower {
  const rings = radialAverage(spectrum);
  const sums = new Float64Array(bands);
  const weights = new Float64Array(bands);
  for (let ring = 1; ring < rings.value.length; ring++) {
    const band = Math.min(bands - 1, Math.floor(rings.frequency[ring]! * 2 * bands));
    // a ring's length grows with its radius
    sums[band]! += ring * rings.value[ring]!;
    weights[band]! += ring;
  }
  return {
    frequency: Float64Array.from({ length: bands }, (_, i) => (i + 0.5) / (2 * bands)),
    power: sums.map((sum, i) => sum / weights[i]!),
  };
}

/** Mean of several spectra of the same bands. */
export function meanBandPower(spectra: readonly BandPower[]): BandPower {
  const { frequency, power } = spectra[0]!;
  const mean = power.map((_, i) => spectra.reduce((sum, one) => sum + one.power[i]!, 0) / spectra.length);
  return { frequency, power: mean };
}

/**
 * Distance of two radial spectra: log10 of the ratio of synthetic to real power in every band, and the root of its
 * mean square. 0.1 in a band is 26 % in power.
 */
export function spectralDistance(
  real: BandPower,
  synthetic: BandPower,
): { readonly perBand: Float64Array; readonly rms: number } {
  const perBand = real.power.map((power, i) => Math.log10(synthetic.power[i]! / power));
  const squares = perBand.reduce((sum, value) => sum + value * value, 0);
  return { perBand, rms: Math.sqrt(squares / perBand.length) };
}
