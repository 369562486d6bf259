import { UsageError } from "../../core/errors.js";
import { textTable } from "../../evaluate/realism/table.js";
import { IMAGE_EXTENSIONS } from "../../io/read-image.js";
import type { evaluateOptions } from "../../jobs/evaluate/options.js";
import { type MicrographSource, namesOf } from "../../jobs/evaluate/plan.js";
import { evaluateRealism } from "../../jobs/evaluate/run.js";
import { expandInputs } from "../../runtime/inputs.js";
import type { CommandContext, Run } from "../command.js";
import { withWorkers } from "../workers.js";

const KIND = { what: "micrograph", extensions: IMAGE_EXTENSIONS };

/** The work of `cryogem evaluate realism`. */
export const run: Run<typeof evaluateOptions> = async (options, context) => {
  const names = namesOf(options.synthetic, "synthetic");
  const plan = {
    ...options,
    seed: options.seed ?? 1,
    real: await expandInputs(options.real, KIND),
    synthetic: await Promise.all(options.synthetic.map((path, i) => sourceOf(path, names[i]!, context))),
  };
  const result = await withWorkers(options.workers, (workers) =>
    evaluateRealism(plan, { ...context, workers }),
  );
  if (!context.json) process.stdout.write(textTable(result));
  context.report.note(`${options.out}: tables and figures`);
  return { out: options.out, patches: result.patches, repeats: result.repeats, rows: result.rows };
};

/** A set of micrographs: a dataset, or the files of a folder or glob. */
async function sourceOf(path: string, name: string, { files }: CommandContext): Promise<MicrographSource> {
  if (await files.exists(`${path}/dataset.json`)) return { name, dataset: path };
  if (await files.exists(`${path}/parts/job.json`)) {
    throw new UsageError(`${path}: found an unfinished dataset: run the command that makes it again`);
  }
  return { name, paths: await expandInputs([path], KIND) };
}
