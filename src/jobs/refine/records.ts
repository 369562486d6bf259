import { z } from "zod";
import { parseJson } from "../../dataset/check.js";
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

const shown = z.looseObject({
  format: z.literal("cryogem-refinement"),
  options: z.looseObject({ initialLowPass: z.number().positive(), symmetry: z.string() }),
  particles: z.int().min(1),
  box: z.int().min(1),
  pixelSize: z.number().positive(),
  particleDiameter: z.number().positive(),
  iterations: z.int().min(0),
  hasConverged: z.boolean(),
});

/** What a page says of a finished refinement. @throws FormatError that names the field */
export const parseRefineRecord = (text: string, path: string): z.infer<typeof shown> =>
  parseJson(shown, text, path);
