import { irfft2, rfft2, type Spectrum } from "../array/fft/fft.js";
import type { Image } from "../array/image.js";
import { bin } from "../array/resample.js";
import { frequency, halfColumns } from "../array/spectrum/half.js";
import { profileAtLog } from "../array/spectrum/profile.js";
import { ctf } from "../physics/optics/ctf.js";
import { ballTransform, FINEST, HOLLOW, LEAST, type SpotOptions, spotsOf } from "./particle-count.js";

/** How well round bodies of each size explain what is seen in a micrograph. */
export interface SizeEstimate {
  /** Angstrom; undefined where nothing stands out at any size. */
  readonly diameter: number | undefined;
  /** Angstrom, ascending. */
  readonly diameters: readonly number[];
  /** Mean response of the strongest spots at each diameter, standard deviations of the background. */
  readonly strength: readonly number[];
}

/** Smallest and largest diameter tried, angstrom, as a share of the field the largest, and the step between two. */
const SMALLEST = 70;
const LARGEST = 600;
const LARGEST_SHARE = 0.2;
const STEP = 1.1;
/** Coarsest pixels that hold the finest detail used. */
const COARSEST_PIXEL = FINEST / 2.5;
/** How many of the strongest spots count; fewer would let a piece of dirt decide. */
const STRONGEST = 30;
/** Mean response of these below which nothing stands out: noise reaches 5. */
const LEAST_STRENGTH = 6;
/** Share of the strongest response to which it falls at the particles' edge. */
const EDGE = 0.9;

/**
 * The diameter of the particles in a micrograph: a matched filter (template times CTF over noise power) for solid and for hollow
 * balls of many sizes. Up to the particles' own size the strongest spots stand out, as parts of a particle do; beyond, they stand out
 * less: the diameter is where they have fallen to nine tenths. Good to a tenth for compact particles that can be seen; of
 * elongated ones it is something between their length and their width.
 *
 * @param options background and noise may have been told from particles of another size
 */
export function estimateSize(image: Image, options: Omit<SpotOptions, "particleDiameter">): SizeEstimate {
  const factor = Math.max(1, Math.floor(COARSEST_PIXEL / options.optics.pixelSize));
  const pixelSize = options.optics.pixelSize * factor;
  const small = factor === 1 ? image : bin(image, factor);
  const quiet = factor === 1 ? options.background : bin(options.background, factor);
  const background = { data: quiet.data.map((share) => (share > 0.99 ? 1 : 0)), shape: quiet.shape };
  const whitened = whiten(small, pixelSize, options, factor);
  const largest = Math.min(LARGEST, LARGEST_SHARE * pixelSize * Math.min(...small.shape));
  const diameters: number[] = [];
  for (let d = SMALLEST; d <= largest; d *= STEP) diameters.push(d);
  const strength = diameters.map((diameter) => {
    const pixels = diameter / pixelSize;
    const shapes = [
      (k: number) => ballTransform((k * pixels) / 2),
      (k: number) => ballTransform((k * pixels) / 2) - HOLLOW ** 3 * ballTransform((k * pixels * HOLLOW) / 2),
    ];
    return Math.max(
      ...shapes.map((shape) =>
        strongest(spotsOf(filtered(whitened, shape), { background }, pixels, STRONGEST)),
      ),
    );
  });
  return { diameter: edgeOf(diameters, strength), diameters, strength };
}

/** The transform of an image times minus the CTF over the noise; nothing finer than what particles have in common. */
function whiten(
  image: Image,
  pixelSize: number,
  { optics, defocus, noise }: Omit<SpotOptions, "particleDiameter">,
  factor: number,
): Spectrum {
  const transfer = ctf({ ...optics, ...defocus });
  const spectrum = rfft2(image);
  const [rows, columns] = image.shape;
  const half = halfColumns(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    const ky = frequency(row, rows);
    for (let column = 0; column < half; column++, at += 2) {
      const kx = column / columns;
      const k = Math.sqrt(kx * kx + ky * ky);
      const isUsed = k > 0 && k * FINEST <= pixelSize;
      const weight = isUsed ? -transfer(kx / pixelSize, ky / pixelSize) / profileAtLog(noise, k / factor) : 0;
      spectrum.data[at]! *= weight;
      spectrum.data[at + 1]! *= weight;
    }
  }
  return spectrum;
}

function filtered({ data, shape }: Spectrum, template: (k: number) => number): Image {
  const [rows, columns] = shape;
  const half = halfColumns(columns);
  const out = new Float32Array(data.length);
  for (let row = 0, at = 0; row < rows; row++) {
    const ky = frequency(row, rows);
    for (let column = 0; column < half; column++, at += 2) {
      if (data[at] === 0 && data[at + 1] === 0) continue;
      const kx = column / columns;
      const weight = template(Math.sqrt(kx * kx + ky * ky));
      out[at] = weight * data[at]!;
      out[at + 1] = weight * data[at + 1]!;
    }
  }
  return irfft2({ data: out, shape });
}

/** Mean of the strongest; where there are fewer, the rest counts as the least that makes a spot. */
function strongest(spots: readonly { readonly strength: number }[]): number {
  const sum = spots.reduce((total, { strength }) => total + strength - LEAST, 0);
  return LEAST + sum / STRONGEST;
}

/** The last place at which the response falls through its edge, between two diameters by their logarithms. */
function edgeOf(diameters: readonly number[], strength: readonly number[]): number | undefined {
  const highest = Math.max(0, ...strength);
  const level = EDGE * highest;
  if (highest < LEAST_STRENGTH) return undefined;
  const last = strength.findLastIndex((value) => value >= level);
  const [inside, outside] = [strength[last]!, strength[last + 1]];
  // still strong at the largest size: no edge was seen
  if (outside === undefined) return undefined;
  return diameters[last]! * STEP ** ((inside - level) / (inside - outside));
}
