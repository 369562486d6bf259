import type { NumberFit, NumberResolution } from "../../evaluate/maps/rosenthal-henderson.js";

/** What a reconstruction's folder holds. */
export const RECONSTRUCTION = {
  record: "reconstruct.json",
  map: "map.mrc",
  half1: "half1.mrc",
  half2: "half2.mrc",
  byNumber: "by_number.csv",
  byNumberFigure: "by_number.svg",
} as const;

/** The resolution of half maps of some of the particles. */
export interface SubsetResolution extends NumberResolution {
  /** Number of the random order, from 1; all particles are in order 0. */
  readonly order: number;
  /** False where the curve stays above 0.143 up to Nyquist: the true resolution is finer. */
  readonly crossed: boolean;
}

/** What was reconstructed: reconstruct.json. */
export interface ReconstructionRecord {
  readonly format: "cryogem-reconstruction";
  readonly formatVersion: 1;
  readonly program: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** In the file; the maps may be of fewer. */
  readonly particles: number;
  /** Voxels along each axis, angstrom. */
  readonly box: number;
  readonly voxelSize: number;
  /** File names, with the particles of each. */
  readonly maps: readonly { readonly file: string; readonly particles: number }[];
  /** Angstrom at FSC 0.143 of the half maps without mask. */
  readonly halfMapResolution?: number;
  /** With `byNumber`: half maps of subsets of the particles, and the B factor by them, where one can be told. */
  readonly byNumber?: { readonly found: readonly SubsetResolution[]; readonly fit?: NumberFit };
}
