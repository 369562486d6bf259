import type { Defocus, Optics } from "../physics/optics.js";

/** One micrograph of a dataset. Paths are relative to the dataset folder. */
export interface MicrographRecord extends Defocus {
  /** Counts from 1; file names are its six-digit form. */
  readonly index: number;
  readonly path: string;
  readonly shape: readonly [rows: number, columns: number];
  /** Mean of the ice gradient W over the field, 0 to 1. */
  readonly iceMean: number;
  readonly particles: number;
}

/** Everything known of one particle: a line of truth.jsonl. */
export interface ParticleRecord {
  /** Unique in the dataset, counts from 1, in the order of particles.star. */
  readonly id: number;
  /** Index of its micrograph. */
  readonly micrograph: number;
  /** Pixels; the integer coordinate that particles.star carries. Origin = centre of the first array element. */
  readonly x: number;
  readonly y: number;
  /** Angstrom; rlnOriginXAngst: the particle truly sits at x - originX / pixelSize. */
  readonly originX: number;
  readonly originY: number;
  /** Degrees, RELION's ZYZ. */
  readonly rot: number;
  readonly tilt: number;
  readonly psi: number;
  /** The rotation matrix A of those angles, row by row. */
  readonly matrix: readonly number[];
  /** Angstrom above the middle of the ice; its own defocus is the micrograph's minus this. */
  readonly depth: number;
  readonly defocusU: number;
  readonly defocusV: number;
  readonly defocusAngle: number;
  readonly phaseShift: number;
  /** Which of several structures or conformations, from 0. */
  readonly structure: number;
  /** Fraction of its footprint inside the micrograph, 0 to 1. */
  readonly visibleFraction: number;
  /** Fraction of its footprint that other particles cover, 0 to 1. */
  readonly overlap: number;
  /** Half set 1 or 2 (rlnRandomSubset). */
  readonly halfSet: 1 | 2;
}

/** A dataset's manifest, dataset.json. */
export interface DatasetManifest {
  readonly format: "cryogem-dataset";
  readonly formatVersion: 1;
  readonly program: string;
  /** What wrote it: simulate or generate. */
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
  readonly optics: Optics;
  readonly particleDiameter: number;
  readonly micrographs: readonly MicrographRecord[];
  readonly particles: number;
}
