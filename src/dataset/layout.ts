/** Where things lie in a dataset folder. Paths are relative to it, with "/" between; see docs/guide/dataset.md. */
export const DATASET = {
  manifest: "dataset.json",
  micrographs: "micrographs.star",
  particles: "particles.star",
  truth: "truth.jsonl",
  /** With a detector that has one. */
  mtf: "mtf.star",
  /** What an unfinished dataset knows so far; gone when it is finished. */
  parts: "parts",
  job: "parts/job.json",
} as const;

/** The folders with a file for each micrograph. */
export type ImageKind = "micrographs" | "masks" | "previews" | "clean";

const EXTENSION: Readonly<Record<ImageKind, string>> = {
  micrographs: "mrc",
  masks: "png",
  previews: "png",
  clean: "mrc",
};

/** File name of micrograph `index` (from 1), as "micrographs/000001.mrc". */
export const imagePath = (kind: ImageKind, index: number): string =>
  `${kind}/${stem(index)}.${EXTENSION[kind]}`;

/** What is known of one micrograph before the dataset is joined. */
export const partPath = (index: number): string => `${DATASET.parts}/${stem(index)}.json`;

/** A path inside the folder `dir`. */
export const inside = (dir: string, path: string): string =>
  dir.endsWith("/") ? dir + path : `${dir}/${path}`;

const stem = (index: number): string => String(index).padStart(6, "0");
