import { irfft2, type Spectrum } from "../../../array/fft/fft.js";
import type { Image } from "../../../array/image.js";
import { halfColumns, visitFrequencies } from "../../../array/spectrum/half.js";

/**
 * The oriented filter bank of the realism protocol: log-Gabor filters, Gaussian in the logarithm of the frequency and
 * in the orientation, each a quadrature pair (an even and an odd filter, together of constant envelope).
 *
 *   G(f, θ) = exp(-ln²(f / f0) / (2 ln² 0.65)) · exp(-(θ - θ0)² / (2 σθ²)),  |θ - θ0| <= 90°
 *
 * Source: Field 1987, J. Opt. Soc. Am. A 4:2379 (natural images); width 0.65, about 1.4 octaves, and the angular
 * width of 1 / 1.3 of the angle between orientations as in Kovesi 1999, Videre 1(3). No learned weights.
 */
export interface FilterBank {
  /** Centre wavelengths in pixels, shortest first. */
  readonly wavelengths: readonly number[];
  /** Orientations over 180 degrees, the first along the rows. */
  readonly orientations: number;
}

/** Four scales an octave apart from 3 to 24 pixels and six orientations 30 degrees apart. */
export const DEFAULT_BANK: FilterBank = { wavelengths: [3, 6, 12, 24], orientations: 6 };

const RADIAL_WIDTH = 0.65;
const ANGULAR_RATIO = 1.3;

/** Transfer functions of a bank on the half spectrum of one tile size: a table a scale, two an orientation. */
export interface FilterTables {
  readonly size: number;
  readonly radial: readonly Float32Array[];
  /** Even: the mean of the one-sided angular Gaussian at k and at -k. Odd: half their difference. */
  readonly angular: readonly { readonly even: Float32Array; readonly odd: Float32Array }[];
}

/** The tables made last: micrographs of one set all use the same. */
let last: { readonly bank: FilterBank; readonly tables: FilterTables } | undefined;

/** Transfer functions for square tiles of `size` pixels; the last are kept, as one set of tiles serves many images. */
export function filterTables(bank: FilterBank, size: number): FilterTables {
  if (last?.bank === bank && last.tables.size === size) return last.tables;
  const width = Math.PI / bank.orientations / ANGULAR_RATIO;
  const tables = {
    size,
    radial: bank.wavelengths.map((wavelength) => radialTable(1 / wavelength, size)),
    angular: Array.from({ length: bank.orientations }, (_, i) =>
      angularTables((i * Math.PI) / bank.orientations, width, size),
    ),
  };
  last = { bank, tables };
  return tables;
}

function radialTable(centre: number, size: number): Float32Array {
  const factor = -1 / (2 * Math.log(RADIAL_WIDTH) ** 2);
  return overHalfSpectrum(size, (kx, ky) => {
    const k = Math.sqrt(kx * kx + ky * ky);
    if (k === 0) return 0;
    const ratio = Math.log(k / centre);
    return Math.exp(factor * ratio * ratio);
  });
}

function angularTables(
  orientation: number,
  width: number,
  size: number,
): { even: Float32Array; odd: Float32Array } {
  const oneSided = (kx: number, ky: number): number => {
    const difference = Math.atan2(ky, kx) - orientation;
    const wrapped = Math.atan2(Math.sin(difference), Math.cos(difference));
    return Math.abs(wrapped) > Math.PI / 2 ? 0 : Math.exp((-wrapped * wrapped) / (2 * width * width));
  };
  return {
    even: overHalfSpectrum(size, (kx, ky) => (oneSided(kx, ky) + oneSided(-kx, -ky)) / 2),
    odd: overHalfSpectrum(size, (kx, ky) => (oneSided(kx, ky) - oneSided(-kx, -ky)) / 2),
  };
}

function overHalfSpectrum(size: number, value: (kx: number, ky: number) => number): Float32Array {
  const table = new Float32Array(size * halfColumns(size));
  visitFrequencies([size, size], (at, kx, ky) => {
    table[at] = value(kx, ky);
  });
  return table;
}

/** The tile of a half spectrum times a real transfer function. */
export function isotropicResponse(spectrum: Spectrum, radial: Float32Array): Image {
  const data = new Float32Array(spectrum.data.length);
  for (let i = 0; i < radial.length; i++) {
    data[2 * i] = spectrum.data[2 * i]! * radial[i]!;
    data[2 * i + 1] = spectrum.data[2 * i + 1]! * radial[i]!;
  }
  return irfft2({ data, shape: spectrum.shape });
}

/** Even and odd responses of one filter of the bank: real and imaginary part of its complex response. */
export function quadratureResponse(
  spectrum: Spectrum,
  radial: Float32Array,
  angular: FilterTables["angular"][number],
): { readonly even: Image; readonly odd: Image } {
  const odd = new Float32Array(spectrum.data.length);
  const even = new Float32Array(spectrum.data.length);
  for (let i = 0; i < radial.length; i++) {
    const re = spectrum.data[2 * i]! * radial[i]!;
    const im = spectrum.data[2 * i + 1]! * radial[i]!;
    even[2 * i] = re * angular.even[i]!;
    even[2 * i + 1] = im * angular.even[i]!;
    // the odd part of the transfer function is divided by i
    odd[2 * i] = im * angular.odd[i]!;
    odd[2 * i + 1] = -re * angular.odd[i]!;
  }
  const { shape } = spectrum;
  return { even: irfft2({ data: even, shape }), odd: irfft2({ data: odd, shape }) };
}
