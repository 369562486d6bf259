import { z } from "zod";
import { parseJson } from "../../dataset/check.js";

/** Files of the folder of a submission. */
export const SUBMISSION = {
  record: "submit.json",
  /** What is given to sbatch. */
  job: "job.sh",
  /** The site's script, filled in; `job` calls it. */
  site: "site.sh",
  /** What a task does; `site` calls it. */
  task: "task.sh",
  logs: "logs",
  /** Empty files that say how each share ended: 12.0 of share 12 with exit code 0, join.1. */
  ended: "ended",
} as const;

const submission = z.object({
  format: z.literal("cryogem-submission"),
  formatVersion: z.literal(1),
  /** The words after `cryogem`. */
  words: z.array(z.string()).min(1),
  /** Where its results go. */
  out: z.string().nullable(),
  /** Shares; null for a command that is one job. */
  shards: z.int().min(1).nullable(),
  /** Tasks of the array, each with one share or several. */
  tasks: z.int().min(1),
  /** Numbers of Slurm's jobs; null where none was needed, or before it was submitted. */
  job: z.string().nullable(),
  join: z.string().nullable(),
});

/** submit.json: what was submitted. */
export type Submission = z.infer<typeof submission>;

/** Reads submit.json. @throws FormatError that names the field */
export const parseSubmission = (text: string, path: string): Submission => parseJson(submission, text, path);
