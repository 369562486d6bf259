import { localVariance } from "../../array/filter.js";
import type { Image } from "../../array/image.js";
import { halfColumns } from "../../array/spectrum/half.js";
import type { EvenProfile } from "../../array/spectrum/profile.js";
import { mean, quantile, standardDeviation } from "../../array/statistics.js";
import { applyGain } from "../noise/power.js";
import { boxShare, type Unevenness } from "../noise/unevenness.js";

/** Boxes over which local variance is taken, particle diameters: within a smaller one every particle shows. */
const BOX = 1.5;
/** Tile of the profile and of the filters. */
const TILE = 128;
/** Beyond this the model, linear in u, no longer holds. */
const MOST = 0.3;
/** Boxes start this many times a side. */
const OVERLAP = 2;
/** Standard error of a variance told from the quartiles of n normal values, in units of itself over the root of n. */
const VARIANCE_ERROR = 2.33;
/** Interquartile range of a normal distribution, standard deviations. */
const QUARTILES = 1.349;

/**
 * How much more unevenly real micrographs are filled than stationary noise with simulated particles: in every octave of frequency the
 * spread of the logarithm of local variance beyond that of the stand-ins, within and between micrographs.
 *
 * @param real normalised
 * @param even stand-ins of the same size without any unevenness: simulated micrographs with their noise
 * @param diameter of a particle, pixels
 * @returns nothing where real micrographs are no more uneven, or too small to tell
 */
export function fitUnevenness(
  real: readonly Image[],
  even: readonly Image[],
  diameter: number,
): Unevenness | undefined {
  const side = 2 * Math.round((BOX * diameter) / 2) + 1;
  const smallest = Math.min(...[...real, ...even].flatMap(({ shape }) => shape));
  // fewer boxes tell no spread
  if (smallest < 4 * side) return undefined;
  const bands = octaves(diameter);
  const strengths = (images: readonly Image[]): readonly Strengths[] =>
    bands.map((band) => images.map((image) => logVariances(applyGain(image, band), side)));
  const [ofReal, ofEven] = [strengths(real), strengths(even)];
  const amplitudes = bands.map((_, band) => amplitudeOf(ofReal[band]!, ofEven[band]!));
  if (amplitudes.every((amplitude) => amplitude === 0)) return undefined;
  const profile = bands[0]!.values.map((_, ring) =>
    bands.reduce((sum, { values }, band) => sum + amplitudes[band]! * values[ring]!, 0),
  );
  const levels = (sets: readonly Strengths[]): number =>
    standardDeviation(micrographLevels(sets, amplitudes));
  const between = excess(levels(ofReal), levels(ofEven));
  // u has variance 1 over boxes about each micrograph's mean; the field itself makes part of the spread of those means
  const whole = boxShare(smallest / diameter);
  const field = 1 / Math.sqrt(boxShare(BOX) - whole);
  const micrograph = excess(Math.min(between, 2), field * Math.sqrt(whole));
  return { profile: { tile: TILE, values: profile }, field, micrograph, diameter };
}

/** Logarithms of the local variance in the boxes of each micrograph. */
type Strengths = readonly (readonly number[])[];

const excess = (found: number, expected: number): number =>
  Math.sqrt(Math.max(0, found * found - expected * expected));

/** Half the excess spread of log variance, less what chance alone makes of so many boxes. */
function amplitudeOf(real: Strengths, even: Strengths): number {
  const [found, expected] = [spreadWithin(real), spreadWithin(even)].map((spread) => spread * spread);
  const chance =
    VARIANCE_ERROR * Math.hypot(found! / Math.sqrt(boxes(real)), expected! / Math.sqrt(boxes(even)));
  return Math.min(MOST, Math.sqrt(Math.max(0, found! - expected! - chance)) / 2);
}

const boxes = (micrographs: Strengths): number =>
  micrographs.reduce((sum, values) => sum + values.length, 0) / OVERLAP ** 2;

/** Filters an octave wide whose sum is 1, from Nyquist down to one cycle a particle; the last takes all below. */
function octaves(diameter: number): readonly EvenProfile[] {
  const count = Math.max(2, Math.round(Math.log2(diameter / 2)) + 1);
  return Array.from({ length: count }, (_, band) => ({
    tile: TILE,
    values: Float64Array.from({ length: halfColumns(TILE) }, (_, ring) => {
      // octaves below Nyquist; raised cosines about whole numbers
      const octave = Math.min(count - 1, -Math.log2(Math.max(ring, 0.5) / (TILE / 2)));
      const distance = Math.abs(octave - band);
      return distance < 1 ? Math.cos((Math.PI / 2) * distance) ** 2 : 0;
    }),
  }));
}

function logVariances(image: Image, side: number): number[] {
  const { data } = localVariance(image, side);
  const [rows, columns] = image.shape;
  const found: number[] = [];
  const step = Math.max(1, Math.round(side / OVERLAP));
  for (let y = side >> 1; y + (side >> 1) < rows; y += step)
    for (let x = side >> 1; x + (side >> 1) < columns; x += step)
      found.push(Math.log(Math.max(Number.MIN_VALUE, data[y * columns + x]!)));
  return found;
}

/** Standard deviation of the values about their micrograph's median, from the quartiles: dirt does not count. */
function spreadWithin(micrographs: Strengths): number {
  const centred = micrographs.flatMap((values) => {
    const middle = quantile(values, 0.5);
    return values.map((value) => value - middle);
  });
  return (quantile(centred, 0.75) - quantile(centred, 0.25)) / QUARTILES;
}

/** Least-squares u of each micrograph: its bands' log variance beside the finest band's, over twice their amplitudes. */
function micrographLevels(bands: readonly Strengths[], amplitudes: readonly number[]): number[] {
  const squares = amplitudes.reduce((sum, amplitude) => sum + amplitude * amplitude, 0);
  return bands[0]!.map((finest, i) => {
    const level = bands.map((band, j) => amplitudes[j]! * (mean(band[i]!) - mean(finest)));
    return level.reduce((sum, value) => sum + value, 0) / (2 * squares);
  });
}
