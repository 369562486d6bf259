import { z } from "zod";
import { parseJson } from "../../dataset/check.js";
import { someNames } from "../shared/some-names.js";

const quality = z.object({
  mean: z.number(),
  deviation: z.number(),
  levels: z.number(),
  clipped: z.number(),
  skewness: z.number(),
  fineness: z.number(),
  spectrum: z.array(z.number()),
});

const defects = z.object({
  hotPixels: z.number(),
  farthest: z.object({ x: z.number(), y: z.number(), value: z.number() }).nullable(),
  blankLines: z.number(),
});

const checked = z.object({
  /** What it was made from: contents, settings, program. */
  key: z.string(),
  file: z.string(),
  shape: z.tuple([z.number(), z.number()]).nullable(),
  /** Angstrom, of the header. */
  headerPixelSize: z.number().nullable(),
  quality: quality.nullable(),
  /** What was filled in before it was measured: hot pixels with the farthest of them, blank rows and columns. */
  defects: defects.nullable().default(null),
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
export const CHECK = {
  folder: "check",
  record: "check.json",
  parts: "parts",
  pictures: "pictures",
  whole: "whole.json",
} as const;

/** Pictures that one finding of many files shows. */
const MOST_PICTURES = 6;

/**
 * Findings that say the same of several files as one of all of them, in the order of the first: a pixel size that is wrong in ten thousand
 * headers is one thing to know, and one to mend.
 *
 * @param names files that are named; of more there is the number
 */
export function groupFindings(findings: readonly Finding[], names: number): readonly Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { kind, found, advice } = finding;
    const key = JSON.stringify([kind, found, advice]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    about: someNames(
      group.map(({ about }) => about),
      { most: names },
    ),
    pictures: group.flatMap(({ pictures }) => pictures).slice(0, MOST_PICTURES),
  }));
}
