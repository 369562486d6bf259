import type { Image } from "../../array/image.js";
import { type PowerSpectrum, powerSpectrum2d } from "../../array/spectrum/power.js";
import { integerInRange } from "../../core/check.js";
import { DomainError } from "../../core/errors.js";
import type { Defocus, Optics } from "../../physics/optics/optics.js";
import { judgeDefocus, type RingProblem, ringProblem, searchDefocus } from "./ctf-search.js";
import { type RingAgreement, ringAgreement } from "./ring-agreement.js";
import { weightedByContrast } from "./ring-weight.js";

/** How a CTF is fitted. */
export interface CtfFitOptions {
  /** Lowest and highest frequency fitted, as resolutions in angstrom: max(22, 4.4 pixels) and max(5, 2.1 pixels) when absent. */
  readonly fitMin?: number;
  readonly fitMax?: number;
  /** Mean defocus searched, angstrom: 5,000 to 50,000 when absent. */
  readonly defocusRange?: readonly [low: number, high: number];
  /** Degrees, of a phase plate; known, not fitted. 0 when absent. */
  readonly phaseShift?: number;
  /** Fitted by another program: it is taken as it is, and only judged by the rings. */
  readonly known?: Defocus;
  /** Pixels on a side of the tiles whose spectra are averaged, even: `tileSize` when absent. */
  readonly tile?: number;
}

/** A fitted CTF, with the spectrum and the band that it was fitted to. */
export interface CtfFit extends Defocus, RingAgreement {
  /** Frequencies fitted, 1/angstrom. */
  readonly band: readonly [low: number, high: number];
  /** The averaged spectrum it was fitted to. */
  readonly spectrum: PowerSpectrum;
}

const TILE_RANGE = [256, 1024] as const;

/** Tile for Thon rings, pixels: the power of two that spans at least 750 angstrom, from 256 to 1024. */
export function tileSize(pixelSize: number, shape: readonly [rows: number, columns: number]): number {
  const fits = 2 ** Math.floor(Math.log2(Math.min(...shape)));
  const wanted = 2 ** Math.ceil(Math.log2(750 / pixelSize));
  return Math.min(fits, Math.max(TILE_RANGE[0], Math.min(TILE_RANGE[1], wanted)));
}

/**
 * Defocus, astigmatism and its angle of a micrograph by its Thon rings.
 *
 * Places count by their contrast (`weightedByContrast`). The averaged spectrum is divided by a smooth trend; for every
 * defocus tried it is averaged along curves of equal CTF phase and explained, by least squares, as baseline + envelope
 * |CTF|² with smooth curves >= 0. The best is taken.
 * Sources: Rohou & Grigorieff 2015, J. Struct. Biol. 192:216 (order of the search, resolution of agreement); Zhang
 * 2016, J. Struct. Biol. 193:1 (equiphase averaging). defocusU >= defocusV; defocusAngle in (-90, 90].
 *
 * @param image contrast of either sign, any scale
 * @throws DomainError for a micrograph below 256 x 256 pixels or constant, and for a band or range that is empty
 */
export function fitCtf(image: Image, optics: Optics, options: CtfFitOptions = {}): CtfFit {
  const band = fitBand(optics.pixelSize, options);
  const tile = tileOf(image, optics.pixelSize, options.tile);
  const spectrum = powerSpectrum2d(weightedByContrast(image, optics.pixelSize), tile);
  if (!(spectrum.data[1]! > 0)) throw new DomainError("micrograph", "a constant image", "some contrast");
  const phaseShift = options.known?.phaseShift ?? options.phaseShift ?? 0;
  const problem: RingProblem = ringProblem(spectrum, { ...optics, phaseShift }, band, defocusRange(options));
  if (options.known) {
    const solution = judgeDefocus(problem, vectorOf(options.known));
    return { ...options.known, band, spectrum, ...ringAgreement(solution, band) };
  }
  const solution = searchDefocus(problem);
  const { mean, cosine, sine } = solution.at;
  const half = Math.sqrt(cosine * cosine + sine * sine);
  return {
    defocusU: mean + half,
    defocusV: mean - half,
    defocusAngle: (Math.atan2(sine, cosine) * 90) / Math.PI,
    phaseShift,
    band,
    spectrum,
    ...ringAgreement(solution, band),
  };
}

/** Mean defocus and astigmatism as the vector of half the difference at twice its angle. */
function vectorOf({ defocusU, defocusV, defocusAngle }: Defocus) {
  const half = (defocusU - defocusV) / 2;
  const angle = (defocusAngle * Math.PI) / 90;
  return { mean: (defocusU + defocusV) / 2, cosine: half * Math.cos(angle), sine: half * Math.sin(angle) };
}

function tileOf(image: Image, pixelSize: number, wanted: number | undefined): number {
  const [rows, columns] = image.shape;
  if (Math.min(rows, columns) < TILE_RANGE[0]) {
    throw new DomainError(
      "micrograph",
      `${rows} x ${columns} pixels`,
      `at least ${TILE_RANGE[0]} on each side`,
    );
  }
  if (wanted === undefined) return tileSize(pixelSize, image.shape);
  integerInRange("tile", wanted / 2, 32, Math.floor(Math.min(rows, columns) / 2));
  return wanted;
}

/** Frequencies fitted, 1/angstrom. @throws DomainError for a band that is empty or beyond Nyquist */
export function fitBand(pixelSize: number, { fitMin, fitMax }: CtfFitOptions): readonly [number, number] {
  const low = fitMin ?? Math.max(22, 4.4 * pixelSize);
  const high = fitMax ?? Math.max(5, 2.1 * pixelSize);
  if (!(high >= 2 * pixelSize)) {
    throw new DomainError("fitMax", high, `${2 * pixelSize} angstrom (Nyquist) or more`);
  }
  if (!(low > 1.5 * high)) {
    throw new DomainError("fitMin", low, `more than ${1.5 * high} angstrom, one and a half times \`fitMax\``);
  }
  return [1 / low, 1 / high];
}

function defocusRange({ defocusRange: range = [5_000, 50_000] }: CtfFitOptions): readonly [number, number] {
  if (!(range[0] >= 500 && range[1] > range[0] && range[1] <= 200_000)) {
    throw new DomainError("defocus range", range, "lowest then highest, 500 to 200000 angstrom");
  }
  return range;
}
