import type { Volume } from "../../array/image.js";
import { otsuSplit } from "../../array/otsu.js";
import { histogram } from "../../array/statistics.js";
import { DomainError } from "../../core/errors.js";

const BINS = 4096;
/** Their centres, in bins. */
const BIN_CENTRES = Float64Array.from({ length: BINS }, (_, bin) => bin + 0.5);
/** Where between solvent and particle the threshold lies: low, so that weak parts of the particle are inside. */
const LEVEL = 1 / 3;
/** Standard deviations of the solvent that the threshold keeps above its mean, where the classes are well apart. */
const DEVIATIONS_APART = 3;
/** The same where noise is strong: of 10,000 independent voxels of noise, fewer than one lies higher. */
const DEVIATIONS_NOISY = 4;
/**
 * Least distance of the particle's mean from the solvent's, in standard deviations of the solvent. Halves of a normal
 * distribution lie 2.6 apart, of a uniform one 3.5; of twelve maps of single particles low-passed to 15 angstrom, 4.3 to 30.
 */
const LEAST_SEPARATION = 3.5;
/** Largest share of the box that a particle fills; a map of inverted contrast has its solvent above the threshold. */
const LARGEST_PARTICLE = 0.6;
/** Least share of the box above the noise that is a particle: of noise alone, 0.00003 lies above four deviations. */
const LEAST_PARTICLE = 0.002;

/** Densities counted in equal bins; classes below are in units of bins. */
interface Histogram {
  readonly counts: Float64Array;
  readonly total: number;
}

/** Voxels on one side of a bin. */
interface DensityClass {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * A density threshold between solvent and particle for a low-passed map.
 *
 * Solvent and particle are the two classes of Otsu's split. Where noise or a small particle leaves these too near to each other,
 * the solvent is taken from the commonest density and what lies below it, and the particle is what stands out of its noise.
 * The threshold is a third of the way from the solvent to the particle, and above the noise.
 *
 * @param name of the map, for messages
 * @throws DomainError for a map in which no particle stands out, or one of inverted contrast
 */
export function chooseThreshold({ data }: Volume, name: string): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) throw new DomainError(`${name}: density`, `only ${low}`, "more than one value");
  const counted = { counts: histogram(data, low, high, BINS), total: data.length };
  const bin = betweenClasses(counted, name) ?? aboveNoise(counted, name);
  return low + (bin * (high - low)) / BINS;
}

/** The threshold, in bins, where Otsu's classes are well apart; undefined where they are not. */
function betweenClasses({ counts, total }: Histogram, name: string): number | undefined {
  const split = otsuSplit(BIN_CENTRES, counts);
  const [solvent, particle] = [classOf(counts, 0, split), classOf(counts, split, BINS)];
  if (particle.count / total > LARGEST_PARTICLE) throw inverted(name, particle.count / total);
  if ((particle.mean - solvent.mean) / solvent.deviation < LEAST_SEPARATION) return undefined;
  const third = solvent.mean + LEVEL * (particle.mean - solvent.mean);
  return Math.min(split, Math.max(third, solvent.mean + DEVIATIONS_APART * solvent.deviation));
}

/** The threshold, in bins, above the noise that is mirrored from the densities below the commonest one. */
function aboveNoise({ counts, total }: Histogram, name: string): number {
  const common = commonest(counts);
  const rootMeanSquare = (from: number, to: number): number => {
    const side = classOf(counts, from, to);
    return Math.sqrt(side.deviation ** 2 + (side.mean - common) ** 2);
  };
  const noise = common + DEVIATIONS_NOISY * rootMeanSquare(0, Math.floor(common) + 1);
  const particle = classOf(counts, Math.min(BINS, Math.ceil(noise)), BINS);
  if (particle.count / total >= LEAST_PARTICLE) {
    return Math.max(noise, common + LEVEL * (particle.mean - common));
  }
  const darkest = common - DEVIATIONS_NOISY * rootMeanSquare(Math.floor(common), BINS);
  const dark = classOf(counts, 0, Math.max(0, Math.floor(darkest)));
  if (dark.count / total >= LEAST_PARTICLE) throw inverted(name, 1 - dark.count / total);
  throw new DomainError(
    `${name}: share of the box whose density stands out of the noise`,
    particle.count / total,
    `at least ${LEAST_PARTICLE}: give a threshold, or low-pass the map further`,
  );
}

const inverted = (name: string, share: number): DomainError =>
  new DomainError(
    `${name}: share of the box with high density`,
    share,
    `at most ${LARGEST_PARTICLE}: is the contrast inverted? The particle must be white`,
  );

/** The middle of the 1 % of all bins that hold most voxels, in bins. */
function commonest(counts: Float64Array): number {
  const width = Math.ceil(BINS / 100);
  let sum = 0;
  let [most, at] = [-1, 0];
  for (let bin = 0; bin < BINS; bin++) {
    sum += counts[bin]! - (bin >= width ? counts[bin - width]! : 0);
    if (sum > most) [most, at] = [sum, bin];
  }
  return classOf(counts, Math.max(0, at - width + 1), at + 1).mean;
}

/** Voxels in bins `from` up to but without `to`: their number, mean and standard deviation. */
function classOf(counts: Float64Array, from: number, to: number): DensityClass {
  let [count, sum, squares] = [0, 0, 0];
  for (let bin = from; bin < to; bin++) {
    count += counts[bin]!;
    sum += counts[bin]! * (bin + 0.5);
  }
  const mean = sum / count;
  for (let bin = from; bin < to; bin++) squares += counts[bin]! * (bin + 0.5 - mean) ** 2;
  return { count, mean, deviation: Math.sqrt(squares / count) };
}
