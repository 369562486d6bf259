import { z } from "zod";
import { parseJson } from "../../dataset/check.js";

/** Files of a folder of picks beside the folders pictures, labels and coordinates. */
export const PICKS = {
  record: "picks.json",
  /** Above the threshold, as RELION reads particles. */
  star: "picks.star",
  /** Above the threshold, as RELION 4 and newer read picks: a list of a file for each micrograph. */
  autopick: "autopick.star",
  /** Every peak with its score, as Topaz text. */
  all: "all-picks.txt",
  /** What is kept of each micrograph until the others are done. */
  parts: "parts",
  /** What shares say of micrographs that cannot be picked, until they are joined. */
  failures: "failures",
} as const;

const finite = z.number();
const shape = z.tuple([z.int().min(1), z.int().min(1)]);
const defocus = z.object({
  defocusU: finite,
  defocusV: finite,
  defocusAngle: finite,
  phaseShift: finite,
});

const part = z.object({
  /** What it was made from: options, contents, program. */
  key: z.string(),
  shape,
  /** x, y and score of each peak, the highest first; micrograph pixels. */
  peaks: z.array(z.tuple([finite, finite, finite])),
  defocus: defocus.nullable(),
  /** Of the rings, where the CTF was fitted here. */
  evidence: finite.nullable(),
  /** Angstrom, as the file has it. */
  headerPixelSize: finite.nullable(),
});

/** One micrograph's peaks. */
export type PickPart = z.infer<typeof part>;

/** Reads a part. @throws FormatError that names the field */
export const parsePickPart = (text: string, path: string): PickPart => parseJson(part, text, path);

const failure = z.object({
  /** What it was tried with: options, program. */
  key: z.string(),
  failure: z.string().min(1),
});

/** Why a micrograph could not be picked. */
export type PickFailure = z.infer<typeof failure>;

/** Reads a failure. @throws FormatError that names the field */
export const parsePickFailure = (text: string, path: string): PickFailure => parseJson(failure, text, path);

const record = z.object({
  format: z.literal("cryogem-picks"),
  formatVersion: z.literal(1),
  program: z.string().min(1),
  /** Which picker, with its settings. */
  method: z.looseObject({ kind: z.enum(["log", "template", "model"]) }),
  /** Angstrom. */
  pixelSize: z.number().positive(),
  particleDiameter: z.number().positive(),
  /** Least distance of two picks and margin along the edges, pixels. */
  minDistance: z.number().min(0),
  margin: z.number().min(0),
  threshold: z.object({
    value: finite,
    /** Given by the user, found in the model, or told from the scores. */
    source: z.enum(["given", "model", "scores"]),
    /** Of the two groups of scores, in their standard deviations; null where it was not told from scores. */
    separation: finite.nullable(),
  }),
  micrographs: z.array(
    z.object({
      /** As it was given to the command, and its name in Topaz text. */
      file: z.string().min(1),
      name: z.string().min(1),
      shape,
      /** At or above the threshold, and all. */
      picks: z.int().min(0),
      peaks: z.int().min(0),
    }),
  ),
  /** Micrographs that could not be picked. */
  failed: z.array(z.object({ file: z.string(), reason: z.string() })),
});

/** picks.json: what `pick run` did. */
export type PickRecord = z.infer<typeof record>;

/** Reads picks.json. @throws FormatError that names the field */
export const parsePickRecord = (text: string, path: string): PickRecord => parseJson(record, text, path);
