import { irfft3, rfft3 } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { filterRadially, lowPassAt, type VolumeSpectrum } from "../../array/spectrum/shells.js";
import { DomainError } from "../../core/errors.js";
import { type TransferCurve, transferAt } from "../../io/transfer-curve.js";
import { fitGuinier, type GuinierFit, type GuinierPlot, guinierPlot } from "./guinier.js";

export interface SharpenOptions {
  /** The detector's curve, by which the map is divided. */
  readonly mtf?: TransferCurve;
  /** Angstrom per physical pixel of the detector; absent = the voxel size. */
  readonly mtfPixelSize?: number;
  /** Correlation of the half maps by shell, by which the map is weighted; absent = no weighting. */
  readonly fsc?: Float64Array;
  /** Angstrom², negative sharpens; "fit" takes it from the Guinier plot of the weighted map; absent = none is applied. */
  readonly bFactor?: number | "fit";
  /** Resolutions in angstrom between which the Guinier plot is fitted; 0 = up to Nyquist. Default 10 and 0. */
  readonly fitRange?: readonly [lowest: number, highest: number];
  /** Angstrom; absent = no filter. */
  readonly lowPass?: number;
}

export interface Sharpened {
  readonly map: Volume;
  /** Angstrom², as it was applied; 0 for none. */
  readonly bFactor: number;
  /** Where the B factor was fitted. */
  readonly fit: GuinierFit | undefined;
  /** Plots of the map as it was, after division by the MTF, after weighting, and after sharpening. */
  readonly guinier: {
    readonly input: GuinierPlot;
    readonly overMtf: GuinierPlot;
    readonly weighted: GuinierPlot;
    readonly sharpened: GuinierPlot;
  };
}

/** From the first shell below this correlation on the weights are 0, as in RELION. */
const LEAST_CORRELATION = 1e-4;
/** The least value of an MTF by which anything is divided. */
const LEAST_MTF = 1e-10;

/**
 * A map sharpened as relion_postprocess does it: divided by the MTF, weighted by sqrt(2 FSC / (1 + FSC)) up to the first
 * shell without correlation, multiplied by exp(-B / 4 d²), and low-passed with an edge of two shells.
 * Source of the weighting: Rosenthal & Henderson 2003, J. Mol. Biol. 333:721.
 *
 * @throws DomainError for an MTF that reaches 0
 */
export function sharpen(map: Volume, options: SharpenOptions): Sharpened {
  const { voxelSize, shape } = map;
  const size = shape[0];
  const spectrum = rfft3(map);
  const input = guinierPlot(spectrum, voxelSize);
  if (options.mtf) divideByMtf(spectrum, voxelSize, options.mtf, options.mtfPixelSize ?? voxelSize);
  const overMtf = guinierPlot(spectrum, voxelSize);
  if (options.fsc) filterRadially(spectrum, fscWeight(options.fsc));
  const weighted = guinierPlot(spectrum, voxelSize);
  const fit =
    options.bFactor === "fit" ? fitGuinier(weighted, ...(options.fitRange ?? ([10, 0] as const))) : undefined;
  const bFactor = fit ? 4 * fit.slope : ((options.bFactor as number | undefined) ?? 0);
  if (bFactor !== 0) filterRadially(spectrum, bFactorWeight(bFactor, size, voxelSize));
  const sharpened = guinierPlot(spectrum, voxelSize);
  if (options.lowPass !== undefined) {
    filterRadially(spectrum, lowPassAt(Math.round((size * voxelSize) / options.lowPass)));
  }
  return {
    map: irfft3(spectrum, voxelSize),
    bFactor,
    fit,
    guinier: { input, overMtf, weighted, sharpened },
  };
}

function divideByMtf(
  spectrum: VolumeSpectrum,
  voxelSize: number,
  mtf: TransferCurve,
  physicalPixel: number,
): void {
  for (const value of mtf.value) {
    if (value < LEAST_MTF)
      throw new DomainError("MTF", value, "more than 0 everywhere: the map is divided by it");
  }
  const size = spectrum.shape[0];
  // beyond Nyquist nothing is kept in the end
  filterRadially(spectrum, (radius) =>
    2 * radius < size ? 1 / transferAt(mtf, (radius / size / voxelSize) * physicalPixel) : 1,
  );
}

function fscWeight(fsc: Float64Array): (radius: number) => number {
  const end = fsc.findIndex((value) => value < LEAST_CORRELATION);
  return (radius) => {
    const shell = Math.floor(radius + 0.5);
    if (shell >= (end < 0 ? fsc.length : end)) return 0;
    return Math.sqrt((2 * fsc[shell]!) / (1 + fsc[shell]!));
  };
}

const bFactorWeight =
  (bFactor: number, size: number, voxelSize: number) =>
  (radius: number): number =>
    2 * radius <= size ? Math.exp((-bFactor / 4) * (radius / (size * voxelSize)) ** 2) : 0;
