import { UsageError } from "../core/errors.js";
import type { DatasetJob } from "./records.js";

/** The job of a manifest or of an unfinished dataset, as far as it decides what the files hold. */
export type JobIdentity = Omit<DatasetJob, "program" | "count" | "optics" | "particleDiameter">;

/**
 * Refuses a folder whose dataset comes from another command, other options, another seed or other inputs.
 *
 * @throws UsageError that names the folder and the first difference
 */
export function refuseOtherJob(dir: string, found: JobIdentity, wanted: JobIdentity): void {
  const difference = firstDifference(found, wanted);
  if (difference) throw otherJob(dir, difference);
}

/** The refusal of a folder, for a difference worded "command: found X, expected Y". */
export const otherJob = (dir: string, difference: string): UsageError =>
  new UsageError(
    `${dir}: ${difference}; the folder holds another dataset: give another \`out\` or remove it first`,
  );

function firstDifference(found: JobIdentity, wanted: JobIdentity): string | undefined {
  const say = (what: string, a: unknown, b: unknown): string =>
    `${what}: found ${JSON.stringify(a) ?? "none"}, expected ${JSON.stringify(b) ?? "none"}`;
  if (found.command !== wanted.command) return say("command", found.command, wanted.command);
  for (const name of new Set([...Object.keys(wanted.options), ...Object.keys(found.options)])) {
    const [a, b] = [found.options[name], wanted.options[name]];
    if (JSON.stringify(a) !== JSON.stringify(b)) return say(`option ${name}`, a, b);
  }
  if (found.seed !== wanted.seed) return say("seed", found.seed, wanted.seed);
  // by content: the same file may be named from elsewhere
  for (const [i, input] of wanted.inputs.entries()) {
    const other = found.inputs[i];
    if (other?.sha256 !== input.sha256)
      return say(`content of input ${input.path}`, other?.sha256, input.sha256);
  }
  if (found.inputs.length !== wanted.inputs.length) {
    return say("number of inputs", found.inputs.length, wanted.inputs.length);
  }
  return undefined;
}
