import { z } from "zod";
import { parseJson } from "../../dataset/check.js";

const quality = z.object({
  mean: z.number(),
  deviation: z.number(),
  levels: z.number(),
  clipped: z.number(),
  skewness: z.number(),
  fineness: z.number(),
  spectrum: z.array(z.number()),
});

const checked = z.object({
  /** What it was made from: contents, settings, program. */
  key: z.string(),
  file: z.string(),
  shape: z.tuple([z.number(), z.number()]).nullable(),
  /** Angstrom, of the header. */
  headerPixelSize: z.number().nullable(),
  quality: quality.nullable(),
  /** Why it could not be read or measured. */
  failure: z.string().nullable(),
  /** Preview, relative to the folder of the check. */
  picture: z.string().nullable(),
});

/** One micrograph as the check found it. */
export type CheckedMicrograph = z.infer<typeof checked>;

export const parseChecked = (text: string, path: string): CheckedMicrograph => parseJson(checked, text, path);

/** Something that a person should know before going on. */
export interface Finding {
  /** stop: going on makes no sense; set aside: this micrograph is left out; doubt: look at it. */
  readonly kind: "stop" | "set aside" | "doubt";
  /** File, or key of the project, that it is about. */
  readonly about: string;
  readonly found: string;
  /** What to do. */
  readonly advice: string;
  /** Pictures that show it, relative to the folder of the check. */
  readonly pictures: readonly string[];
}

/** What a check found. */
export interface CheckResult {
  readonly micrographs: readonly CheckedMicrograph[];
  readonly findings: readonly Finding[];
}

/** Files of the folder of a check. */
export const CHECK = { folder: "check", record: "check.json", parts: "parts", pictures: "pictures" } as const;
