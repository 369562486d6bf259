import { OptionError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import type { Finding } from "../check/records.js";
import { checkProject, findingLines, judgeOwnFits, setAside } from "../check/run.js";
import { type ExpandPaths, findProjectFiles, readProjectData } from "../project/data.js";
import { type Project, type ProjectChanges, readProject } from "../project/file.js";
import { stageKeys } from "../project/key.js";
import type { ProjectData, Stage } from "../project/stage.js";
import { planStages } from "../project/stages.js";
import { ProjectState, type StageState } from "../project/state.js";
import type { DatasetContext } from "../shared/context.js";
import { resolveOptions } from "../shared/options/check.js";
import { briefCommandLine, commandLine } from "../shared/options/line.js";
import type { CommandSpec } from "../shared/options/option.js";
import { type RunOptions, runOptions } from "./options.js";
import { remainingTime } from "./remaining-time.js";

/** What the stages of a project need. */
export interface ProjectContext extends DatasetContext {
  readonly expand: ExpandPaths;
  /** The declaration of a command, as "pick train". */
  readonly specOf: (command: string) => CommandSpec;
  /** Runs a command as if it had been typed. */
  readonly execute: (command: string, options: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

/** What a run receives beside its options. */
export interface RunContext extends ProjectContext {
  /** Writes the report of a finished run and returns its path. */
  readonly writeReport: (finished: FinishedRun) => Promise<string>;
}

/** A run that went through its stages, for its report. */
export interface FinishedRun {
  readonly project: Project;
  readonly data: ProjectData;
  readonly findings: readonly Finding[];
  readonly stages: readonly FinishedStage[];
}

export interface FinishedStage {
  readonly stage: Stage;
  /** What its results depend on, as one text. */
  readonly key: string;
  readonly line: string;
  readonly seconds: number;
}

/** A stage, how it stands, and the command that does it. */
export interface PlannedStage {
  readonly stage: Stage;
  readonly key: string;
  /** The command as a shell takes it, and for reading, where a list of many files is cut short. */
  readonly line: string;
  readonly brief: string;
}

/** A project whose stages are planned. */
export interface OpenProject {
  readonly project: Project;
  readonly data: ProjectData;
  /** What the check of the data found. */
  readonly findings: readonly Finding[];
  readonly planned: readonly PlannedStage[];
  readonly state: ProjectState;
  /** What is to be done, by its data. */
  readonly stagesOf: typeof planStages;
}

/** What a project knows of its stages, beside its file. */
const STATE = "project-state.json";

/**
 * Reads a project and plans its stages.
 *
 * @throws UsageError for a file whose keys cannot be used, FileError for data that are not there
 */
export async function openProject(
  path: string,
  changes: ProjectChanges,
  context: ProjectContext,
  stagesOf: typeof planStages = planStages,
): Promise<OpenProject> {
  const { files } = context;
  const project = await readProject(path, changes, files);
  const found = await findProjectFiles(project, files, context.expand);
  const { findings } = await checkProject(project, found, context);
  const aside = setAside(findings);
  refuseStopped(findings, context);
  const usable = (file: string): boolean => !aside.has(file);
  const learned = found.learned.filter(usable);
  const heldOut = found.heldOut.filter(usable);
  // picks are wanted of every micrograph, a map only of those that can be used
  const all = project.settings.goal === "map" ? found.all.filter(usable) : found.all;
  const data = await readProjectData(project, { ...found, learned, heldOut, all }, files);
  const state = await ProjectState.open(files, inside(project.folder, STATE));
  const planned = await withKeys(stagesOf(project, data), state, context);
  return withFits({ project, data, findings, planned, state, stagesOf }, context);
}

/** Says all that the check found where something of it makes the stages senseless. @throws UsageError */
function refuseStopped(findings: readonly Finding[], { report }: Pick<ProjectContext, "report">): void {
  const isStop = ({ kind }: Finding): boolean => kind === "stop";
  if (!findings.some(isStop)) return;
  for (const line of findingLines(findings.filter((finding) => !isStop(finding)))) report.warn(line);
  throw new UsageError(findingLines(findings.filter(isStop)).join("\n"));
}

/** Stages with their keys and commands. @throws OptionError for options that a command refuses */
export async function withKeys(
  stages: readonly Stage[],
  state: ProjectState,
  context: ProjectContext,
): Promise<readonly PlannedStage[]> {
  const { specOf, program } = context;
  for (const stage of stages) resolveOptions(specOf(stage.command).options, stage.options);
  const contents = await state.contentsOf(stages, context);
  const keys = await stageKeys(stages, (command) => specOf(command).options, { program, contents });
  return stages.map((stage) => ({
    stage,
    key: keys.get(stage.name)!,
    line: commandLine(specOf(stage.command), stage.options),
    brief: briefCommandLine(specOf(stage.command), stage.options),
  }));
}

/**
 * The project once its own CTF fits are there: micrographs that could not be fitted are set aside, and the stages behind learn from the
 * others. The keys stay as they are, since they hold what the fits were made from.
 */
async function withFits(open: OpenProject, context: ProjectContext): Promise<OpenProject> {
  const { project, data, planned, state, stagesOf } = open;
  const own = planned.find(({ stage }) => stage.name === "estimate");
  if (!own || data.ctf !== undefined || (await state.of(own.stage, own.key)).kind !== "done") return open;
  const { findings, unfitted } = await judgeOwnFits(project, data, context.files);
  const known: ProjectData = { ...data, unfitted };
  return {
    ...open,
    data: known,
    findings: [...open.findings, ...findings],
    planned: await withKeys(stagesOf(project, known), state, context),
  };
}

/**
 * Does the stages of a project that are not done yet, or not from the present options and inputs; then writes the report.
 *
 * @returns the report's path; undefined where the last stage was not reached or no report is wanted
 * @throws OptionError for a stage that there is not, what a command throws, AbortError
 */
export async function runProject(
  given: RunOptions,
  context: RunContext,
  changes: ProjectChanges = {},
): Promise<string | undefined> {
  const options = resolveOptions(runOptions, given);
  const out = options.out === undefined ? {} : { out: options.out };
  const opened = await openProject(options.project, { ...changes, ...out }, context);
  const names = opened.planned.map(({ stage }) => stage.name);
  const [first, last] = [
    positionOf("from", options.from, names, 0),
    positionOf("to", options.to, names, names.length - 1),
  ];
  const open = await doStages(opened, [first, last], context);
  const { planned, state, project, data, findings } = open;
  if (last < planned.length - 1 || project.settings.skip?.includes("report")) return undefined;
  return context.writeReport({ project, data, findings, stages: finishedStages(planned, state) });
}

/** Stages that are done, with the time that each took. */
export const finishedStages = (
  planned: OpenProject["planned"],
  state: ProjectState,
): readonly FinishedStage[] =>
  planned.map(({ stage, key, line }) => ({ stage, key, line, seconds: state.secondsOf(stage.name) }));

/**
 * Says what the check found, and does the stages from the first to the last that are not done yet; those before the first must have been
 * done.
 *
 * @returns the project as it is known then: see `withFits`
 */
export async function doStages(
  opened: OpenProject,
  [first, last]: readonly [number, number],
  context: ProjectContext,
): Promise<OpenProject> {
  const tell = (findings: readonly Finding[]): void => {
    for (const line of findingLines(findings)) context.report.warn(line);
  };
  let open = opened;
  tell(open.findings);
  for (let i = 0; i <= last; i++) {
    const each = open.planned[i]!;
    context.signal.throwIfAborted();
    if (i < first) {
      await requireStage(each, open.state);
      continue;
    }
    const wasDone = await doStage(each, i, open, context);
    if (wasDone || each.stage.name !== "estimate") continue;
    const before = open.findings.length;
    open = await withFits(open, context);
    tell(open.findings.slice(before));
  }
  return open;
}

/** How each stage stands, for `run --plan`. */
export async function describePlan({
  planned,
  state,
}: OpenProject): Promise<readonly (PlannedStage & { state: StageState })[]> {
  return Promise.all(planned.map(async (each) => ({ ...each, state: await state.of(each.stage, each.key) })));
}

function positionOf(
  option: "from" | "to",
  name: string | undefined,
  names: readonly string[],
  otherwise: number,
): number {
  if (name === undefined) return otherwise;
  const position = names.indexOf(name);
  if (position < 0) throw new OptionError(option, `found ${name}, expected one of ${names.join(", ")}`);
  return position;
}

/** A stage that a later one builds on must have been done, with whatever options. */
async function requireStage({ stage, key }: PlannedStage, state: ProjectState): Promise<void> {
  const { kind } = await state.of(stage, key);
  if (kind === "done" || kind === "outdated") return;
  throw new OptionError(
    "from",
    `found the stage ${stage.name} before it not done, expected it to be: leave \`from\` out`,
  );
}

/**
 * Does one of the planned stages, unless it is done already; what it wrote for other options or inputs is kept beside it.
 *
 * @returns whether it was done already
 */
export async function doStage(
  { stage, key, brief }: PlannedStage,
  index: number,
  { planned, state }: Pick<OpenProject, "planned" | "state">,
  { files, report, now, execute }: ProjectContext,
): Promise<boolean> {
  const found = await state.of(stage, key);
  const place = `[${index + 1}/${planned.length}] ${stage.title}`;
  if (found.kind === "done") {
    report.note(`${place}: done already`);
    return true;
  }
  const finished = planned
    .slice(0, index)
    .map((each) => ({ stage: each.stage, seconds: state.secondsOf(each.stage.name) }));
  const left = remainingTime(
    planned.slice(index).map((each) => each.stage),
    finished.filter(({ seconds }) => seconds > 0),
  );
  report.note(`\n${place} (about ${left} to the end)\n${brief}`);
  if (found.kind === "outdated") {
    const aside = await freeName(files, stage.out);
    await files.move(stage.out, aside);
    report.note(`${stage.out} was made from other options or inputs: kept as ${aside}`);
  }
  await state.begin(stage.name, key);
  const start = now();
  await execute(stage.command, stage.options);
  await state.finish(stage.name, key, (now() - start) / 1000);
  return false;
}

/** A name beside a file or folder that nothing has yet: `map.before-1.mrc`, `simulated.before-1`. */
export async function freeName(files: Files, path: string): Promise<string> {
  const [, stem = path, ending = ""] = /^(.*?)(\.[a-z0-9]+)?$/i.exec(path) ?? [];
  for (let i = 1; ; i++) {
    const name = `${stem}.before-${i}${ending}`;
    if (!(await files.exists(name))) return name;
  }
}
