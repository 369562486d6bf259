import { fftFriendlySize } from "../array/fft/fft.js";
import { fourierFilter } from "../array/filter.js";
import type { Image } from "../array/image.js";
import { crop } from "../array/resample.js";
import { standardDeviation } from "../array/statistics.js";
import { inRange } from "../core/check.js";
import type { Scorer } from "./scorer.js";
import { mirrorPad, workingImage, workingScale } from "./working-image.js";

/** Sizes that the Laplacian looks for. */
export interface LaplacianOptions {
  /** Angstrom per micrograph pixel. */
  readonly pixelSize: number;
  /** Smallest and largest diameter of the particles, angstrom; equal for round ones. */
  readonly diameters: readonly [smallest: number, largest: number];
}

/** Pixels across the smallest particle: the filter passes nothing that would need more. */
const ACROSS = 24;
/** Ratio of neighbouring diameters tried. */
const STEP = 1.25;

/**
 * A picker without any reference: the Laplacian of a Gaussian, whose answer to a dark disc is highest at its centre when
 * the Gaussian's standard deviation is the disc's radius over sqrt 2 (Lindeberg 1998, Int. J. Comput. Vis. 30:79). The
 * answers to several diameters are each divided by their standard deviation; the highest counts.
 *
 * @returns scores in standard deviations of the micrograph's answers
 * @throws DomainError for a diameter outside 2 pixels to 1e5 angstrom or the larger first
 */
export function laplacianScorer({ pixelSize, diameters: [smallest, largest] }: LaplacianOptions): Scorer {
  inRange("smallest diameter", smallest, "angstrom", 2 * pixelSize, 1e5);
  inRange("largest diameter", largest, "angstrom", smallest, 1e5);
  return {
    async score(micrograph) {
      const scale = workingScale(smallest / pixelSize, ACROSS);
      const image = workingImage(micrograph, smallest / pixelSize, scale);
      const maps = diametersBetween(smallest, largest).map((diameter) =>
        response(image, diameter / (2 * Math.SQRT2 * pixelSize * scale)),
      );
      return { image: highest(maps), scale };
    },
  };
}

/** Diameters at about equal ratios, both ends included; one where they are equal. */
function diametersBetween(smallest: number, largest: number): number[] {
  const steps = Math.ceil(Math.log(largest / smallest) / Math.log(STEP) - 1e-9);
  return Array.from(
    { length: steps + 1 },
    (_, i) => smallest * (largest / smallest) ** (i / Math.max(1, steps)),
  );
}

/** The Laplacian of the blurred image over its own standard deviation: positive where it is dark. @param sigma pixels */
function response(image: Image, sigma: number): Image {
  const margin = Math.ceil(4 * sigma);
  const shape = image.shape.map((n) => fftFriendlySize(n + 2 * margin)) as [number, number];
  const filtered = fourierFilter(mirrorPad(image, margin, shape), (kx, ky) => {
    const k2 = (2 * Math.PI) ** 2 * (kx * kx + ky * ky) * sigma * sigma;
    return -k2 * Math.exp(-k2 / 2);
  });
  const { data } = crop(filtered, margin, margin, image.shape);
  const scale = 1 / standardDeviation(data);
  return { data: data.map((value) => value * scale), shape: image.shape };
}

function highest(maps: readonly Image[]): Image {
  const [first, ...others] = maps;
  const data = first!.data.slice();
  for (const other of others) {
    for (let i = 0; i < data.length; i++) data[i] = Math.max(data[i]!, other.data[i]!);
  }
  return { data, shape: first!.shape };
}
