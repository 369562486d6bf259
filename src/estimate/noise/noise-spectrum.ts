import { mean, standardDeviation } from "../../array/statistics.js";
import { DomainError } from "../../core/errors.js";
import type { NoiseEstimate } from "./noise.js";
import type { NoiseCurves } from "./noise-power.js";

/** The noise of a set of micrographs: the mean of theirs, each over the variance of its micrograph. */
export interface NoiseSpectrum extends NoiseCurves {
  /** Standard deviation between the micrographs over the mean, at each frequency; 0 for one micrograph. */
  readonly relativeDeviation: Float64Array;
  readonly signalFraction: { readonly mean: number; readonly standardDeviation: number };
}

/** The mean of several micrographs' noise. @throws DomainError for none */
export function averageNoise(
  estimates: readonly Pick<NoiseEstimate, "radial" | "anisotropy" | "signalFraction">[],
): NoiseSpectrum {
  const [first] = estimates;
  if (!first) throw new DomainError("noise estimates", "none", "at least one micrograph");
  const at = (i: number): number[] => estimates.map(({ radial }) => radial.value[i]!);
  const value = first.radial.value.map((_, i) => mean(at(i)));
  const fractions = estimates.map(({ signalFraction }) => signalFraction);
  return {
    radial: { frequency: first.radial.frequency, value },
    relativeDeviation: value.map((average, i) => standardDeviation(at(i)) / average),
    anisotropy: {
      data: first.anisotropy.data.map((_, i) => mean(estimates.map(({ anisotropy }) => anisotropy.data[i]!))),
      shape: first.anisotropy.shape,
    },
    signalFraction: { mean: mean(fractions), standardDeviation: standardDeviation(fractions) },
  };
}
