/** What a reconstruction's folder holds. */
export const RECONSTRUCTION = {
  record: "reconstruct.json",
  map: "map.mrc",
  half1: "half1.mrc",
  half2: "half2.mrc",
} as const;

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
}
