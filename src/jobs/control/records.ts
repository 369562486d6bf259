import { z } from "zod";
import { parseJson } from "../../dataset/check.js";
import { MICROGRAPH_KINDS } from "./kinds.js";

/** Files that a control of a project writes into its folder. */
export const CONTROL = {
  folder: "control",
  record: "control/control.json",
  table: "control/control.csv",
  figure: "control/control.svg",
} as const;

const loop = z.object({
  /** "particles" for the project's own micrographs, or what was done to them. */
  kind: z.enum(["particles", ...MICROGRAPH_KINDS]),
  /** Picks at the operating threshold, all micrographs together. */
  picks: z.int().min(0),
  /** Particles that the map was refined from: for the controls the best peaks, whatever their score. */
  refined: z.int().min(0),
  /** The least score among them. */
  leastScore: z.number(),
  /** Angstrom: where the halves, without mask, fall below 0.143; null where the first shell lies below. */
  resolution: z.number().nullable(),
  /** With the given map, shell by shell. */
  correlation: z.array(z.number()),
  /** Its mean over the shells beyond the low-pass filter. */
  meanBeyond: z.number(),
});

const record = z.object({
  format: z.literal("cryogem-control"),
  formatVersion: z.literal(1),
  program: z.string(),
  /** What the project's refinement was made from: of another one this is no control. */
  key: z.string(),
  /** The operating threshold of the picker. */
  threshold: z.number(),
  micrographs: z.int().min(1),
  symmetry: z.string(),
  /** Angstrom: all that the refinements were given of the map. */
  initialLowPass: z.number().positive(),
  /** 1/angstrom, of each shell. */
  frequencies: z.array(z.number()),
  /** Standard deviation of the correlation of a map of noise with the given one, in each shell. */
  chance: z.array(z.number()),
  loops: z.array(loop).min(1),
});

/** What became of the loop with and without particles. */
export type ControlRecord = z.infer<typeof record>;
export type ControlLoop = z.infer<typeof loop>;

/** Reads control.json. @throws FormatError that names the field */
export const parseControlRecord = (text: string, path: string): ControlRecord =>
  parseJson(record, text, path);
