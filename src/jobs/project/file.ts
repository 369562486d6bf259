import { type Document, LineCounter, parseDocument, visit, type YAMLParseError } from "yaml";
import { FormatError, OptionError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { inside } from "../../dataset/layout.js";
import { decodeText } from "../../io/bytes/text.js";
import { classify2dOptions } from "../classify2d/options.js";
import { estimateOptions } from "../estimate/options.js";
import { evaluateOptions } from "../evaluate/options.js";
import { extractOptions } from "../extract/options.js";
import { fscOptions } from "../fsc/options.js";
import { generateOptions } from "../generate/options.js";
import { maskOptions } from "../mask/options.js";
import { pickRunOptions } from "../pick-run/options.js";
import { pickTrainOptions } from "../pick-train/options.js";
import { poseRunOptions } from "../pose-run/options.js";
import { poseTrainOptions } from "../pose-train/options.js";
import { postprocessOptions } from "../postprocess/options.js";
import { potentialOptions } from "../potential/options.js";
import { refineOptions } from "../refine/options.js";
import { readOptions, unknownOption } from "../shared/options/check.js";
import { valueOfText } from "../shared/options/kinds.js";
import type { OptionSet } from "../shared/options/option.js";
import { checkedByFormula } from "../shared/options/refusal.js";
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
  extract: extractOptions,
  classify2d: classify2dOptions,
  poseTrain: poseTrainOptions,
  poseRun: poseRunOptions,
  refine: refineOptions,
  mask: maskOptions,
  postprocess: postprocessOptions,
  fsc: fscOptions,
} as const satisfies Readonly<Record<string, OptionSet>>;
export type SectionName = keyof typeof SECTIONS;

/** Options that a project gives these stages itself: what each of them reads of the ones before. */
const OWN_INPUTS: Partial<Readonly<Record<SectionName, readonly string[]>>> = {
  extract: ["particles", "ctf"],
  classify2d: ["particles"],
  poseTrain: ["particles", "map"],
  poseRun: ["particles"],
  refine: ["particles", "reference", "mask", "poses", "givenPoses"],
  mask: ["map"],
  postprocess: ["half1", "half2", "mask", "particles"],
  fsc: ["map", "other", "mask", "align"],
};

/** Options that a project gives all its stages itself. */
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

/** A path of the project file as the machine opens it. */
export const besideProject = ({ base }: Pick<Project, "base">, path: string): string =>
  base === "." || /^([\\/]|[a-z]:)/i.test(path) ? path : `${base}/${path}`;

/** What a caller sets in place of the file. */
export interface ProjectChanges {
  /** Folder for the results; absent: that of the file. */
  readonly out?: string;
  readonly seed?: number;
  readonly device?: ProjectSettings["device"];
  /** Go as far as a map, with the stages that it needs. */
  readonly toMap?: boolean;
  readonly sections?: Readonly<Partial<Record<SectionName, Readonly<Record<string, unknown>>>>>;
}

/** The project of a file. @throws UsageError for the folder in place of its project file; FileError; what `parseProject` throws */
export async function readProject(path: string, changes: ProjectChanges, files: Files): Promise<Project> {
  const file = inside(path, "project.yaml");
  if (await files.exists(file)) {
    throw new UsageError(`${path}: found a folder, expected the project file in it, ${file}`);
  }
  return parseProject(await files.read(path), path, changes);
}

/**
 * Reads the text of a project file.
 *
 * @throws FormatError for text that is no YAML or no table, UsageError that names the key for options that cannot be used
 */
export function parseProject(
  content: Uint8Array | string,
  path: string,
  changes: ProjectChanges = {},
): Project {
  const table = parseTable(content, path);
  const top = new Map<string, unknown>();
  const sections = Object.fromEntries(Object.keys(SECTIONS).map((name) => [name, {}])) as Record<
    SectionName,
    object
  >;
  for (const [key, value] of Object.entries(table)) {
    if (Object.hasOwn(SECTIONS, key))
      sections[key as SectionName] = readSection(key as SectionName, value, path);
    else if (Object.hasOwn(projectOptions, key)) top.set(key, lone(key, value));
    else inFile(path, "", () => refuseUnknown(key));
  }
  const { out, seed, device } = changes;
  const changed = { ...(seed !== undefined && { seed }), ...(device !== undefined && { device }) };
  const read = inFile(path, "", () =>
    readOptions(projectOptions, { ...Object.fromEntries(top), ...changed }),
  );
  // the first stage that needs it comes late
  inFile(path, "", () => checkedByFormula(() => symmetryOperators(read.symmetry)));
  const settings = changes.toMap ? towardsMap(read) : read;
  if ((settings.model === undefined) === (settings.map === undefined)) {
    throw new UsageError(
      `${path}: found ${settings.model ? "model and map" : "neither model nor map"}, expected one of them`,
    );
  }
  requireWayToMap(settings, top.has("symmetry"), path);
  for (const [name, options] of Object.entries(changes.sections ?? {})) {
    sections[name as SectionName] = { ...sections[name as SectionName], ...options };
  }
  const base = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
  return { path, base, folder: out ?? base, settings, sections: sections as Project["sections"] };
}

/** @throws OptionError that names the option or the section that may have been meant */
function refuseUnknown(key: string): never {
  throw unknownOption(key, [...Object.keys(projectOptions), ...Object.keys(SECTIONS)]);
}

const isPicking = (stage: string): boolean => stage.startsWith("pick-");

const towardsMap = (settings: ProjectSettings): ProjectSettings => ({
  ...settings,
  goal: "map",
  ...(settings.skip && { skip: settings.skip.filter((stage) => !isPicking(stage)) }),
});

/** What a map needs, and what only a map needs. @throws UsageError */
function requireWayToMap({ goal, skip, add }: ProjectSettings, saysSymmetry: boolean, path: string): void {
  if (goal !== "map") {
    if (add === undefined) return;
    throw new UsageError(`${path}: add: found ${add.join(", ")} with the goal ${goal}, expected goal: map`);
  }
  const left = skip?.find(isPicking);
  if (left) throw new UsageError(`${path}: skip: found ${left}, expected the picks of which the map is made`);
  if (saysSymmetry) return;
  throw new UsageError(
    `${path}: symmetry: found none, expected the point group of the particle, as O, or C1 where it has none or it is not known`,
  );
}

function parseTable(content: Uint8Array | string, path: string): Record<string, unknown> {
  const lines = new LineCounter();
  const document = parseDocument(decodeText(content, path), { lineCounter: lines, merge: true });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw new FormatError(path, `line ${line}`, ...yamlProblem(error));
  }
  const table = plainData(document, path, lines);
  if (typeof table === "object" && table !== null && !Array.isArray(table))
    return table as Record<string, unknown>;
  throw new FormatError(
    path,
    "text",
    table === null ? "nothing" : typeof table,
    "keys with values, as micrographs: raw/*.mrc",
  );
}

/** What was found and what is expected, in the words of someone who never read YAML's rules. */
function yamlProblem({ code, message }: YAMLParseError): readonly [found: string, expected: string] {
  if (code === "DUPLICATE_KEY") return ["a key that stands above already", "each key once"];
  if (code === "TAB_AS_INDENT") return ["a tab", "spaces at the beginning of a line"];
  return [message.split("\n")[0]!.replace(/ at line .*$/, ""), "YAML"];
}

/** What a document holds, as plain data. @throws FormatError for an alias without its anchor, or very many */
function plainData(document: Document.Parsed, path: string, lines: LineCounter): unknown {
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document)) return;
      const { line } = lines.linePos(alias.range![0]);
      const expected = 'quotes around a text that begins with *, as "*.mrc"';
      throw new FormatError(path, `line ${line}`, `*${alias.source}`, expected);
    },
  });
  try {
    return document.toJS();
  } catch (error) {
    // aliases of aliases, which stand for more than any project has
    if (!(error instanceof ReferenceError)) throw error;
    throw new FormatError(path, "text", error.message, "a project");
  }
}

/** One path where several may stand: `micrographs: raw/*.mrc`. */
const lone = (key: string, value: unknown): unknown =>
  typeof value === "string"
    ? valueOfText(projectOptions[key as keyof typeof projectOptions].kind, value)
    : value;

function readSection(name: SectionName, value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new FormatError(path, name, value, "options of that stage below it, as count: 16");
  }
  const set: OptionSet = SECTIONS[name];
  const own = Object.keys(value).find((key) => OWN.has(key) || OWN_INPUTS[name]?.includes(key));
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
