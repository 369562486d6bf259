import { FormatError, UsageError } from "../../../core/errors.js";
import type { Files, JobContext } from "../../../core/ports.js";
import { inside } from "../../../dataset/layout.js";
import type { StepMetrics } from "../../../train/loop.js";
import type { NamedArrays } from "../../../train/named-arrays.js";
import { type FolderClaim, inClaimedFolder } from "../claim-folder.js";
import { hashFile, type InputFile } from "../hash-file.js";
import { MODEL, readArrays } from "./model-files.js";

/** What a training is: equal ones give equal results. */
export interface TrainingIdentity {
  readonly format: "cryogem-training";
  readonly program: string;
  /** Kind of translator, or "picker". */
  readonly translator: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputFile[];
}

/** The identity of a training: its options, and its inputs by content. */
export async function trainingIdentity(
  files: Files,
  about: Omit<TrainingIdentity, "format" | "inputs">,
  paths: readonly string[],
): Promise<TrainingIdentity> {
  const inputs: InputFile[] = [];
  for (const path of paths) inputs.push(await hashFile(path, undefined, files));
  return { format: "cryogem-training", ...about, inputs };
}

/** Where a training's files go, and whether one that began there is to be continued. */
export interface TrainingPlace {
  readonly out: string;
  readonly resume: boolean;
}

/**
 * Does a training's work in its folder: a new or empty one, or, to resume, one in which the same training began.
 *
 * @throws UsageError for a folder that holds something else, another training, or this one without `resume`, and for one in which
 *   another process is at work
 */
export async function inTrainingFolder<T>(
  files: Files,
  place: TrainingPlace,
  identity: TrainingIdentity,
  work: () => Promise<T>,
): Promise<T> {
  const path = inside(place.out, MODEL.training);
  const isBegun = await files.exists(path);
  if (isBegun) await refuseOtherTraining(files, place, identity);
  return inClaimedFolder(files, place.out, TRAINING_CLAIM, async () => {
    if (isBegun) return work();
    await files.write(path, `${JSON.stringify(identity, null, 2)}\n`);
    try {
      return await work();
    } finally {
      // an input was refused: the same folder may be given again
      if (await holdsNothingElse(files, place.out)) await files.remove(path);
    }
  });
}

/** Whether a folder has nothing but the identity of a training, and hidden files. */
const holdsNothingElse = async (files: Files, dir: string): Promise<boolean> =>
  (await files.list(dir)).every((name) => name === MODEL.training || name.startsWith("."));

const TRAINING_CLAIM: FolderClaim = { holds: "a training", marks: [MODEL.training] };

async function refuseOtherTraining(
  files: Files,
  { out, resume }: TrainingPlace,
  identity: TrainingIdentity,
): Promise<void> {
  const path = inside(out, MODEL.training);
  if (!resume) {
    throw new UsageError(`${out}: found a training: add \`resume\` to continue it, or give another \`out\``);
  }
  const difference = firstDifference(parse(await files.read(path), path), identity);
  if (difference) {
    throw new UsageError(`${out}: ${difference}; the folder holds another training: give another \`out\``);
  }
}

/** The state that a training's last checkpoint left in its folder, or nothing where there is none. */
export async function readCheckpoint<Model>(
  files: Files,
  { out }: TrainingPlace,
  decode: (arrays: NamedArrays, path: string) => Model,
): Promise<Model | undefined> {
  const path = inside(out, MODEL.checkpoint);
  return (await files.exists(path)) ? decode(await readArrays(files, path), path) : undefined;
}

/**
 * Adds a step to a training's metrics.jsonl, and tells how far it is.
 *
 * @param hasWaiting whether the line says how long the step waited for what it is fed
 */
export async function recordStep(
  { step, losses, learningRate, seconds, waiting }: StepMetrics,
  { out, steps }: { readonly out: string; readonly steps: number },
  { files, report }: Pick<JobContext, "files" | "report">,
  { hasWaiting = false } = {},
): Promise<void> {
  const rounded = (value: number): number => Number(value.toFixed(4));
  const line = {
    ...{ step, ...losses, learningRate, seconds: rounded(seconds) },
    ...(hasWaiting && { waiting: rounded(waiting) }),
  };
  await files.append(inside(out, MODEL.metrics), `${JSON.stringify(line)}\n`);
  report.progress({ stage: "train", done: step, total: steps, unit: "steps", figures: losses });
}

/** Says how an interrupted training goes on. */
export function sayingHowToResume<T>(
  training: Promise<T>,
  { out }: TrainingPlace,
  { signal, report }: JobContext,
): Promise<T> {
  return training.catch((error: unknown) => {
    if (signal.aborted) report.note(`${out}: interrupted; \`resume\` continues the training`);
    throw error;
  });
}

function parse(bytes: Uint8Array, path: string): Partial<TrainingIdentity> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // falls through to the one message
  }
  throw new FormatError(path, "text", "no JSON object", "what `train` wrote");
}

function firstDifference(found: Partial<TrainingIdentity>, wanted: TrainingIdentity): string | undefined {
  const say = (what: string, a: unknown, b: unknown): string | undefined =>
    JSON.stringify(a) === JSON.stringify(b)
      ? undefined
      : `${what}: found ${JSON.stringify(a) ?? "none"}, expected ${JSON.stringify(b) ?? "none"}`;
  const hashes = (inputs: readonly InputFile[] = []) => inputs.map(({ sha256 }) => sha256);
  const [foundHashes, wantedHashes] = [hashes(found.inputs), hashes(wanted.inputs)];
  const other = wantedHashes.findIndex((hash, i) => hash !== foundHashes[i]);
  return (
    say("format", found.format, wanted.format) ??
    say("program", found.program, wanted.program) ??
    say("translator", found.translator, wanted.translator) ??
    Object.keys(wanted.options)
      .map((name) => say(`option ${name}`, found.options?.[name], wanted.options[name]))
      .find((difference) => difference !== undefined) ??
    say("number of inputs", foundHashes.length, wantedHashes.length) ??
    (other < 0 ? undefined : `input ${wanted.inputs[other]!.path}: found other content than at the start`)
  );
}
