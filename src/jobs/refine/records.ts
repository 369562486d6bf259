import type { IterationFigures } from "./state.js";

/** Files of a refinement's folder. */
export const REFINEMENT = {
  record: "refine.json",
  particles: "run_data.star",
  halves: ["half1.mrc", "half2.mrc"],
  map: "map.mrc",
  fsc: "fsc.svg",
  convergence: "convergence.svg",
  figures: "iterations.jsonl",
} as const;

/** What refine.json holds. */
export interface RefineRecord {
  readonly format: "cryogem-refinement";
  readonly formatVersion: 1;
  readonly program: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly particles: number;
  /** Pixels, and angstrom per pixel, of images and maps. */
  readonly box: number;
  readonly pixelSize: number;
  /** Angstrom: of the mask of images. */
  readonly particleDiameter: number;
  /** Angstrom: where the correlation of the halves under the mask falls below 0.143. */
  readonly resolution: number;
  readonly iterations: number;
  /** Whether it ended by itself. */
  readonly hasConverged: boolean;
  readonly last: IterationFigures;
}
