import { FormatError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import type { TrainPlan } from "../train/plan.js";
import { hashFile, type InputFile } from "./hash-file.js";
import { MODEL } from "./model-files.js";

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
  plan: TrainPlan,
  program: string,
): Promise<TrainingIdentity> {
  const { translator, options, dose } = plan;
  const paths = [inside(plan.simulated, "dataset.json"), ...plan.real];
  if (plan.estimates !== undefined) paths.push(inside(plan.estimates, "estimates.json"));
  const inputs: InputFile[] = [];
  for (const path of paths) inputs.push(await hashFile(path, undefined, files));
  return { format: "cryogem-training", program, translator, options: { ...options, dose }, inputs };
}

/**
 * Makes a folder ready for a training: a new or empty folder, or, to resume, one in which the same training began.
 *
 * @throws UsageError for a folder that holds something else, another training, or this one without `resume`
 */
export async function openTrainingFolder(
  files: Files,
  { out, resume }: Pick<TrainPlan, "out" | "resume">,
  identity: TrainingIdentity,
): Promise<void> {
  const names = (await files.exists(out)) ? await files.list(out) : [];
  const path = inside(out, MODEL.training);
  if (names.length === 0) return files.write(path, `${JSON.stringify(identity, null, 2)}\n`);
  if (!names.includes(MODEL.training)) {
    const some = names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
    throw new UsageError(
      `${out}: found a folder with other files (${some}), expected a new or empty folder, or a training`,
    );
  }
  if (!resume) {
    throw new UsageError(`${out}: found a training: add --resume to continue it, or give another --out`);
  }
  const difference = firstDifference(parse(await files.read(path), path), identity);
  if (difference) {
    throw new UsageError(`${out}: ${difference}; the folder holds another training: give another --out`);
  }
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
