import type { Spectrum } from "../fft/fft.js";
import type { Volume } from "../image.js";
import { halfColumns, halfWeight, signedIndex } from "./half.js";

/** The transform of a volume, as rfft3 returns it. */
export type VolumeSpectrum = Spectrum<Volume["shape"]>;

/**
 * One coefficient of a cube's half spectrum: its index in the data (of the real part), the square of its distance from
 * zero, and its frequencies along x, y and z, all in samples of the transform.
 */
export type VisitCoefficient = (at: number, squared: number, kx: number, ky: number, kz: number) => void;

/** Visits every coefficient of the half spectrum of a cube of `size` voxels, in the order in which they are stored. */
export function visitHalfSpectrum(size: number, visit: VisitCoefficient): void {
  const width = halfColumns(size);
  const signed = Int32Array.from({ length: size }, (_, i) => signedIndex(i, size));
  let at = 0;
  for (let z = 0; z < size; z++) {
    const kz = signed[z]!;
    for (let y = 0; y < size; y++) {
      const ky = signed[y]!;
      const zy = kz * kz + ky * ky;
      for (let kx = 0; kx < width; kx++, at += 2) visit(at, zy + kx * kx, kx, ky, kz);
    }
  }
}

/** Shells of a cube of `size` voxels from zero to Nyquist. */
export const shellCount = halfColumns;

/** Whole distance of a frequency from zero, from its square: shell s holds the distances that round to s. */
export const shellOf = (squared: number): number => Math.floor(Math.sqrt(squared) + 0.5);

/** A function of the distance from zero, in samples, as a table over its square: no root for each coefficient. */
export function radialTable(size: number, value: (radius: number) => number): Float64Array {
  const highest = 3 * Math.ceil(size / 2) ** 2;
  return Float64Array.from({ length: highest + 1 }, (_, squared) => value(Math.sqrt(squared)));
}

/** Multiplies the half spectrum of a cube, in place, by a real function of the distance from zero in samples. */
export function filterRadially(spectrum: VolumeSpectrum, transfer: (radius: number) => number): void {
  const { data, shape } = spectrum;
  const table = radialTable(shape[0], transfer);
  visitHalfSpectrum(shape[0], (at, squared) => {
    const factor = table[squared]!;
    data[at]! *= factor;
    data[at + 1]! *= factor;
  });
}

/**
 * A low-pass filter at a shell, with a raised-cosine edge `edge` shells wide about it: 1 below, 0.5 on the shell, 0 above.
 * The filter of RELION's postprocessing, where the edge is two shells wide.
 *
 * @returns function of the distance from zero in samples of the transform
 */
export function lowPassAt(shell: number, edge = 2): (radius: number) => number {
  const low = Math.max(0, shell - edge / 2);
  const high = shell + edge / 2;
  return (radius) => {
    if (radius < low) return 1;
    if (radius > high) return 0;
    return high > low ? 0.5 + 0.5 * Math.cos((Math.PI * (radius - low)) / (high - low)) : 1;
  };
}

/** How the coefficients of a half spectrum count in sums over shells. */
export type HalfWeights =
  /** A coefficient that stands for itself and its mirrored one counts twice: the sum over the whole spectrum. */
  | "whole spectrum"
  /** Every stored coefficient counts once, so those at kx = 0 count double against the others: RELION's sums. */
  | "stored half";

/** Sums over the shells of two spectra of cubes of one size. */
export interface ShellSums {
  /** Re Σ A conj(B). */
  readonly product: Float64Array;
  /** Σ |A|² and Σ |B|². */
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Sums of products and of both energies over the shells from zero to Nyquist. */
export function shellSums(a: VolumeSpectrum, b: VolumeSpectrum, weights: HalfWeights): ShellSums {
  const size = a.shape[0];
  const shells = shellCount(size);
  const [product, first, second] = [0, 0, 0].map(() => new Float64Array(shells)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const table = Int32Array.from(radialTable(size, (radius) => Math.floor(radius + 0.5)));
  visitHalfSpectrum(size, (at, squared, kx) => {
    const shell = table[squared]!;
    if (shell >= shells) return;
    const weight = weights === "whole spectrum" ? halfWeight(kx, size) : 1;
    const [p, q, r, s] = [a.data[at]!, a.data[at + 1]!, b.data[at]!, b.data[at + 1]!];
    product[shell]! += weight * (p * r + q * s);
    first[shell]! += weight * (p * p + q * q);
    second[shell]! += weight * (r * r + s * s);
  });
  return { product, first, second };
}
