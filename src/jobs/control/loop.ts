import { resampleVolume } from "../../array/fft/resample.js";
import type { Volume } from "../../array/image.js";
import { mean } from "../../array/statistics.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { inside } from "../../dataset/layout.js";
import { fourierShellCorrelation, GOLD_STANDARD, resolutionAt } from "../../evaluate/maps/fsc.js";
import { readTopaz } from "../../io/picks/topaz.js";
import { PICKS, parsePickRecord } from "../pick-run/records.js";
import type { Project } from "../project/file.js";
import { MAP_FILES } from "../project/map-stages.js";
import { at, mapOf, type ProjectData } from "../project/stage.js";
import { planStages } from "../project/stages.js";
import { parseRefineRecord, REFINEMENT } from "../refine/records.js";
import {
  doStage,
  doStages,
  type FinishedRun,
  finishedStages,
  type OpenProject,
  openProject,
  type RunContext,
  withKeys,
} from "../run/run.js";
import { readMapFile } from "../shared/maps/map-files.js";
import { controlCsv, controlFigure } from "./figures.js";
import type { MicrographKind } from "./kinds.js";
import type { ControlOptions } from "./options.js";
import { planProjectControl } from "./plan.js";
import { CONTROL, type ControlLoop, type ControlRecord } from "./records.js";
import { controlPath, pickingStages, refiningStages } from "./stages.js";

/** What a control of a project found, and its pages. */
export interface ProjectControl {
  readonly record: ControlRecord;
  readonly figure: string;
  readonly report: string;
}

/**
 * Runs a project's loop, from its trained picker to a refined map, on its micrographs without particles. The project itself is done
 * first, as far as it is not; stopped at any moment, the control goes on.
 *
 * @throws UsageError for a project without a way to a map, OptionError for an option, what the commands throw, AbortError
 */
export async function controlProject(given: ControlOptions, context: RunContext): Promise<ProjectControl> {
  const { kinds, project: path, out, seed } = planProjectControl(given);
  const changes = { toMap: true, ...(out !== undefined && { out }) };
  const opened = await openProject(path, changes, context, planStages);
  const done = await doStages(opened, [0, opened.planned.length - 1], context);
  const loops: ControlLoop[] = [];
  for (const kind of kinds) loops.push(await runWithout(kind, seed, done, context));
  const record = await recordOf(done, loops, context);
  const { project, data, findings, planned, state } = done;
  const { files } = context;
  const figure = at(project, CONTROL.figure);
  await files.write(figure, controlFigure(record));
  await files.write(at(project, CONTROL.table), controlCsv(record));
  await files.write(at(project, CONTROL.record), `${JSON.stringify(record, null, 1)}\n`);
  const finished: FinishedRun = { project, data, findings, stages: finishedStages(planned, state) };
  return { record, figure, report: await context.writeReport(finished) };
}

/** The loop on micrographs without particles. */
async function runWithout(
  kind: MicrographKind,
  seed: number,
  { project, data, planned, state }: OpenProject,
  context: RunContext,
): Promise<ControlLoop> {
  const { files } = context;
  const own = new Map(planned.map(({ stage }) => [stage.name, stage]));
  const before = planned.map(({ stage }) => stage);
  const real = await readPicks(at(project, "picks"), context);
  const picking = pickingStages(project, data, own, { kind, threshold: real.threshold, seed });
  const run = async (stages: typeof before): Promise<void> => {
    const every = await withKeys([...before, ...stages], state, context);
    for (let i = before.length; i < every.length; i++) {
      context.signal.throwIfAborted();
      await doStage(every[i]!, i, { planned: every, state }, context);
    }
  };
  await run([...picking]);
  const found = await readPicks(controlPath(project, kind, "picks"), context);
  const best = found.scores.toSorted((a, b) => b - a).slice(0, real.picks);
  const leastScore = best.at(-1)!;
  await run([...picking, ...refiningStages(project, own, kind, leastScore)]);
  const { picks } = found;
  const refined = controlPath(project, kind, "refined");
  return { kind, picks, leastScore, ...(await judge(refined, { project, data }, files)) };
}

/** Picks of a folder: how many, at which threshold, and the scores of all peaks. */
async function readPicks(folder: string, { files }: RunContext) {
  const read = async (name: string): Promise<string> =>
    new TextDecoder().decode(await files.read(inside(folder, name)));
  const record = parsePickRecord(await read(PICKS.record), inside(folder, PICKS.record));
  const peaks = readTopaz(await read(PICKS.all), inside(folder, PICKS.all));
  return {
    threshold: record.threshold.value,
    picks: record.micrographs.reduce((sum, { picks }) => sum + picks, 0),
    micrographs: record.micrographs.length,
    scores: peaks.flatMap(({ score }) => score ?? []),
  };
}

/** The map of a refinement against its halves and against the given map, in whose frame it stays: nothing is aligned. */
async function judge(
  folder: string,
  { project, data }: Pick<OpenProject, "project" | "data">,
  files: RunContext["files"],
): Promise<Pick<ControlLoop, "refined" | "resolution" | "correlation" | "meanBeyond">> {
  const path = inside(folder, REFINEMENT.record);
  const { options, particles } = parseRefineRecord(new TextDecoder().decode(await files.read(path)), path);
  const [first, second] = await Promise.all(
    REFINEMENT.halves.map(async (name) => (await readMapFile(files, inside(folder, name))).map),
  );
  const { resolution } = resolutionAt(fourierShellCorrelation(first!, second!), GOLD_STANDARD);
  const given = await givenMap(project, data, first!, files);
  const { correlation, frequencies } = fourierShellCorrelation(sumOf(first!, second!), given);
  const beyond = correlation.filter((_, s) => frequencies[s]! > 1 / options.initialLowPass);
  return {
    refined: particles,
    resolution: Number.isFinite(resolution) ? resolution : null,
    correlation: [...correlation],
    meanBeyond: mean(beyond),
  };
}

/** The map that picker and refinement were given, on the grid of the refined one. */
async function givenMap(
  project: Project,
  data: ProjectData,
  { voxelSize, shape }: Volume,
  files: RunContext["files"],
): Promise<Volume> {
  const { map } = await readMapFile(files, mapOf(project, data));
  return { ...resampleVolume(map, voxelSize, shape[0]), voxelSize };
}

/** Unfiltered, as the halves are; what scales a whole shell leaves correlations as they are. */
const sumOf = (a: Volume, b: Volume): Volume => ({
  ...a,
  data: a.data.map((value, i) => value + b.data[i]!),
});

async function recordOf(
  { project, data, planned }: OpenProject,
  loops: readonly ControlLoop[],
  context: RunContext,
): Promise<ControlRecord> {
  const { files, program } = context;
  const real = await readPicks(at(project, "picks"), context);
  const folder = at(project, MAP_FILES.refined);
  const path = inside(folder, REFINEMENT.record);
  const { options, box, pixelSize, particleDiameter } = parseRefineRecord(
    new TextDecoder().decode(await files.read(path)),
    path,
  );
  const particles: ControlLoop = {
    ...{ kind: "particles", picks: real.picks, leastScore: real.threshold },
    ...(await judge(folder, { project, data }, files)),
  };
  const operators = symmetryOperators(options.symmetry).length;
  const share = Math.min(1, (Math.PI / 6) * (particleDiameter / (box * pixelSize)) ** 3);
  return {
    ...{ format: "cryogem-control", formatVersion: 1, program },
    key: planned.find(({ stage }) => stage.name === "refine")!.key,
    ...{ threshold: real.threshold, micrographs: real.micrographs },
    ...{ symmetry: options.symmetry, initialLowPass: options.initialLowPass },
    frequencies: particles.correlation.map((_, s) => s / (box * pixelSize)),
    chance: particles.correlation.map((_, s) => chanceOf(s, { operators, share })),
    loops: [particles, ...loops],
  };
}

/**
 * Standard deviation of the correlation of a map of noise with a fixed one in shell s: one over the root of the independent numbers in
 * it. A shell has 4 π s² coefficients, half of them mirror the others, but each has two parts; of a map that fills a share of its box
 * only that share is independent; of a symmetric one that over the order of its point group.
 *
 * @param share volume of the sphere in which images were compared over that of the box
 */
export const chanceOf = (
  shell: number,
  { operators, share }: { readonly operators: number; readonly share: number },
): number => (shell === 0 ? 1 : Math.min(1, Math.sqrt(operators / (4 * Math.PI * shell * shell * share))));
