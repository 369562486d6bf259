import { OptionError, UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { bootstrapPicking } from "../../evaluate/picking/bootstrap.js";
import { type MatchedMicrograph, matchMicrograph, poolScores } from "../../evaluate/picking/picking.js";
import { namesOf } from "../evaluate/plan.js";
import { matchNames, shortNames } from "../shared/micrographs/match-names.js";
import { openMicrographs } from "../shared/micrographs/micrograph-index.js";
import { resolveOptions } from "../shared/options/check.js";
import { frameDoubt } from "./frame-doubt.js";
import { type PickScoreOptions, pickScoreOptions, type ResolvedPickScoreOptions } from "./options.js";
import { type CoordinateScale, type Coordinates, readCoordinates } from "./read.js";
import { type PickerScores, type PickScoreResult, summaryOf } from "./result.js";
import { curveCsv, micrographsCsv, precisionRecallChart, protocolOf, scoresCsv } from "./text.js";

/** Files that `pick score` writes. */
export const PICK_SCORES = {
  scores: "scores.csv",
  micrographs: "micrographs.csv",
  curve: "precision-recall.csv",
  figure: "precision-recall.svg",
  protocol: "protocol.txt",
  result: "scores.json",
} as const;

/**
 * Scores picks against true positions; `protocolOf` says how.
 *
 * @throws OptionError for an option out of its range, UsageError where no micrograph is in both or a size is missing,
 *   FileError and FormatError for the files of coordinates
 */
export async function scorePicks(given: PickScoreOptions, context: JobContext): Promise<PickScoreResult> {
  const { files } = context;
  const options = resolveOptions(pickScoreOptions, given);
  const radius = options.radius / options.pixelSize;
  const ratio = (options.truthPixelSize ?? options.pixelSize) / options.pixelSize;
  const warn = (line: string): void => context.report.warn(line);
  const ofTruth = { given: options.truthPixelSize ?? options.pixelSize, ratio, warn };
  const ofPicks = { given: options.pixelSize, warn };
  const annotated = await readCoordinates(files, options.truth, ofTruth);
  const short = shortNames([...annotated.picks.keys()]);
  const truth = renamed(annotated, short);
  const read = async (path: string, scale: CoordinateScale): Promise<Coordinates> =>
    underNamesOf(annotated, short, await readCoordinates(files, path, scale));
  const pickers: Coordinates[] = [];
  for (const path of options.picks) pickers.push(await read(path, ofPicks));
  if (options.threshold !== undefined) for (const picker of pickers) requireScores(picker);
  const second = options.ceiling === undefined ? undefined : await read(options.ceiling, ofTruth);
  const unsure = options.unsure === undefined ? undefined : await read(options.unsure, ofPicks);
  const all = [...pickers, ...(second ? [second] : [])];
  const names = commonNames(truth, all, context);
  if (unsure) requireSome(unsure, names, context);
  const shapes = await shapesOf(names, [...pickers, truth], options, context);
  for (const picker of all) {
    const doubt = frameDoubt(names, truth, picker, radius);
    if (doubt) warn(doubt);
  }
  const score = (name: string, coordinates: Coordinates): PickerScores => {
    const threshold = options.threshold ?? coordinates.threshold;
    const matched = names.map((micrograph) =>
      matchMicrograph(
        {
          truth: truth.picks.get(micrograph)!,
          picks: coordinates.picks.get(micrograph)!.map(({ x, y, score: own = 0 }) => ({ x, y, score: own })),
          shape: shapes.get(micrograph) ?? [0, 0],
          ...(unsure && { unsure: placesOf(unsure, micrograph) }),
        },
        { radius, margin: options.margin, ...(threshold !== undefined && { threshold }) },
      ),
    );
    return { name, ...(threshold !== undefined && { threshold }), ...scored(names, matched) };
  };
  const titles = namesOf(options.picks, "picks");
  const scoredPickers = pickers.map((picker, i) => score(titles[i]!, picker));
  const result: PickScoreResult = {
    protocol: protocolOf(options, names.length),
    pickers: scoredPickers,
    ...(second && { ceiling: score("second annotator", { ...second, picks: unscored(second) }) }),
  };
  if (options.out !== undefined) await writeScores(result, options.out, context);
  return result;
}

/** @throws OptionError for a threshold beside picks without scores, which would all be left out */
function requireScores({ path, picks }: Coordinates): void {
  const all = [...picks.values()].flat();
  const bare = all.filter(({ score }) => score === undefined).length;
  if (bare > 0)
    throw new OptionError("threshold", `found ${bare} of ${all.length} picks of ${path} without a score`);
}

/** The same coordinates under other names of their micrographs. */
function renamed(coordinates: Coordinates, names: ReadonlyMap<string, string>): Coordinates {
  const rename = <T>(map: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...map].map(([name, value]) => [names.get(name) ?? name, value]));
  return { ...coordinates, picks: rename(coordinates.picks), shapes: rename(coordinates.shapes) };
}

/**
 * Coordinates under the truth's names of the micrographs; micrographs without truth keep their own.
 *
 * @throws UsageError where several have one name and their folders do not tell which is which
 */
function underNamesOf(truth: Coordinates, short: ReadonlyMap<string, string>, own: Coordinates): Coordinates {
  const strange = shortNames([...own.picks.keys()]);
  const match = matchNames([...truth.picks.keys()], [...own.picks.keys()], own.path);
  const names = new Map([...match].map(([name, found]) => [found, short.get(name)!]));
  const taken = new Set(short.values());
  for (const [name, brief] of strange) if (!names.has(name) && !taken.has(brief)) names.set(name, brief);
  return renamed(own, names);
}

/** Places in a micrograph; of a picker's those that it takes for particles. */
function placesOf({ picks, threshold = Number.NEGATIVE_INFINITY }: Coordinates, name: string) {
  return (picks.get(name) ?? []).filter(({ score = 0 }) => score >= threshold);
}

function requireSome({ path, picks }: Coordinates, names: readonly string[], { report }: JobContext): void {
  const missing = names.filter((name) => !picks.has(name));
  const some = names.slice(0, 3).join(", ");
  if (missing.length === names.length) {
    throw new OptionError(
      "unsure",
      `found none of the scored micrographs in ${path}, expected some of ${some}`,
    );
  }
  if (missing.length > 0) {
    report.warn(
      `${path}: no unsure places in ${missing.length} micrographs (${missing.slice(0, 3).join(", ")})`,
    );
  }
}

/** An annotator's places, all as sure as each other. */
const unscored = ({ picks }: Coordinates): Coordinates["picks"] =>
  new Map([...picks].map(([name, own]) => [name, own.map(({ score: _, ...pick }) => pick)]));

function scored(
  names: readonly string[],
  matched: readonly MatchedMicrograph[],
): Pick<PickerScores, "scores" | "intervals" | "micrographs"> {
  return {
    scores: poolScores(matched),
    intervals: bootstrapPicking(matched),
    micrographs: matched.map((each, i) => ({ name: names[i]!, scores: poolScores([each]) })),
  };
}

/** Micrographs that the truth and all pickers know; a warning for the rest. */
function commonNames(truth: Coordinates, pickers: readonly Coordinates[], { report }: JobContext): string[] {
  const known = [...truth.picks.keys()].sort();
  const names = known.filter((name) => pickers.every(({ picks }) => picks.has(name)));
  if (names.length === 0) {
    const alone = pickers.find(({ picks }) => !known.some((name) => picks.has(name)));
    if (!alone) {
      throw new UsageError(
        `found no micrograph that all of ${pickers.map(({ path }) => path).join(", ")} know, expected some: each of them is taken as ` +
          "another picker's, and coordinates of one picker in several files are a folder",
      );
    }
    const some = [...alone.picks.keys()].slice(0, 3).join(", ");
    throw new UsageError(
      `${alone.path}: found micrographs ${some || "none"}, expected some of ${truth.path}: ${known.slice(0, 3).join(", ")}`,
    );
  }
  for (const { path, picks } of pickers) {
    const strange = [...picks.keys()].filter((name) => !truth.picks.has(name));
    if (strange.length > 0) {
      report.warn(
        `${path}: ${strange.length} micrographs without truth are not scored (${strange.slice(0, 3).join(", ")})`,
      );
    }
  }
  if (names.length < known.length) {
    const left = known.filter((name) => !names.includes(name));
    report.warn(
      `${left.length} micrographs of the truth that are not in the files of all pickers are not scored (${left.slice(0, 3).join(", ")})`,
    );
  }
  return names;
}

async function shapesOf(
  names: readonly string[],
  sources: readonly Coordinates[],
  { margin, micrographs, micrographSize, truth }: ResolvedPickScoreOptions,
  { files }: JobContext,
): Promise<Map<string, readonly [number, number]>> {
  const shapes = new Map<string, readonly [number, number]>();
  if (margin === 0) return shapes;
  const index = await openMicrographs(files, truth, micrographs, micrographSize);
  for (const name of names) {
    const known = sources.map((source) => source.shapes.get(name)).find((shape) => shape !== undefined);
    const [named] = index.named([{ micrograph: name }]);
    shapes.set(name, known ?? (await index.shape(named!.micrograph, true))!);
  }
  return shapes;
}

async function writeScores(result: PickScoreResult, out: string, { files }: JobContext): Promise<void> {
  const texts: Readonly<Record<string, string>> = {
    [PICK_SCORES.scores]: scoresCsv(result),
    [PICK_SCORES.micrographs]: micrographsCsv(result),
    [PICK_SCORES.curve]: curveCsv(result),
    [PICK_SCORES.figure]: precisionRecallChart(result),
    [PICK_SCORES.protocol]: `${result.protocol}\n`,
    [PICK_SCORES.result]: `${JSON.stringify(summaryOf(result), null, 1)}\n`,
  };
  for (const [name, text] of Object.entries(texts)) await files.write(inside(out, name), text);
}
