import { fourierFilter } from "../array/filter.js";
import { type Image, zeros } from "../array/image.js";
import { inRange } from "../core/check.js";
import { DomainError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { electronWavelength } from "./ctf.js";
import { POTENTIAL_PER_SCATTERING } from "./scattering.js";

/** A detector's MTF or DQE over spatial frequency, as RELION's MTF files: cycles per physical pixel, ascending. */
export interface TransferCurve {
  readonly frequency: readonly number[];
  readonly value: readonly number[];
}

export interface DetectorOptions {
  /** Electron / angstrom² on the specimen. */
  readonly dose: number;
  /** Angstrom per pixel of the image. */
  readonly pixelSize: number;
  /** Angstrom per physical pixel, to which the curves refer; absent = the image's. */
  readonly physicalPixelSize?: number;
  /** Modulation transfer; absent = 1. */
  readonly mtf?: TransferCurve;
  /** Detective quantum efficiency; absent = MTF²: the detector's noise is white. */
  readonly dqe?: TransferCurve;
}

/**
 * Interaction parameter σ = 2π m e λ / h² in radian / (V·angstrom): what a volt-angstrom of projected potential turns
 * the phase. With the relativistic mass. Source: Kirkland 2010, Advanced Computing in Electron Microscopy, eq. 5.6.
 */
export function interactionParameter(voltage: number): number {
  const restEnergy = 510.99895; // keV
  const mass = 1 + voltage / restEnergy;
  return (mass * electronWavelength(voltage)) / POTENTIAL_PER_SCATTERING;
}

/**
 * Intensity of a weak-phase image over that of the beam: 1 + 2 σ v c, where c is a clean micrograph made from a map in
 * volt, as a sum over sections of v angstrom.
 */
export function relativeIntensity(clean: Image, voltage: number, voxelSize: number): Image {
  const factor = 2 * interactionParameter(voltage) * inRange("voxelSize", voxelSize, "angstrom", 1e-3, 1e3);
  return { data: clean.data.map((c) => 1 + factor * c), shape: clean.shape };
}

/**
 * What a counting detector records, in electrons a pixel: the signal filtered by sqrt(DQE), electrons drawn from the
 * Poisson distribution, then signal and noise filtered by MTF / sqrt(DQE). So the signal has the MTF, and its ratio to
 * the noise the DQE. Source: Vulović et al. 2013, J. Struct. Biol. 183:19.
 *
 * The dose that counts is that times DQE(0). Edges wrap around.
 *
 * @param intensity relative to the beam; negative values count as 0
 * @throws DomainError for a curve that does not ascend from 0, or has values outside 0 to 1.2
 */
export function detect(intensity: Image, options: DetectorOptions, random: Random): Image {
  const scale = options.pixelSize / (options.physicalPixelSize ?? options.pixelSize);
  const mtf = curve("mtf", options.mtf, scale);
  const dqe = options.dqe ? curve("dqe", options.dqe, scale) : (f: number) => mtf(f) ** 2;
  const efficiency = dqe(0);
  const dose = inRange("dose", options.dose, "electrons per square angstrom", 1e-6, 1e6);
  const electrons = dose * inRange("pixelSize", options.pixelSize, "angstrom", 1e-3, 1e3) ** 2 * efficiency;
  const seen =
    options.mtf || options.dqe ? filter(intensity, (f) => Math.sqrt(dqe(f) / efficiency)) : intensity;
  const counts = zeros(...intensity.shape);
  for (let i = 0; i < counts.data.length; i++) {
    counts.data[i] = random.poisson(electrons * Math.max(0, seen.data[i]!));
  }
  if (!options.dqe) return counts;
  return filter(counts, (f) => (dqe(f) > 0 ? mtf(f) / Math.sqrt(dqe(f) / efficiency) : 0));
}

/** An image with a detector's MTF, as an average of many exposures would have it. Edges wrap around. */
export function applyMtf(
  image: Image,
  mtf: TransferCurve,
  pixelSize: number,
  physicalPixelSize = pixelSize,
): Image {
  return filter(image, curve("mtf", mtf, pixelSize / physicalPixelSize));
}

/** The curve as a function of cycles per pixel of an image whose pixels are `scale` physical ones wide. */
function curve(name: string, given: TransferCurve | undefined, scale: number): (f: number) => number {
  if (!given) return () => 1;
  const { frequency: at, value } = given;
  const ascends = at.every((f, i) => i === 0 || f > at[i - 1]!);
  if (at.length < 2 || at.length !== value.length || at[0] !== 0 || !ascends) {
    throw new DomainError(
      name,
      at.slice(0, 3),
      "two or more frequencies that ascend from 0, each with a value",
    );
  }
  for (const v of value) inRange(name, v, "", 0, 1.2);
  return (f) => valueAt(at, value, f / scale);
}

/** Linear between samples, the last value beyond them. */
function valueAt(at: readonly number[], value: readonly number[], f: number): number {
  let low = 0;
  let high = at.length - 1;
  if (f >= at[high]!) return value[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= f) low = middle;
    else high = middle;
  }
  return value[low]! + ((f - at[low]!) / (at[high]! - at[low]!)) * (value[high]! - value[low]!);
}

/** Multiplies the transform by a function of frequency in cycles per pixel. */
const filter = (image: Image, transfer: (f: number) => number): Image =>
  fourierFilter(image, (kx, ky) => transfer(Math.sqrt(kx * kx + ky * ky)));
