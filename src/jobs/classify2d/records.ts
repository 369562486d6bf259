import type { ClassFigures } from "./state.js";

/** Files of a classification's folder. */
export const CLASSIFICATION = {
  record: "classify2d.json",
  particles: "run_data.star",
  model: "run_model.star",
  averages: "classes.mrcs",
  sheet: "classes.svg",
  figures: "iterations.jsonl",
} as const;

/** What classify2d.json holds. */
export interface Classify2dRecord {
  readonly format: "cryogem-classification";
  readonly formatVersion: 1;
  readonly program: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly particles: number;
  /** Pixels, and angstrom per pixel, of images and averages. */
  readonly box: number;
  readonly pixelSize: number;
  /** Classes that have particles, largest first. */
  readonly classes: readonly { readonly particles: number; readonly resolution: number | null }[];
  readonly iterations: number;
  /** Whether it ended by itself. */
  readonly hasConverged: boolean;
  readonly last: ClassFigures;
}
