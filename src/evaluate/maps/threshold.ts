import type { Volume } from "../../array/image.js";
import { histogram } from "../../array/statistics.js";
import { DomainError } from "../../core/errors.js";

const BINS = 4096;
/** Where between solvent and particle the threshold lies: low, so that weak parts of the particle are inside. */
const LEVEL = 1 / 3;
/** Standard deviations of the solvent that the threshold keeps above its mean. */
const SOLVENT_DEVIATIONS = 3;
/**
 * Least distance of the particle's mean from the solvent's, in standard deviations of the solvent. Halves of a normal
 * distribution lie 2.6 apart, of a uniform one 3.5; of twelve maps of single particles low-passed to 15 angstrom, 4.3 to 30.
 */
const LEAST_SEPARATION = 3.5;
/** Largest share of the box that a particle fills; a map of inverted contrast has its solvent above the threshold. */
const LARGEST_PARTICLE = 0.6;

/**
 * A density threshold between solvent and particle for a low-passed map: the two classes whose variance between is the largest
 * part of the whole (Otsu 1979, IEEE Trans. Syst. Man Cybern. 9:62), then a third of the way from the mean of the solvent
 * to that of the particle, but at least three standard deviations above the solvent, and at most where the classes part.
 *
 * @throws DomainError for a map in which no particle stands out, or one of inverted contrast
 */
export function chooseThreshold({ data }: Volume): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const counts = histogram(data, low, high, BINS);
  const width = (high - low) / BINS;
  const below = split(counts);
  const at = (bin: number): number => low + (bin + 0.5) * width;
  const [solvent, particle] = [classOf(counts.subarray(0, below), 0), classOf(counts.subarray(below), below)];
  const separation = (particle.mean - solvent.mean) / solvent.deviation;
  if (!(separation >= LEAST_SEPARATION)) {
    throw new DomainError(
      "threshold: distance of the particle's mean density from the solvent's, in deviations of the solvent",
      separation,
      `at least ${LEAST_SEPARATION}: no particle stands out; give a threshold, or low-pass the map further`,
    );
  }
  const share = particle.count / data.length;
  if (share > LARGEST_PARTICLE) {
    throw new DomainError(
      "threshold: share of the box with high density",
      share,
      `at most ${LARGEST_PARTICLE}: is the contrast inverted? The particle must be white`,
    );
  }
  const third = at(solvent.mean) + LEVEL * (at(particle.mean) - at(solvent.mean));
  const aboveSolvent = at(solvent.mean) + SOLVENT_DEVIATIONS * solvent.deviation * width;
  return Math.min(low + below * width, Math.max(third, aboveSolvent));
}

/** The bin with which the upper class begins. */
function split(counts: Float64Array): number {
  const all = classOf(counts, 0);
  let [count, sum, best, below] = [0, 0, 0, 0];
  for (let bin = 0; bin < counts.length - 1; bin++) {
    count += counts[bin]!;
    sum += counts[bin]! * bin;
    const rest = all.count - count;
    if (count === 0 || rest === 0) continue;
    const apart = sum / count - (all.mean * all.count - sum) / rest;
    const between = (count / all.count) * (rest / all.count) * apart * apart;
    if (between > best) [best, below] = [between, bin + 1];
  }
  return below;
}

/** Count, mean and standard deviation, in bins, of the values counted from bin `first` on. */
function classOf(
  counts: Float64Array,
  first: number,
): { readonly count: number; readonly mean: number; readonly deviation: number } {
  const count = counts.reduce((sum, n) => sum + n, 0);
  const mean = counts.reduce((sum, n, i) => sum + n * (first + i), 0) / count;
  const squares = counts.reduce((sum, n, i) => sum + n * (first + i - mean) ** 2, 0);
  return { count, mean, deviation: Math.sqrt(squares / count) };
}
