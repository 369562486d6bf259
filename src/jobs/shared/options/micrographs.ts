import { numberOption, pathOption, pathsOption, sizeOption } from "./option.js";

/** Micrographs to be measured or picked. */
export const micrographs = pathsOption({
  value: "paths",
  help: "micrographs: files, folders or globs of MRC, TIFF or PNG, protein dark",
});

/** Size of micrographs that are not at hand: any that a detector or a program writes. */
export const micrographSize = sizeOption(
  { from: 1, to: 100_000 },
  { value: "pixels", help: "size of all micrographs" },
);

/** What was measured on real micrographs. */
export const estimates = pathOption({ value: "dir", help: "folder that `estimate` wrote" });

/** A border of micrographs that is left out. */
export const margin = numberOption(
  { unit: "pixels", from: 0, to: 10_000 },
  { value: "pixels", help: "margin along the edges", fallback: 0 },
);
