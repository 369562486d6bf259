import { mean, standardDeviation } from "../../array/statistics.js";
import { autocorrelationDistance } from "./features/autocorrelation.js";
import { scaledDistance } from "./features/local-statistics.js";
import { meanBandPower, spectralDistance } from "./features/radial-spectrum.js";
import { fitGaussian, frechetDistance } from "./frechet.js";
import type { MicrographProfile } from "./profile.js";
import { type FeatureScale, featureScale, type PatchSample, standardise } from "./sample.js";

/** Every measure of the protocol, in the order of the table. All are better when lower. */
export const REALISM_MEASURES = [
  "frechet",
  "localStatistics",
  "localMean",
  "localVariance",
  "localSkewness",
  "localKurtosis",
  "bandKurtosis",
  "spectrum",
  "lattice",
  "latticeWorst",
  "autocorrelation",
] as const;
export type RealismMeasure = (typeof REALISM_MEASURES)[number];

/** What a measure is called in tables and figures. */
export const MEASURE_TITLES: Readonly<Record<RealismMeasure, string>> = {
  frechet: "Frechet distance, filter bank",
  localStatistics: "Local statistics, mean of the four",
  localMean: "Local mean, Wasserstein",
  localVariance: "Local variance, Wasserstein",
  localSkewness: "Local skewness, Wasserstein",
  localKurtosis: "Local kurtosis, Wasserstein",
  bandKurtosis: "Band-passed kurtosis, Wasserstein",
  spectrum: "Radial spectrum, RMS log10",
  lattice: "Lattice, mean ratio",
  latticeWorst: "Lattice, worst ratio",
  autocorrelation: "Noise autocorrelation, RMS",
};

/** The scale in which features and local statistics are compared: how much they vary among all real patches. */
export interface RealScale {
  readonly features: FeatureScale;
  readonly sample: PatchSample;
}

/** The scale of a sample of real patches. */
export const realScale = (sample: PatchSample): RealScale => ({
  features: featureScale(sample.features),
  sample,
});

/** A set of micrographs in one comparison: their profiles, and the patches drawn from them. */
export interface ComparedSet {
  readonly profiles: readonly MicrographProfile[];
  readonly sample: PatchSample;
}

/** Every measure of `other` against `real`; autocorrelation only where both have masks. */
export function compareSets(
  real: ComparedSet,
  other: ComparedSet,
  scale: RealScale,
): Partial<Record<RealismMeasure, number>> {
  const gaussian = ({ sample }: ComparedSet) => fitGaussian(standardise(sample.features, scale.features));
  const distance = (values: (sample: PatchSample) => Float64Array): number =>
    scaledDistance(values(real.sample), values(other.sample), standardDeviation(values(scale.sample)));
  const spectra = [real, other].map((set) => meanBandPower(set.profiles.map((profile) => profile.spectrum)));
  const correlation = compareAutocorrelation(real.profiles, other.profiles);
  const local = {
    localMean: distance((sample) => sample.local.mean),
    localVariance: distance((sample) => sample.local.variance),
    localSkewness: distance((sample) => sample.local.skewness),
    localKurtosis: distance((sample) => sample.local.kurtosis),
  };
  return {
    frechet: frechetDistance(gaussian(real), gaussian(other)),
    localStatistics: mean(Object.values(local)),
    ...local,
    bandKurtosis: mean(
      scale.sample.bandKurtosis.map((_, i) => distance((sample) => sample.bandKurtosis[i]!)),
    ),
    spectrum: spectralDistance(spectra[0]!, spectra[1]!).rms,
    lattice: mean(other.profiles.map((profile) => profile.lattice.mean)),
    latticeWorst: mean(other.profiles.map((profile) => profile.lattice.worst.ratio)),
    ...(correlation !== undefined && { autocorrelation: correlation }),
  };
}

function compareAutocorrelation(
  real: readonly MicrographProfile[],
  other: readonly MicrographProfile[],
): number | undefined {
  const a = meanAutocorrelation(real);
  const b = meanAutocorrelation(other);
  return a && b && autocorrelationDistance(a, b);
}

function meanAutocorrelation(profiles: readonly MicrographProfile[]) {
  const found = profiles.flatMap((profile) => profile.autocorrelation ?? []);
  const first = found[0];
  if (!first || found.length < profiles.length) return undefined;
  const data = first.data.map((_, i) => found.reduce((sum, one) => sum + one.data[i]!, 0) / found.length);
  return { reach: first.reach, data };
}
