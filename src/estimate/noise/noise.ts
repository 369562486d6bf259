import { fourierFilter } from "../../array/filter.js";
import type { Image } from "../../array/image.js";
import { visitFrequencies } from "../../array/spectrum/half.js";
import { type PowerSpectrum, powerSpectrum2d, radialAverage } from "../../array/spectrum/power.js";
import { profileAtLog, type RadialProfile } from "../../array/spectrum/profile.js";
import { mean, quantile, robustScale, variance } from "../../array/statistics.js";
import { inRange } from "../../core/check.js";
import { DomainError } from "../../core/errors.js";
import { type Background, findBackground, flattenBackground } from "./background.js";
import { maskedPowerSpectra } from "./masked-spectrum.js";
import { noiseFrequencies } from "./noise-grid.js";
import { colouredNoiseSpectrum, type NoiseCurves } from "./noise-power.js";

/** What the estimate of the noise has to know of a micrograph. */
export interface NoiseOptions {
  /** Angstrom per pixel. */
  readonly pixelSize: number;
  /** Angstrom, of the particles. */
  readonly particleDiameter: number;
  /** Pixels on a side of `power`; absent: 512, or the largest power of two the micrograph holds. */
  readonly tile?: number;
}

/** What one micrograph tells of its noise. */
export interface NoiseEstimate extends NoiseCurves {
  /**
   * Power of the background over the variance of the micrograph, averaged over directions, down to the lowest frequency of
   * the field; white noise alone gives 1 everywhere.
   */
  readonly radial: RadialProfile;
  /** Power over its average over directions, mean 1, on a tile of `ANISOTROPY_TILE` pixels: drift, camera, axes. */
  readonly anisotropy: PowerSpectrum;
  /** Both together on a tile. */
  readonly power: PowerSpectrum;
  /** Share of the micrograph's variance that particles make up, 0 to 1. */
  readonly signalFraction: number;
  readonly background: Background;
}

/** Pixels on a side of the tile whose shifts and frequencies resolve the radial curve, and the anisotropy. */
export const NOISE_TILE = 512;
export const ANISOTROPY_TILE = 128;
/** Standard deviations beyond which a pixel is an outlier (dust, a hot pixel) and is set to the limit. */
const OUTLIER = 6;
/** Between these frequencies, in cycles a particle diameter, the whole field's spectrum gives way to the background's. */
const JOIN = { low: 0.3, high: 0.7 } as const;
/** Finest detail, angstrom, at which particles are told from background. */
const PARTICLE_DETAIL = 10;
/** Local power above this quantile is dirt rather than particle and counts as the quantile. */
const DIRT = 0.999;

/**
 * Noise power spectrum of a micrograph's background and the share of its variance that particles make up.
 *
 * Above a particle's own frequency the spectrum is that of the background alone (`findBackground`), from its
 * autocovariance, which needs no whole tiles of empty ice. Below, where no gap between particles is wide enough, it is
 * that of the whole field: illumination and ice; particles hardly show there, for their contrast transfer is near zero.
 *
 * Signal: mean square in the band from there to 10 angstrom over the whole field less the same over the background.
 *
 * On simulations of known truth the share of the signal comes out 10 to 20 % low: fringes reach into the background.
 *
 * @throws DomainError for a constant image, or a diameter that is not between 4 pixels and half the field
 */
export function estimateNoise(image: Image, options: NoiseOptions): NoiseEstimate {
  const side = Math.min(...image.shape);
  const diameter = inRange(
    "particle diameter",
    options.particleDiameter / options.pixelSize,
    "pixels",
    4,
    side / 2,
  );
  const clipped = clipOutliers(image);
  const total = variance(clipped.data);
  if (!(total > 0)) throw new DomainError("micrograph", "a constant image", "some contrast");
  const background = findBackground(clipped, diameter);
  const flat = flattenBackground(clipped, background, diameter);
  const tile = Math.min(NOISE_TILE, 2 ** Math.floor(Math.log2(side)));
  const [fine, coarse] = maskedPowerSpectra(flat, background.mask, [tile, ANISOTROPY_TILE]) as [
    PowerSpectrum,
    PowerSpectrum,
  ];
  const field = radialAverage(powerSpectrum2d(clipped, 2 * Math.floor(side / 2)));
  const radial = joinCurves(radialAverage(fine), field, diameter, total);
  const anisotropy = anisotropyOf(coarse);
  const shown = options.tile ?? tile;
  return {
    radial,
    anisotropy,
    power: colouredNoiseSpectrum({ radial, anisotropy }, [shown, shown]),
    signalFraction: signalVariance(clipped, background, diameter, options.pixelSize) / total,
    background,
  };
}

function clipOutliers({ data, shape }: Image): Image {
  const scale = robustScale(data);
  const low = scale.mean - OUTLIER * scale.standardDeviation;
  const high = scale.mean + OUTLIER * scale.standardDeviation;
  // more than half the pixels alike leave no scale to judge by
  if (!(high > low)) return { data, shape };
  return { data: data.map((value) => Math.min(high, Math.max(low, value))), shape };
}

/** Share of the background's spectrum at k cycles per pixel: 0 below JOIN, 1 above, smooth between. */
function backgroundShare(k: number, diameter: number): number {
  const t = Math.min(1, Math.max(0, (k * diameter - JOIN.low) / (JOIN.high - JOIN.low)));
  return t * t * (3 - 2 * t);
}

function joinCurves(
  fine: RadialProfile,
  field: RadialProfile,
  diameter: number,
  total: number,
): RadialProfile {
  const background = withoutZero(positive(fine));
  const whole = withoutZero(field);
  const frequency = noiseFrequencies(NOISE_TILE);
  const value = frequency.map((k) => {
    const share = backgroundShare(k, diameter);
    return (share * profileAtLog(background, k) + (1 - share) * profileAtLog(whole, k)) / total;
  });
  return { frequency, value };
}

/** The tile's lowest frequencies, where its own resolution makes structure, count as even. */
function anisotropyOf(power: PowerSpectrum): PowerSpectrum {
  const average = withoutZero(positive(radialAverage(power)));
  const data = new Float32Array(power.data.length);
  visitFrequencies(power.shape, (at, kx, ky) => {
    const k = Math.sqrt(kx * kx + ky * ky);
    const ratio = power.data[at]! / profileAtLog(average, k);
    data[at] = k * power.shape[0] < 3 ? 1 : Math.min(10, Math.max(0.1, ratio));
  });
  return { data, shape: power.shape };
}

/** An estimate from few pairs of pixels can dip below nothing; a thousandth of the mean is no noise at all. */
function positive({ frequency, value }: RadialProfile): RadialProfile {
  const least = 1e-3 * mean(value.map(Math.abs));
  return { frequency, value: value.map((power) => Math.max(least, power)) };
}

/** A radial profile without its zero frequency, which tells of the mean. */
const withoutZero = ({ frequency, value }: RadialProfile): RadialProfile => ({
  frequency: frequency.subarray(1),
  value: value.subarray(1),
});

/** Variance that particles add, in the image's units. */
function signalVariance(image: Image, { mask }: Background, diameter: number, pixelSize: number): number {
  const finest = pixelSize / PARTICLE_DETAIL;
  const band = fourierFilter(image, (kx, ky) => {
    const k = Math.sqrt(kx * kx + ky * ky);
    return k > finest ? 0 : Math.sqrt(backgroundShare(k, diameter));
  });
  for (let i = 0; i < band.data.length; i++) band.data[i]! *= band.data[i]!;
  const cap = quantile(band.data, DIRT);
  let quiet = 0;
  let shown = 0;
  let all = 0;
  for (let i = 0; i < band.data.length; i++) {
    const value = Math.min(cap, band.data[i]!);
    all += value;
    if (mask.data[i] === 0) continue;
    quiet += value;
    shown++;
  }
  return Math.max(0, all / band.data.length - quiet / Math.max(1, shown));
}
