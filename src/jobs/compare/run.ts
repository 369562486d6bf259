import { UsageError } from "../../core/errors.js";
import { inside } from "../../dataset/layout.js";
import { readDataset } from "../../dataset/reader.js";
import { REALISM_FILES } from "../evaluate/plan.js";
import { decodeRealism } from "../evaluate/records.js";
import type { Project } from "../project/file.js";
import type { ProjectData } from "../project/stage.js";
import { planPreparation } from "../project/stages.js";
import { doStage, doStages, openProject, type ProjectContext, withKeys } from "../run/run.js";
import { averageAtLabels, countAtLabels } from "../shared/micrographs/label-averages.js";
import { MODEL } from "../shared/models/model-files.js";
import { resolveOptions } from "../shared/options/check.js";
import { parseMetrics } from "../train/metrics.js";
import { type CompareOptions, compareOptions, standardRows } from "./options.js";
import { measurePaces, stepsIn } from "./pace.js";
import { type CompareRow, parseRows } from "./rows.js";
import { COMPARE, madeFolder, modelFolder, scoreFolder, seedStages } from "./stages.js";
import { type ComparedRow, type Comparison, comparisonCsv, type SeedScores, summariseRows } from "./table.js";

/** What a comparison receives beside its options. */
export interface CompareContext extends ProjectContext {
  /** Writes the page of a finished comparison. */
  readonly writePage: (finished: FinishedComparison) => Promise<void>;
}

/** A comparison that went to its end, for its page. */
export interface FinishedComparison {
  readonly project: Project;
  readonly data: ProjectData;
  readonly comparison: Comparison;
  /** Folders of the micrographs that the rows made with the first seed. */
  readonly made: readonly { readonly row: string; readonly folder: string }[];
  readonly page: string;
}

/**
 * Compares translators on one project: prepares it as `run` does, trains every row for the same minutes with the same seeds, applies it
 * to the same specimens, scores all against the held-out micrographs. Stopped at any moment, it goes on.
 *
 * @returns the comparison, and the path of its page
 * @throws OptionError for a row that cannot be read, UsageError for a project without held-out micrographs, AbortError
 */
export async function compareTranslators(
  given: CompareOptions,
  context: CompareContext,
): Promise<{ readonly comparison: Comparison; readonly page: string }> {
  const options = resolveOptions(compareOptions, given);
  const rows = parseRows(options.rows ?? standardRows);
  const changes = options.out === undefined ? {} : { out: options.out };
  const opened = await openProject(options.project, changes, context, planPreparation);
  if (opened.data.heldOut.length === 0) {
    throw new UsageError(
      `${opened.project.path}: heldOut: found none, expected micrographs against which the rows are scored`,
    );
  }
  const { project, data, planned, state } = await doStages(opened, [0, opened.planned.length - 1], context);
  const paces = await measurePaces(project, data, rows, context);
  const steps = new Map([...paces].map(([name, pace]) => [name, stepsIn(options.minutes, pace)]));
  const first = options.seed ?? project.settings.seed;
  const seeds = Array.from({ length: options.seeds }, (_, i) => first + i);
  const preparation = planned.map(({ stage }) => stage);
  const all = seeds.flatMap((seed) => seedStages(project, data, rows, seed, steps));
  const every = await withKeys([...preparation, ...all], state, context);
  for (const [i, each] of every.entries()) {
    if (i < preparation.length) continue;
    context.signal.throwIfAborted();
    await doStage(each, i, { planned: every, state }, context);
  }
  const scores: SeedScores[] = [];
  for (const seed of seeds) scores.push(await readScores(project, rows, seed, context));
  const compared: ComparedRow[] = [];
  for (const row of rows) {
    const trained = row.hasNetwork && {
      steps: steps.get(row.name)!,
      seconds: await trainingSeconds(project, row, seeds, context),
    };
    compared.push({ text: row.text, name: row.name, ...trained });
  }
  const comparison = summariseRows(compared, scores, {
    minutes: options.minutes,
    seeds,
    program: context.program,
  });
  const { files } = context;
  await files.write(inside(project.folder, COMPARE.result), `${JSON.stringify(comparison, null, 1)}\n`);
  await files.write(inside(project.folder, COMPARE.table), comparisonCsv(comparison));
  const page = inside(project.folder, COMPARE.page);
  const made = rows.map((row) => ({ row: row.text, folder: madeFolder(project, row, first) }));
  await context.writePage({ project, data, comparison, made, page });
  return { comparison, page };
}

/** Seconds of the training with each seed, over all its steps, however often it was interrupted. */
async function trainingSeconds(
  project: Project,
  row: CompareRow,
  seeds: readonly number[],
  { files }: CompareContext,
): Promise<readonly number[]> {
  const all: number[] = [];
  for (const seed of seeds) {
    const path = inside(modelFolder(project, row, seed), MODEL.metrics);
    const steps = parseMetrics(new TextDecoder().decode(await files.read(path)), path);
    all.push(steps.reduce((sum, { seconds }) => sum + seconds, 0));
  }
  return all;
}

/** The scores of all rows with a seed: realism, and whether the particles stayed what and where they were. */
async function readScores(
  project: Project,
  rows: readonly CompareRow[],
  seed: number,
  { files }: CompareContext,
): Promise<SeedScores> {
  const path = inside(scoreFolder(project, seed), REALISM_FILES.result);
  const realism = decodeRealism(new TextDecoder().decode(await files.read(path)), path);
  const specimens = await readDataset(files, inside(project.folder, "specimens"));
  const content: SeedScores["content"][number][] = [];
  for (const row of rows) {
    const made = await readDataset(files, madeFolder(project, row, seed));
    const { correlation, offset } = (await averageAtLabels(specimens, made, files)).agreement;
    const counts = await countAtLabels(specimens, made, files);
    content.push({ row: row.name, correlation, offset, counts });
  }
  return { realism, content };
}
