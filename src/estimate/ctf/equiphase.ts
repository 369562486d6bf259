import { halfColumns, signedIndex } from "../../array/spectrum/half.js";
import type { PowerSpectrum } from "../../array/spectrum/power.js";
import { electronWavelength } from "../../physics/optics/ctf.js";
import type { EquiphaseProfile } from "./ring-model.js";

/** Samples of a power spectrum within a band of frequencies, divided by a smooth trend. */
export interface BandSamples {
  /** Squared frequency, 1/angstrom². */
  readonly k2: Float64Array;
  /** Cosine and sine of twice the azimuth. */
  readonly cos2: Float64Array;
  readonly sin2: Float64Array;
  readonly value: Float64Array;
}

/** Mean defocus and its astigmatism as a vector, angstrom: dZ(φ) = mean + cosine cos 2φ + sine sin 2φ. */
export interface DefocusVector {
  readonly mean: number;
  readonly cosine: number;
  readonly sine: number;
}

/** Evenly spaced bins of frequency: bin i is centred on (first + i) * width. */
export interface Bins {
  readonly first: number;
  readonly count: number;
  /** 1/angstrom. */
  readonly width: number;
}

/** The samples with low <= k <= high, 1/angstrom, without the two axes, where straight edges leave their mark. */
export function bandSamples(
  spectrum: PowerSpectrum,
  pixelSize: number,
  [low, high]: readonly [number, number],
): BandSamples {
  const { data, shape } = spectrum;
  const size = shape[0];
  const width = halfColumns(size);
  const step = 1 / (size * pixelSize);
  const rows: number[][] = [[], [], [], []];
  for (let row = 1; row < size; row++) {
    const y = signedIndex(row, size);
    for (let x = 1; x < width; x++) {
      const squared = x * x + y * y;
      const k2 = squared * step * step;
      if (k2 < low * low || k2 > high * high) continue;
      rows[0]!.push(k2);
      rows[1]!.push((x * x - y * y) / squared);
      rows[2]!.push((2 * x * y) / squared);
      rows[3]!.push(data[row * width + x]!);
    }
  }
  const [k2, cos2, sin2, value] = rows.map((list) => Float64Array.from(list));
  return { k2: k2!, cos2: cos2!, sin2: sin2!, value: value! };
}

/**
 * The frequency, 1/angstrom, at which the mean defocus has the CTF phase that another defocus has at the squared frequency k2.
 *
 * @param half λ² Cs / 2, angstrom³: see `halfAberration`
 */
export function equiphaseFrequency(k2: number, defocus: number, mean: number, half: number): number {
  // phase / (π λ) = defocus k² - half k⁴ = mean q² - half q⁴
  const phase = k2 * (defocus - half * k2);
  const root = mean * mean - 4 * half * phase;
  const q2 = (2 * phase) / (mean + Math.sqrt(Math.max(root, 0)));
  return Math.sqrt(Math.max(q2, 0));
}

/** λ² Cs / 2 in angstrom³, from kV and mm. */
export const halfAberration = (optics: {
  readonly voltage: number;
  readonly sphericalAberration: number;
}): number => (electronWavelength(optics.voltage) ** 2 * optics.sphericalAberration * 1e7) / 2;

/**
 * Mean along curves of equal CTF phase: each sample counts at the frequency where the mean defocus has the phase that
 * the sample's own direction has (Zhang 2016, J. Struct. Biol. 193:1, equiphase averaging). Samples are shared
 * linearly between neighbouring bins; those beyond the ends count in the end bins.
 */
export function equiphaseAverage(
  samples: BandSamples,
  { mean, cosine, sine }: DefocusVector,
  optics: { readonly voltage: number; readonly sphericalAberration: number },
  bins: Bins,
): EquiphaseProfile {
  const { k2, cos2, sin2, value } = samples;
  const half = halfAberration(optics);
  const sums = new Float64Array(bins.count);
  const count = new Float64Array(bins.count);
  const last = bins.count - 1.000001;
  const scale = 1 / bins.width;
  for (let i = 0; i < k2.length; i++) {
    const q = equiphaseFrequency(k2[i]!, mean + cosine * cos2[i]! + sine * sin2[i]!, mean, half);
    const place = q * scale - bins.first;
    const at = Math.min(last, Math.max(0, place));
    const bin = at | 0;
    const share = at - bin;
    const v = value[i]!;
    sums[bin]! += (1 - share) * v;
    count[bin]! += 1 - share;
    sums[bin + 1]! += share * v;
    count[bin + 1]! += share;
  }
  const k = new Float64Array(bins.count);
  for (let b = 0; b < bins.count; b++) {
    k[b] = (bins.first + b) * bins.width;
    if (count[b]! > 0) sums[b]! /= count[b]!;
  }
  return { k, mean: sums, count };
}
