import { turnedAxis } from "../../array/eight-turns.js";
import type { Image } from "../../array/image.js";
import { visitFrequencies } from "../../array/spectrum/half.js";
import { CORNER, type PowerSpectrum, powerSpectrum2d } from "../../array/spectrum/power.js";
import { type EvenProfile, profileAt } from "../../array/spectrum/profile.js";
import { mean } from "../../array/statistics.js";
import { fitCtf } from "../../estimate/ctf/ctf-fit.js";
import { type CtfParameters, ctf } from "../../physics/optics/ctf.js";
import type { Defocus, Optics } from "../../physics/optics/optics.js";

/** All that decides |CTF|² at every pixel of a micrograph's spectrum. */
export type MicrographCtf = CtfParameters & Pick<Optics, "pixelSize">;

/**
 * Power spectra of a set of micrographs as `base(k) + thonRings(k) |CTF(kx, ky)|²`: what does not pass the optics, as counting
 * noise, and what does, as particles and ice, whose Thon rings differ from micrograph to micrograph.
 */
export interface RingModel {
  readonly base: EvenProfile;
  readonly thonRings: EvenProfile;
}

interface Spectrum {
  readonly image: Image;
  readonly optics: MicrographCtf;
}

/** Tile that resolves Thon rings, and the smallest micrograph whose CTF is fitted, pixels. */
const TILE = 256;
/** Of a tile, into the corners of the spectrum. */
const RINGS = Math.floor(TILE * CORNER) + 1;
/** Frequencies over which base and Thon rings are taken for constant: so many steps of the tile either way. */
const WINDOW = 4;
/** Variance of |CTF|² within a window below which base and Thon rings cannot be told apart. */
const LEAST_SPREAD = 1e-3;
/** Share of the first zero of the CTF below which particles leave too little to see of the ice. */
const FIRST_ZERO_SHARE = 0.8;
/** Share of its power that the base keeps where particles seem to explain more than there is. */
const FLOOR = 0.3;

/**
 * Splits the noise of real micrographs into what has Thon rings and what has none. CTFs that are not known are fitted; where
 * a micrograph shows none the fit is random, and the split finds none.
 *
 * @param share of the signal in the variance of the real micrographs, which are normalised
 * @param even the power of the noise without Thon rings; kept below the first zero of the CTF
 * @returns nothing where micrographs are too small to fit a CTF
 */
export function measureIce(
  set: {
    readonly real: readonly Image[];
    readonly realDefocus: readonly (Defocus | undefined)[];
    readonly simulated: readonly Spectrum[];
    readonly cleanVariance: number;
  },
  share: number,
  even: EvenProfile,
): RingModel | undefined {
  const sides = [...set.real, ...set.simulated.map(({ image }) => image)].flatMap(({ shape }) => shape);
  const optics = set.simulated[0]!.optics;
  if (Math.min(...sides) < TILE) return undefined;
  const fits = set.real.map((image, i) => ({
    image,
    optics: { ...optics, ...(set.realDefocus[i] ?? fittedDefocus(image, optics)) },
  }));
  const from = FIRST_ZERO_SHARE * mean(fits.map((fit) => firstZero(fit.optics)));
  const real = fitRingModel(fits);
  const clean = fitRingModel(set.simulated);
  const base = new Float64Array(RINGS);
  const thonRings = new Float64Array(base.length);
  for (let i = 0; i < base.length; i++) {
    if (i / TILE < from) {
      base[i] = profileAt(even, i / TILE);
      continue;
    }
    // what the particles contribute is in the clean micrographs already
    const particles = (share / set.cleanVariance) * clean.thonRings.values[i]!;
    thonRings[i] = Math.max(0, real.thonRings.values[i]! - particles);
    base[i] = Math.max(real.base.values[i]!, FLOOR * profileAt(even, i / TILE));
  }
  return { base: { tile: TILE, values: base }, thonRings: { tile: TILE, values: thonRings } };
}

function fittedDefocus(image: Image, optics: MicrographCtf) {
  const { defocusU, defocusV, defocusAngle } = fitCtf(image, optics, { phaseShift: optics.phaseShift });
  return { defocusU, defocusV, defocusAngle };
}

/** Cycles per pixel at which a CTF first changes its sign; 1/2 where it does not. */
function firstZero({ pixelSize, ...parameters }: MicrographCtf): number {
  const kernel = ctf(parameters);
  const start = Math.sign(kernel(1e-6, 0));
  for (let k = 1 / TILE; k < 0.5; k += 1 / (4 * TILE)) {
    if (Math.sign(kernel(k / pixelSize, 0)) !== start) return k;
  }
  return 0.5;
}

/**
 * Least squares of base and Thon rings, frequency by frequency: all pixels of all spectra within a window of |k|. Several
 * defoci, or several zeros of one CTF within the window, tell the two apart; where neither does, all power is base.
 */
export function fitRingModel(micrographs: readonly Spectrum[]): RingModel {
  const zeros = (): Float64Array => new Float64Array(RINGS);
  const sums = { n: zeros(), c: zeros(), cc: zeros(), p: zeros(), pc: zeros() };
  for (const { image, optics } of micrographs) {
    const { data } = powerSpectrum2d(image, TILE);
    eachFrequency(TILE, optics, (i, k, c) => {
      const step = Math.min(RINGS - 1, Math.round(k * TILE));
      sums.n[step]! += 1;
      sums.c[step]! += c;
      sums.cc[step]! += c * c;
      sums.p[step]! += data[i]!;
      sums.pc[step]! += data[i]! * c;
    });
  }
  const base = zeros();
  const thonRings = zeros();
  for (let step = 0; step < RINGS; step++) {
    const [n, c, cc, p, pc] = [sums.n, sums.c, sums.cc, sums.p, sums.pc].map((of) => windowSum(of, step)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const spread = cc / n - (c / n) ** 2;
    thonRings[step] = spread > LEAST_SPREAD ? Math.max(0, (pc / n - (p / n) * (c / n)) / spread) : 0;
    base[step] = Math.max(0, (sums.p[step]! - thonRings[step]! * sums.c[step]!) / sums.n[step]!);
  }
  return { base: { tile: TILE, values: base }, thonRings: { tile: TILE, values: thonRings } };
}

function windowSum(values: Float64Array, step: number): number {
  let sum = 0;
  const last = Math.min(values.length - 1, step + WINDOW);
  for (let i = Math.max(1, step - WINDOW); i <= last; i++) sum += values[i]!;
  return sum;
}

/** A power spectrum with the Thon rings of a micrograph's CTF on top. */
export function withThonRings(
  power: PowerSpectrum,
  thonRings: EvenProfile,
  optics: MicrographCtf,
): PowerSpectrum {
  const data = power.data.slice();
  eachFrequency(power.shape[0], optics, (i, k, ctf2) => {
    data[i]! += profileAt(thonRings, k) * ctf2;
  });
  return { data, shape: power.shape };
}

/** Calls back with index, frequency in cycles per pixel and |CTF|² for a tile's half spectrum. */
function eachFrequency(
  tile: number,
  { pixelSize, ...parameters }: MicrographCtf,
  visit: (index: number, k: number, ctf2: number) => void,
): void {
  const kernel = ctf(parameters);
  visitFrequencies([tile, tile], (at, kx, ky) => {
    const value = kernel(kx / pixelSize, ky / pixelSize);
    visit(at, Math.sqrt(kx * kx + ky * ky), value * value);
  });
}

/** The CTF of a micrograph that was turned as crops are. Only the axis of astigmatism notices. */
export const turnedCtf = (optics: MicrographCtf, turn: number): MicrographCtf => ({
  ...optics,
  defocusAngle: turnedAxis(optics.defocusAngle, turn),
});
