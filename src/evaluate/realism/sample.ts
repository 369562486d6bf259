import type { Random } from "../../core/random.js";
import type { LocalStatistics } from "./features/local-statistics.js";
import type { FeatureMatrix } from "./frechet.js";
import type { MicrographProfile } from "./profile.js";

/** Patches of several micrographs, thrown together. */
export interface PatchSample {
  readonly features: FeatureMatrix;
  readonly local: LocalStatistics;
  /** One array a scale of the filter bank. */
  readonly bandKurtosis: readonly Float64Array[];
}

/** `count` patches of the micrographs, drawn without replacement. */
export const samplePatches = (
  profiles: readonly MicrographProfile[],
  count: number,
  random: Random,
): PatchSample => gather(random.shuffle(profiles.flatMap(patchesOf)).slice(0, count));

/** All patches of the micrographs. */
export const allPatches = (profiles: readonly MicrographProfile[]): PatchSample =>
  gather(profiles.flatMap(patchesOf));

interface Patch {
  readonly profile: MicrographProfile;
  readonly index: number;
}

const patchesOf = (profile: MicrographProfile): Patch[] =>
  Array.from({ length: profile.features.patches }, (_, index) => ({ profile, index }));

function gather(patches: readonly Patch[]): PatchSample {
  const { dimensions, bandKurtosis } = patches[0]!.profile.features;
  const data = new Float64Array(patches.length * dimensions);
  patches.forEach(({ profile, index }, row) => {
    const start = index * dimensions;
    data.set(profile.features.features.subarray(start, start + dimensions), row * dimensions);
  });
  const pick = (values: (profile: MicrographProfile) => Float64Array): Float64Array =>
    Float64Array.from(patches, ({ profile, index }) => values(profile)[index]!);
  return {
    features: { data, rows: patches.length, dimensions },
    local: {
      mean: pick((profile) => profile.local.mean),
      variance: pick((profile) => profile.local.variance),
      skewness: pick((profile) => profile.local.skewness),
      kurtosis: pick((profile) => profile.local.kurtosis),
    },
    bandKurtosis: bandKurtosis.map((_, scale) => pick((profile) => profile.features.bandKurtosis[scale]!)),
  };
}

/** Mean and standard deviation of every feature over a sample: the scale in which features are compared. */
export interface FeatureScale {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** The scale of a sample's features; a feature that never changes counts with deviation 1. */
export function featureScale({ data, rows, dimensions }: FeatureMatrix): FeatureScale {
  const mean = new Float64Array(dimensions);
  const deviation = new Float64Array(dimensions);
  for (let i = 0; i < data.length; i++) mean[i % dimensions]! += data[i]! / rows;
  for (let i = 0; i < data.length; i++) {
    const d = data[i]! - mean[i % dimensions]!;
    deviation[i % dimensions]! += (d * d) / rows;
  }
  return { mean, deviation: deviation.map((square) => Math.sqrt(square) || 1) };
}

/** Features in units of a scale's standard deviations from its mean. */
export function standardise(features: FeatureMatrix, scale: FeatureScale): FeatureMatrix {
  const { dimensions } = features;
  const data = features.data.map(
    (value, i) => (value - scale.mean[i % dimensions]!) / scale.deviation[i % dimensions]!,
  );
  return { ...features, data };
}
