import type { Defocus, Optics } from "../physics/optics/optics.js";
import type { Contaminant } from "../physics/specimen/contaminants.js";

/** One micrograph of a dataset. Paths are relative to the dataset folder. */
export interface MicrographRecord extends Defocus {
  /** Counts from 1; file names are its six-digit form. */
  readonly index: number;
  readonly path: string;
  readonly shape: readonly [rows: number, columns: number];
  /** Mean of the ice gradient W over the field, 0 to 1. */
  readonly iceMean: number;
  readonly particles: number;
  /** Lumps of ice and dirt, which are no particles; absent: the dataset has none. */
  readonly contaminants?: readonly Contaminant[];
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
  /** By which its projection is multiplied (rlnCtfScalefactor); absent: 1. */
  readonly strength?: number;
  /** Fraction of its footprint inside the micrograph, 0 to 1. */
  readonly visibleFraction: number;
  /** Fraction of its footprint that other particles cover, 0 to 1. */
  readonly overlap: number;
  /** Half set 1 or 2 (rlnRandomSubset). */
  readonly halfSet: 1 | 2;
}

/** A particle before it has its place in the dataset, which gives it its id and its half set. */
export type ParticleDraft = Omit<ParticleRecord, "id" | "halfSet">;

/** One micrograph and its particles: what is written beside its images until the dataset is joined. */
export interface MicrographPart {
  readonly micrograph: MicrographRecord;
  readonly particles: readonly ParticleDraft[];
}

/** A file that went into a dataset. */
export interface InputRecord {
  readonly path: string;
  readonly sha256: string;
}

/** The MTF that all micrographs of a dataset have. */
export interface MtfRecord {
  /** STAR file in the dataset folder. */
  readonly path: string;
  /** Angstrom, of the detector's physical pixels, to which the curve refers. */
  readonly pixelSize: number;
}

/** What decides every byte of a dataset: two jobs that are equal in this make equal datasets. */
export interface DatasetJob {
  /** As "cryogem 0.1.0". */
  readonly program: string;
  /** What writes it: simulate or generate. */
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly inputs: readonly InputRecord[];
  readonly optics: Optics;
  /** Angstrom; the largest, where there are several structures. */
  readonly particleDiameter: number;
  /** Angstrom squared, of the envelope exp(-B k² / 4) that all micrographs share; absent = none. */
  readonly bFactor?: number;
  /** Of the detector; absent = ideal. */
  readonly mtf?: MtfRecord;
  /** Micrographs. */
  readonly count: number;
}

/** A dataset's manifest, dataset.json. */
export interface DatasetManifest extends Omit<DatasetJob, "count"> {
  readonly format: "cryogem-dataset";
  readonly formatVersion: 1;
  readonly micrographs: readonly MicrographRecord[];
  readonly particles: number;
}
