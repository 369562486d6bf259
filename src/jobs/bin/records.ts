import { z } from "zod";
import { parseJson } from "../../dataset/check.js";

const shape = z.tuple([z.int().min(1), z.int().min(1)]);

const binnedMicrograph = z.object({
  /** The raw micrograph as it was given. */
  file: z.string().min(1),
  sha256: z.string(),
  /** Rows and columns. */
  shape,
  /** Angstrom. */
  pixelSize: z.number().positive(),
  /** The binned micrograph, relative to the folder; the raw one itself where it was as coarse already. */
  binned: z.string().min(1),
  binnedShape: shape,
  binnedPixelSize: z.number().positive(),
});

const binned = z.object({
  format: z.literal("cryogem-binned"),
  formatVersion: z.literal(1),
  program: z.string(),
  micrographs: z.array(binnedMicrograph).min(1),
});

/** binned.json: which micrographs were binned, from which size to which. */
export type BinnedRecord = z.infer<typeof binned>;
export type BinnedMicrograph = z.infer<typeof binnedMicrograph>;

/** Reads binned.json. @throws FormatError that names the field */
export const parseBinned = (text: string, path: string): BinnedRecord => parseJson(binned, text, path);

/** Reads what is kept of one micrograph. @throws FormatError that names the field */
export const parseBinnedMicrograph = (text: string, path: string): BinnedMicrograph =>
  parseJson(binnedMicrograph, text, path);

/** Whether a micrograph was binned; else it was as coarse already. Its name does not tell: in its own folder a raw one has the same. */
export const isBinned = ({ shape, binnedShape }: BinnedMicrograph): boolean =>
  shape.join() !== binnedShape.join();

/** Files of the folder beside the micrographs. */
export const BINNED = { record: "binned.json", parts: "parts" } as const;
