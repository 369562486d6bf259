import { OptionError, UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import { quoted } from "../shared/options/line.js";
import type { SubmitPlan } from "./plan.js";
import { parseSubmission, SUBMISSION, type Submission } from "./records.js";
import { jobScript, taskScript, WARNING } from "./scripts.js";
import { mostTasks, type RunProgram, sbatch } from "./slurm.js";
import { readStanding, type Standing } from "./standing.js";
import { fillTemplate, PLAIN_TEMPLATE } from "./template.js";

/** What a submission receives beside its plan. */
export interface SubmitContext extends JobContext {
  readonly run: RunProgram;
  /** The words that start this program on any node: node and its file. */
  readonly program: readonly string[];
  /** In which the tasks work too. */
  readonly workingFolder: string;
  /** A path as it is from any folder. */
  readonly absolute: (path: string) => string;
}

/** What is to be given to Slurm. */
interface Prepared {
  readonly tasks: number;
  /** By name, for the folder of the submission. */
  readonly scripts: Readonly<Record<string, string>>;
  /** The words of sbatch but for the script: all calls, for an array of tasks or one job, and for the join. */
  readonly common: readonly string[];
}

/**
 * Submits a command: its shares as an array of jobs with a join behind it, or the whole as one job. Where the same command was submitted
 * before, only what has not ended well.
 *
 * @returns how it stands then
 * @throws UsageError for a folder with another submission, or one whose jobs are in the queue still; FormatError for a template that
 *   cannot be used; FileError for what Slurm refuses
 */
export async function submit(plan: SubmitPlan, context: SubmitContext): Promise<Standing> {
  const { files, report, run } = context;
  const prepared = await prepare(plan, context);
  const before = await readSubmission(plan.folder, context);
  if (before) await refuseOther(before, plan, context);
  const claim = { holds: "a submission", marks: [SUBMISSION.record] };
  await inClaimedFolder(files, plan.folder, claim, async () => {
    const at = (name: string): string => inside(plan.folder, name);
    for (const [name, text] of Object.entries(prepared.scripts)) await files.write(at(name), text);
    // sbatch does not make the folder of the logs
    await files.write(at(`${SUBMISSION.logs}/.keep`), "");
    await files.write(at(`${SUBMISSION.ended}/.keep`), "");
    const ended = await files.list(at(SUBMISSION.ended));
    for (const name of ended.filter((each) => /\.[1-9]\d*$/.test(each))) {
      await files.remove(at(`${SUBMISSION.ended}/${name}`));
    }
    let submission: Submission = {
      ...{ format: "cryogem-submission", formatVersion: 1, words: [...plan.words], out: plan.out ?? null },
      ...{ shards: plan.shares?.count ?? null, tasks: prepared.tasks, job: null, join: null },
    };
    const left = tasksLeft(plan, prepared.tasks, ended);
    if (left.length === 0 && ended.includes(plan.shares ? "join.0" : "all.0")) {
      report.note(`${plan.folder}: everything is complete already`);
      submission = { ...submission, job: before?.job ?? null, join: before?.join ?? null };
    } else {
      if (left.length > 0) {
        submission = { ...submission, job: await sbatch(run, arrayWords(plan, prepared, left, context)) };
        await files.write(at(SUBMISSION.record), recordText(submission));
      }
      if (plan.shares) {
        submission = {
          ...submission,
          join: await sbatch(run, joinWords(plan, prepared, submission.job, context)),
        };
      }
    }
    await files.write(at(SUBMISSION.record), recordText(submission));
  });
  return readStanding(plan.folder, context);
}

/** The scripts and calls of a submission as a person reads them, for `dryRun`; nothing is written or submitted. */
export async function describeSubmission(plan: SubmitPlan, context: SubmitContext): Promise<string> {
  const prepared = await prepare(plan, context);
  const all = tasksLeft(plan, prepared.tasks, []);
  const calls = [
    arrayWords(plan, prepared, all, context),
    ...(plan.shares ? [joinWords(plan, prepared, "JOB", context)] : []),
  ];
  const scripts = Object.entries(prepared.scripts).map(
    ([name, text]) => `# ${inside(plan.folder, name)}\n${text}`,
  );
  return [...scripts, ...calls.map((words) => `sbatch ${words.map(quoted).join(" ")}\n`)].join("\n");
}

/** How the jobs of a submission stand. @throws FileError for a folder without one */
export async function standingOf(folder: string, context: SubmitContext): Promise<Standing> {
  if (!(await readSubmission(folder, context))) {
    throw new OptionError(
      "status",
      `found no ${SUBMISSION.record} in ${folder}, expected a folder that \`submit\` made`,
    );
  }
  return readStanding(folder, context);
}

async function readSubmission(folder: string, { files }: SubmitContext): Promise<Submission | undefined> {
  const path = inside(folder, SUBMISSION.record);
  if (!(await files.exists(path))) return undefined;
  return parseSubmission(new TextDecoder().decode(await files.read(path)), path);
}

async function refuseOther(
  before: Submission,
  { folder, words, shares }: SubmitPlan,
  context: SubmitContext,
): Promise<void> {
  const [was, is] = [before, { words, shards: shares?.count ?? null }].map(({ words: w, shards }) =>
    JSON.stringify([w, shards]),
  );
  if (was !== is) {
    throw new UsageError(
      `${folder}: found the submission of another command or number of shares (${before.words.join(" ")}), ` +
        `expected this one: give another \`folder\` or remove it first`,
    );
  }
  const { unfinished } = await readStanding(folder, context);
  if (unfinished > 0) {
    throw new UsageError(
      `${folder}: found ${unfinished} of its jobs in the queue still, expected none: see \`status\`, or end them with scancel`,
    );
  }
}

async function prepare(plan: SubmitPlan, context: SubmitContext): Promise<Prepared> {
  const { files, run, program, workingFolder, absolute } = context;
  const { shares, template, threads, queue, extra = [], memory, time } = plan;
  const folder = absolute(plan.folder);
  const tasks = shares ? Math.min(shares.count, await mostTasks(run)) : 1;
  const text = template === undefined ? PLAIN_TEMPLATE : new TextDecoder().decode(await files.read(template));
  const log = logOf(plan, context);
  const site = fillTemplate(
    text,
    {
      command: `/bin/bash ${quoted(`${folder}/${SUBMISSION.task}`)}`,
      ...{ name: `cryogem-${plan.command.replace(" ", "-")}`, queue },
      ...{ mpinodes: 1, threads, cores: threads, dedicated: threads, nodes: 1 },
      ...{ outfile: `${log}.out`, errfile: `${log}.err` },
      ...Object.fromEntries(extra.map((word, i) => [`extra${i + 1}`, word])),
    },
    template ?? "template",
  );
  return {
    tasks,
    scripts: {
      [SUBMISSION.job]: jobScript(site, folder),
      [SUBMISSION.site]: site,
      [SUBMISSION.task]: taskScript({
        ...{ program, words: plan.words, folder, workingFolder },
        ...(shares && { shares: { ...shares, tasks, claimed: absolute(shares.claimed) } }),
      }),
    },
    common: [
      "--parsable",
      "--requeue",
      "--open-mode=append",
      `--signal=B:USR1@${WARNING}`,
      ...(queue === undefined ? [] : [`--partition=${queue}`]),
      ...(memory === undefined ? [] : [`--mem=${memory}`]),
      ...(time === undefined ? [] : [`--time=${time}`]),
    ],
  };
}

/** Path of the logs without their ending: %A is the number of the array, %a of the task, %j of a job. */
const logOf = ({ folder, shares }: SubmitPlan, { absolute }: SubmitContext): string =>
  `${absolute(folder)}/${SUBMISSION.logs}/${shares ? "%A_%a" : "%j"}`;

const logWords = (path: string): readonly string[] => [`--output=${path}.out`, `--error=${path}.err`];

/** Tasks, from 1, with a share among theirs that has not ended well. */
function tasksLeft({ shares }: SubmitPlan, tasks: number, ended: readonly string[]): readonly number[] {
  if (!shares) return ended.includes("all.0") ? [] : [1];
  const well = new Set(ended);
  const left = new Set<number>();
  for (let share = 1; share <= shares.count; share++) {
    if (!well.has(`${share}.0`)) left.add(((share - 1) % tasks) + 1);
  }
  return [...left].sort((a, b) => a - b);
}

function arrayWords(
  plan: SubmitPlan,
  { common }: Prepared,
  left: readonly number[],
  context: SubmitContext,
): readonly string[] {
  return [
    ...common,
    ...logWords(logOf(plan, context)),
    ...(plan.shares ? [`--array=${rangesOf(left)}`] : []),
    `${context.absolute(plan.folder)}/${SUBMISSION.job}`,
  ];
}

function joinWords(
  plan: SubmitPlan,
  { common }: Prepared,
  job: string | null,
  context: SubmitContext,
): readonly string[] {
  const folder = context.absolute(plan.folder);
  return [
    ...common,
    ...logWords(`${folder}/${SUBMISSION.logs}/join-%j`),
    // after any end: after a success alone it would pend for ever behind one failure; what is there it looks at itself
    ...(job === null ? [] : [`--dependency=afterany:${job}`]),
    `${folder}/${SUBMISSION.job}`,
  ];
}

/** Numbers in ascending order as sbatch takes them: 1-3,7. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(",");
}

const recordText = (submission: Submission): string => `${JSON.stringify(submission, null, 1)}\n`;
