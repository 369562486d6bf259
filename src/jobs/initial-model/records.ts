/** Files of a folder with initial models. */
export const INITIAL_MODEL = {
  record: "initial-model.json",
  particles: "run_data.star",
  map: (number: number): string => `map${number}.mrc`,
  figures: "steps.jsonl",
} as const;

/** What initial-model.json holds. */
export interface InitialModelRecord {
  readonly format: "cryogem-initial-model";
  readonly formatVersion: 1;
  readonly program: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly particles: number;
  /** Pixels, and angstrom per pixel, of images and maps. */
  readonly box: number;
  readonly pixelSize: number;
  /** Angstrom: finest detail that was compared. */
  readonly comparedTo: number;
  /** Particles of each model, largest first. */
  readonly classes: readonly number[];
  /** Mean over particles of the probability of the likeliest pose, in the last pass. */
  readonly confidence: number;
}
