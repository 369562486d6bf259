import { z } from "zod";
import { parseJson } from "../../dataset/check.js";
import { REALISM_MEASURES } from "../../evaluate/realism/measures.js";
import type { RealismResult } from "../../evaluate/realism/realism.js";

const values = z.array(z.number()).transform((list) => Float64Array.from(list));
const score = z.object({ mean: z.number(), spread: z.number(), values: z.array(z.number()) });
const positive = z.number().positive();
const count = z.int().min(1);

const result = z.object({
  protocol: z.object({
    pixelSize: positive,
    patch: count,
    tile: count,
    bands: count,
    reach: count,
    bank: z.object({ wavelengths: z.array(positive), orientations: count }),
  }),
  seed: z.int(),
  repeats: count,
  patches: count,
  realMicrographs: count,
  rows: z.array(
    z.object({
      name: z.string(),
      role: z.literal(["floor", "candidate", "ceiling"]),
      micrographs: count,
      scores: z.partialRecord(z.enum(REALISM_MEASURES), score),
    }),
  ),
  curves: z.array(
    z.object({
      name: z.string(),
      spectrum: z.object({ frequency: values, power: values }),
      local: z.object({ mean: values, variance: values, skewness: values, kurtosis: values }),
    }),
  ),
});

const record = z.object({
  format: z.literal("cryogem-realism"),
  formatVersion: z.literal(1),
  program: z.string(),
  result,
});

const sixDigits = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(6)));

/** The text of realism.json; typed arrays become lists of six digits. */
export function encodeRealism(program: string, realism: RealismResult): string {
  const plain = (_key: string, value: unknown): unknown =>
    value instanceof Float64Array
      ? Array.from(value, sixDigits)
      : typeof value === "number"
        ? sixDigits(value)
        : value;
  return `${JSON.stringify({ format: "cryogem-realism", formatVersion: 1, program, result: realism }, plain)}\n`;
}

/** The result in the text of a realism.json. @throws FormatError naming the field, found and expected */
export const decodeRealism = (text: string, path: string): RealismResult =>
  parseJson(record, text, path).result;
