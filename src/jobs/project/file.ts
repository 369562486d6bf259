import { LineCounter, parseDocument } from "yaml";
import { FormatError, OptionError, UsageError } from "../../core/errors.js";
import { estimateOptions } from "../estimate/options.js";
import { evaluateOptions } from "../evaluate/options.js";
import { generateOptions } from "../generate/options.js";
import { pickRunOptions } from "../pick-run/options.js";
import { pickTrainOptions } from "../pick-train/options.js";
import { potentialOptions } from "../potential/options.js";
import { readOptions } from "../shared/options/check.js";
import { valueOfText } from "../shared/options/kinds.js";
import type { OptionSet } from "../shared/options/option.js";
import { simulateOptions } from "../simulate/options.js";
import { trainOptions } from "../train/options.js";
import { type ProjectSettings, projectOptions } from "./options.js";

/** The sections of a project file: each holds options of one command, under its name. */
export const SECTIONS = {
  estimate: estimateOptions,
  potential: potentialOptions,
  simulate: simulateOptions,
  /** Where these differ from `simulate`. */
  specimens: simulateOptions,
  train: trainOptions,
  generate: generateOptions,
  evaluate: evaluateOptions,
  pickTrain: pickTrainOptions,
  pickRun: pickRunOptions,
} as const satisfies Readonly<Record<string, OptionSet>>;
export type SectionName = keyof typeof SECTIONS;

/** Options that a project gives its stages itself. */
const OWN: ReadonlySet<string> = new Set([
  "out",
  "micrographs",
  "real",
  "simulated",
  "estimates",
  "dataset",
  "model",
  "resume",
  "shard",
]);

/** A project as its file describes it. */
export interface Project {
  /** The file, as it was given. */
  readonly path: string;
  /** The folder to which its paths are relative. */
  readonly base: string;
  /** The folder into which its stages write. */
  readonly folder: string;
  readonly settings: ProjectSettings;
  /** Options of the stages, as far as the file has them. */
  readonly sections: Readonly<Record<SectionName, Readonly<Record<string, unknown>>>>;
}

/** What a caller sets in place of the file. */
export interface ProjectChanges {
  /** Folder for the results; absent: that of the file. */
  readonly out?: string;
  readonly seed?: number;
  readonly device?: ProjectSettings["device"];
  readonly sections?: Readonly<Partial<Record<SectionName, Readonly<Record<string, unknown>>>>>;
}

/**
 * Reads a project file.
 *
 * @throws FormatError for text that is no YAML or no table, UsageError that names the key for options that cannot be used
 */
export function parseProject(text: string, path: string, changes: ProjectChanges = {}): Project {
  const table = parseTable(text, path);
  const top: Record<string, unknown> = {};
  const sections = Object.fromEntries(Object.keys(SECTIONS).map((name) => [name, {}])) as Record<
    SectionName,
    object
  >;
  for (const [key, value] of Object.entries(table)) {
    if (Object.hasOwn(SECTIONS, key))
      sections[key as SectionName] = readSection(key as SectionName, value, path);
    else top[key] = lone(key, value);
  }
  const { out, seed, device } = changes;
  const changed = { ...(seed !== undefined && { seed }), ...(device !== undefined && { device }) };
  const settings = inFile(path, "", () => readOptions(projectOptions, { ...top, ...changed }));
  if ((settings.model === undefined) === (settings.map === undefined)) {
    throw new UsageError(
      `${path}: found ${settings.model ? "model and map" : "neither model nor map"}, expected one of them`,
    );
  }
  for (const [name, options] of Object.entries(changes.sections ?? {})) {
    sections[name as SectionName] = { ...sections[name as SectionName], ...options };
  }
  const base = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
  return { path, base, folder: out ?? base, settings, sections: sections as Project["sections"] };
}

function parseTable(text: string, path: string): Record<string, unknown> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw new FormatError(path, `line ${line}`, error.message.split("\n")[0], "YAML");
  }
  const table: unknown = document.toJS();
  if (typeof table === "object" && table !== null && !Array.isArray(table))
    return table as Record<string, unknown>;
  throw new FormatError(
    path,
    "text",
    table === null ? "nothing" : typeof table,
    "keys with values, as micrographs: raw/*.mrc",
  );
}

/** One path where several may stand: `micrographs: raw/*.mrc`. */
const lone = (key: string, value: unknown): unknown =>
  Object.hasOwn(projectOptions, key) && typeof value === "string"
    ? valueOfText(projectOptions[key as keyof typeof projectOptions].kind, value)
    : value;

function readSection(name: SectionName, value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new FormatError(path, name, value, "options of that stage below it, as count: 16");
  }
  const set: OptionSet = SECTIONS[name];
  const own = Object.keys(value).find((key) => OWN.has(key));
  if (own) throw new UsageError(`${path}: ${name}.${own}: the project gives it itself, expected none`);
  // what the command needs beside these the project gives; they are checked with it when the stage is planned
  const optional = Object.fromEntries(
    Object.entries(set).map(([key, option]) => [key, { ...option, need: "optional" as const }]),
  );
  return inFile(path, `${name}.`, () => readOptions(optional, value as Record<string, unknown>));
}

/** An option's error as one of the file. */
function inFile<T>(path: string, prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new UsageError(`${path}: ${prefix}${error.option}: ${error.problem}`);
  }
}
