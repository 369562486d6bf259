import { fftFriendlySize } from "../array/fft/fft.js";
import { fourierFilter, reflected } from "../array/filter.js";
import { type Image, zeros } from "../array/image.js";
import { crop } from "../array/resample.js";
import { inRange } from "../core/check.js";
import { DomainError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { type TransferCurve, transferAt } from "../io/transfer-curve.js";
import { electronWavelength } from "./optics/ctf.js";
import { POTENTIAL_PER_SCATTERING } from "./potential/scattering.js";

/** What a detector does to an image. */
export interface Detector {
  /** Angstrom per physical pixel, to which the curves refer; absent = the image's. */
  readonly physicalPixelSize?: number;
  /** Modulation transfer; absent = 1. */
  readonly mtf?: TransferCurve;
  /** Detective quantum efficiency; absent = MTF²: the detector's noise is white. */
  readonly dqe?: TransferCurve;
}

/** A detector, and the exposure that it records. */
export interface DetectorOptions extends Detector {
  /** Electron / angstrom² on the specimen. */
  readonly dose: number;
  /** Angstrom per pixel of the image. */
  readonly pixelSize: number;
}

/** Pixels by which an image is mirrored outward before it is filtered, so that nothing wraps around its edges. */
const MARGIN = 64;

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
 * What a counting detector shows, in electrons a pixel: the signal filtered by sqrt(DQE), electrons drawn from the
 * Poisson distribution, then signal and noise filtered by MTF / sqrt(DQE). So the signal has the MTF, and its ratio to
 * the noise the DQE. Source: Vulović et al. 2013, J. Struct. Biol. 183:19.
 *
 * The dose that counts is that times DQE(0).
 *
 * @param intensity relative to the beam; negative values count as 0
 * @throws DomainError for a curve that does not ascend from 0, or has values outside 0 to 1.2
 */
export function detect(intensity: Image, options: DetectorOptions, random: Random): Image {
  const { mtf, dqe, efficiency } = transferOf(options, options.pixelSize);
  const electrons = detectedElectrons(options);
  const isFiltered = options.mtf !== undefined || options.dqe !== undefined;
  const wide = isFiltered ? mirroredOutward(intensity) : intensity;
  const seen = isFiltered ? filter(wide, (f) => Math.sqrt(dqe(f) / efficiency)) : wide;
  const counts = zeros(...wide.shape);
  for (let i = 0; i < counts.data.length; i++) {
    counts.data[i] = random.poisson(electrons * Math.max(0, seen.data[i]!));
  }
  const detected = options.dqe
    ? filter(counts, (f) => (dqe(f) > 0 ? mtf(f) / Math.sqrt(dqe(f) / efficiency) : 0))
    : counts;
  return isFiltered ? innerPart(detected, intensity.shape) : detected;
}

/** Electrons that count in a pixel of the beam: dose times pixel area times DQE(0). */
export function detectedElectrons(options: DetectorOptions): number {
  const { efficiency } = transferOf(options, options.pixelSize);
  const dose = inRange("dose", options.dose, "electrons per square angstrom", 1e-6, 1e6);
  return dose * inRange("pixelSize", options.pixelSize, "angstrom", 1e-3, 1e3) ** 2 * efficiency;
}

/** Frequencies along each axis over which the gain is averaged. */
const GRID = 64;

/** Variance of the detected noise over that of the electrons counted: the mean of MTF² DQE(0) / DQE over all frequencies. */
export function noiseGain(detector: Detector, pixelSize: number): number {
  if (!detector.dqe) return 1;
  const { mtf, dqe, efficiency } = transferOf(detector, pixelSize);
  let sum = 0;
  for (let row = 0; row < GRID; row++) {
    for (let column = 0; column < GRID; column++) {
      const f = Math.sqrt((row + 0.5) ** 2 + (column + 0.5) ** 2) / (2 * GRID);
      if (dqe(f) > 0) sum += (mtf(f) ** 2 * efficiency) / dqe(f);
    }
  }
  return sum / GRID ** 2;
}

/** An image with a detector's MTF, as an average of many exposures would have it. */
export function applyMtf(image: Image, detector: Detector, pixelSize: number): Image {
  if (!detector.mtf) return image;
  const { mtf } = transferOf(detector, pixelSize);
  return innerPart(filter(mirroredOutward(image), mtf), image.shape);
}

/** A detector's curves as functions of cycles per pixel of an image. */
function transferOf(
  { mtf: given, dqe, physicalPixelSize }: Detector,
  pixelSize: number,
): { readonly mtf: (f: number) => number; readonly dqe: (f: number) => number; readonly efficiency: number } {
  const scale = pixelSize / (physicalPixelSize ?? pixelSize);
  const mtf = curve("mtf", given, scale);
  const efficiency = dqe ? curve("dqe", dqe, scale) : (f: number) => mtf(f) ** 2;
  return { mtf, dqe: efficiency, efficiency: efficiency(0) };
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
  return (f) => transferAt(given, f / scale);
}

/** Multiplies the transform by a function of frequency in cycles per pixel. */
const filter = (image: Image, transfer: (f: number) => number): Image =>
  fourierFilter(image, (kx, ky) => transfer(Math.sqrt(kx * kx + ky * ky)));

function mirroredOutward({ data, shape: [rows, columns] }: Image): Image {
  const out = zeros(fftFriendlySize(rows + 2 * MARGIN), fftFriendlySize(columns + 2 * MARGIN));
  const across = Int32Array.from({ length: out.shape[1] }, (_, x) => reflected(x - MARGIN, columns));
  for (let y = 0, to = 0; y < out.shape[0]; y++) {
    const row = reflected(y - MARGIN, rows) * columns;
    for (const x of across) out.data[to++] = data[row + x]!;
  }
  return out;
}

const innerPart = (image: Image, shape: Image["shape"]): Image => crop(image, MARGIN, MARGIN, shape);
