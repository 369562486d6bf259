import { fftFriendlySize, irfft3, rfft3, type Spectrum } from "../../array/fft/fft.js";
import { centre, type Volume } from "../../array/image.js";
import { halfColumns, signedIndex, wrappedIndex } from "../../array/spectrum/half.js";
import { inRange, integerInRange } from "../../core/check.js";
import { DomainError } from "../../core/errors.js";
import type { Progress } from "../../core/ports.js";
import { POTENTIAL_PER_SCATTERING, scatteringFactor } from "./scattering.js";

/** An atom as far as the potential needs it. */
export interface PotentialAtom {
  /** Symbol, any case. */
  readonly element: string;
  /** Angstrom. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** 0 to 1; absent = 1. */
  readonly occupancy?: number;
  /** Angstrom squared; absent = 0. */
  readonly bFactor?: number;
}

/** The grid and the resolution of a potential map. */
export interface PotentialOptions {
  /** Angstrom per voxel. */
  readonly voxelSize: number;
  /** Voxels along each axis. */
  readonly box: number;
  /** Angstrom, at least twice the voxel size: nothing finer is kept. */
  readonly resolution: number;
  /** Whether each atom's own B factor widens it; absent = false. Predicted models carry a confidence in its place. */
  readonly applyBFactors?: boolean;
  /** What comes to the box's centre floor(n / 2), angstrom; absent = the mean position of the atoms. */
  readonly middle?: readonly [x: number, y: number, z: number];
}

/** Cut of the Gaussians in standard deviations, and the share of aliased amplitude, both before the filter. */
const CUT = 4.6;
const ALIASING = 1e-4;
/** The cut-off falls from 1 to 0 as a raised cosine over the last fifth of the frequencies. */
const EDGE = 0.8;
/** Millions of samples of the fine grid that are added to between two steps of `potentialSteps`: a few tenths of a second. */
const MILLIONS_A_STEP = 100;

/**
 * Electrostatic potential of an atomic model as electrons see it, in volt, independent neutral atoms, in vacuum.
 *
 * The map is the atoms' scattering factors exactly, times a soft low-pass: 1 up to 0.8 / resolution, a raised cosine to
 * 0 at 1 / resolution. Atoms are far narrower than a voxel, so neither sampling nor averaging them over voxels would
 * be right: each is widened by a known Gaussian, sampled on a grid of at most a third of the resolution, and the
 * widening is divided out in Fourier space (Ten Eyck 1977, Acta Cryst. A33:486).
 *
 * @returns cube of `box` voxels, white atoms, x y z as the coordinates
 * @throws DomainError for an empty model, a resolution finer than two voxels or a box that does not hold the model
 * @throws UnsupportedError for an element without a scattering factor
 */
export function potentialMap(atoms: readonly PotentialAtom[], options: PotentialOptions): Volume {
  const steps = potentialSteps(atoms, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * `potentialMap` in steps, between which a caller may look for a wish to stop: yields how far it is, and returns the map.
 */
export function* potentialSteps(
  atoms: readonly PotentialAtom[],
  options: PotentialOptions,
): Generator<Progress, Volume, void> {
  const voxelSize = inRange("voxelSize", options.voxelSize, "angstrom", 0.01, 100);
  const box = integerInRange("box", options.box, 2, 4096);
  const resolution = inRange("resolution", options.resolution, "angstrom", 2 * voxelSize, 1e3);
  const middle = options.middle ?? meanPosition(atoms);
  requireRoom(atoms, middle, box, voxelSize);

  const size = fineSize(options);
  const spacing = (box * voxelSize) / size;
  const widening = (4 * spacing * spacing * Math.log(1 / ALIASING)) / (1 - (2 * spacing) / resolution);
  const fine = yield* sampleAtoms(atoms, {
    middle,
    size,
    spacing,
    origin: (centre(box) * voxelSize) / spacing,
    widening,
    applyBFactors: options.applyBFactors ?? false,
  });
  yield laid(atoms.length, atoms.length);
  const spectrum = cropAndFilter(rfft3(fine), box, spacing, widening, resolution);
  yield { stage: "transforms of the map", done: 1, total: 2, unit: "transforms" };
  return irfft3(spectrum, voxelSize);
}

const laid = (done: number, total: number): Progress => ({
  ...{ stage: "atoms on the grid", done, total },
  unit: "atoms",
});

/** Samples along an axis of the grid on which atoms are laid: spaced by at most a third of the resolution. */
function fineSize({ voxelSize, box, resolution }: GridOptions): number {
  const least = Math.ceil((3 * box * voxelSize) / resolution - 1e-9);
  return least <= box ? box : fftFriendlySize(least);
}

type GridOptions = Pick<PotentialOptions, "voxelSize" | "box" | "resolution">;

/** Bytes that `potentialMap` takes at most: the fine grid with its transform, and the map with its own. */
export function potentialMemory(options: GridOptions): number {
  return 8 * fineSize(options) ** 3 + 8 * options.box ** 3;
}

/** Largest distance of two atoms, estimated as twice the largest distance from their mean position; angstrom. */
export function modelDiameter(atoms: readonly PotentialAtom[]): number {
  const [mx, my, mz] = meanPosition(atoms);
  let farthest = 0;
  for (const { x, y, z } of atoms)
    farthest = Math.max(farthest, (x - mx) ** 2 + (y - my) ** 2 + (z - mz) ** 2);
  return 2 * Math.sqrt(farthest);
}

/** What comes to the box's centre where nobody says otherwise, angstrom. */
export function meanPosition(atoms: readonly PotentialAtom[]): readonly [number, number, number] {
  if (atoms.length === 0) throw new DomainError("atoms", 0, "at least one atom");
  let [sx, sy, sz] = [0, 0, 0];
  for (const { x, y, z } of atoms) {
    sx += x;
    sy += y;
    sz += z;
  }
  return [sx / atoms.length, sy / atoms.length, sz / atoms.length];
}

function requireRoom(
  atoms: readonly PotentialAtom[],
  [mx, my, mz]: readonly [number, number, number],
  box: number,
  voxelSize: number,
): void {
  let farthest = 0;
  for (const { x, y, z } of atoms) {
    farthest = Math.max(farthest, Math.abs(x - mx), Math.abs(y - my), Math.abs(z - mz));
  }
  // the low half of an odd box is as long as its high half, that of an even box one voxel longer
  const room = (Math.ceil(box / 2) - 1) * voxelSize;
  if (!(farthest <= room)) {
    const needed = 2 * (Math.ceil(farthest / voxelSize) + 1);
    throw new DomainError("box", box, `at least ${needed} voxels, to hold the model`);
  }
}

interface Sampling {
  readonly middle: readonly [number, number, number];
  /** Samples along an axis, and the index that `middle` gets. */
  readonly size: number;
  readonly origin: number;
  /** Angstrom between samples. */
  readonly spacing: number;
  /** B factor added to every Gaussian, angstrom squared. */
  readonly widening: number;
  readonly applyBFactors: boolean;
}

/** Sum of the widened atoms on a periodic grid. */
function* sampleAtoms(
  atoms: readonly PotentialAtom[],
  sampling: Sampling,
): Generator<Progress, Volume, void> {
  const { middle, size, origin, spacing, widening } = sampling;
  const data = new Float32Array(size ** 3);
  const [ax, ay, az] = [new Axis(size), new Axis(size), new Axis(size)];
  let samples = 0;
  for (const [i, atom] of atoms.entries()) {
    if (samples >= 1e6 * MILLIONS_A_STEP) {
      yield laid(i, atoms.length);
      samples = 0;
    }
    const { a, b } = scatteringFactor(atom.element);
    const own = sampling.applyBFactors ? inRange("bFactor", atom.bFactor ?? 0, "angstrom²", 0, 1000) : 0;
    const occupancy = atom.occupancy ?? 1;
    for (let term = 0; term < a.length; term++) {
      const wide = b[term]! + own + widening;
      const exponent = (4 * Math.PI * Math.PI * spacing * spacing) / wide;
      const reach = (CUT * Math.sqrt(wide / 8)) / Math.PI / spacing;
      ax.fill(origin + (atom.x - middle[0]) / spacing, reach, exponent);
      ay.fill(origin + (atom.y - middle[1]) / spacing, reach, exponent);
      az.fill(origin + (atom.z - middle[2]) / spacing, reach, exponent);
      const peak = POTENTIAL_PER_SCATTERING * occupancy * a[term]! * ((4 * Math.PI) / wide) ** 1.5;
      addProduct(data, size, peak, ax, ay, az);
      samples += ax.count * ay.count * az.count;
    }
  }
  return { data, shape: [size, size, size], voxelSize: spacing };
}

/** A Gaussian along one axis of a periodic grid: its samples and their indices. */
class Axis {
  readonly value: Float64Array;
  readonly index: Int32Array;
  count = 0;

  constructor(private readonly size: number) {
    this.value = new Float64Array(size);
    this.index = new Int32Array(size);
  }

  fill(at: number, reach: number, exponent: number): void {
    const first = Math.ceil(at - reach);
    this.count = Math.min(this.size, Math.floor(at + reach) - first + 1);
    for (let i = 0; i < this.count; i++) {
      const distance = first + i - at;
      this.value[i] = Math.exp(-exponent * distance * distance);
      this.index[i] = (first + i + 2 * this.size) % this.size;
    }
  }
}

function addProduct(data: Float32Array, size: number, peak: number, ax: Axis, ay: Axis, az: Axis): void {
  const smallest = Math.exp(-(CUT * CUT) / 2);
  for (let k = 0; k < az.count; k++) {
    for (let j = 0; j < ay.count; j++) {
      const yz = az.value[k]! * ay.value[j]!;
      if (yz < smallest) continue; // the corners of the cube beyond the cut
      const weight = peak * yz;
      const row = (az.index[k]! * size + ay.index[j]!) * size;
      for (let i = 0; i < ax.count; i++) data[row + ax.index[i]!]! += weight * ax.value[i]!;
    }
  }
}

/** The spectrum on the coarser grid: the widening divided out, the low-pass applied, scaled to the same density. */
function cropAndFilter(
  fine: Spectrum<Volume["shape"]>,
  box: number,
  spacing: number,
  widening: number,
  resolution: number,
): Spectrum<Volume["shape"]> {
  const size = fine.shape[0];
  const width = halfColumns(box);
  const fineWidth = halfColumns(size);
  const data = new Float32Array(2 * box * box * width);
  const step = 1 / (size * spacing);
  const density = (box / size) ** 3;
  for (let k = 0; k < box; k++) {
    const kz = signedIndex(k, box);
    for (let j = 0; j < box; j++) {
      const ky = signedIndex(j, box);
      const to = (k * box + j) * width;
      const from = (wrappedIndex(kz, size) * size + wrappedIndex(ky, size)) * fineWidth;
      for (let kx = 0; kx < width; kx++) {
        const k2 = (kx * kx + ky * ky + kz * kz) * step * step;
        const pass = lowPass(Math.sqrt(k2) * resolution);
        if (pass === 0) break;
        const factor = density * pass * Math.exp((widening * k2) / 4);
        data[2 * (to + kx)] = factor * fine.data[2 * (from + kx)]!;
        data[2 * (to + kx) + 1] = factor * fine.data[2 * (from + kx) + 1]!;
      }
    }
  }
  return { data, shape: [box, box, box] };
}

/** The soft cut-off at a frequency relative to 1 / resolution. */
function lowPass(relative: number): number {
  if (relative <= EDGE) return 1;
  return relative >= 1 ? 0 : (1 + Math.cos((Math.PI * (relative - EDGE)) / (1 - EDGE))) / 2;
}
