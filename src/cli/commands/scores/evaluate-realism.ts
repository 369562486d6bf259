import { textTable } from "../../../evaluate/realism/table.js";
import { IMAGE_EXTENSIONS } from "../../../io/read-image.js";
import { classifierText, classifyRealism } from "../../../jobs/evaluate/classify.js";
import { extractorRealism, extractorText } from "../../../jobs/evaluate/extractor.js";
import type { evaluateOptions } from "../../../jobs/evaluate/options.js";
import { planRealism } from "../../../jobs/evaluate/plan.js";
import { evaluateRealism } from "../../../jobs/evaluate/run.js";
import { expandInputs } from "../../../runtime/inputs.js";
import { openDevice } from "../../../runtime/onnx/device.js";
import type { CommandContext, Run } from "../../command.js";
import { withWorkers } from "../../workers.js";

const KIND = { what: "micrograph", extensions: IMAGE_EXTENSIONS };

/** The work of `cryogem evaluate realism`. */
export const run: Run<typeof evaluateOptions> = async (options, context) => {
  const members = await Promise.all(options.synthetic.map((path) => membersOf(path, context)));
  const plan = planRealism({ ...options, real: await expandInputs(options.real, KIND) }, members);
  const result = await withWorkers(options.workers, (workers) =>
    evaluateRealism(plan, { ...context, workers }),
  );
  if (!context.json) process.stdout.write(textTable(result));
  const found = { out: options.out, patches: result.patches, repeats: result.repeats, rows: result.rows };
  const { classifier, extractor } = plan;
  const runtime = () => openDevice(options, context.report.note);
  const classified =
    classifier &&
    (await withWorkers(options.workers, (workers) =>
      classifyRealism({ ...plan, classifier }, { ...context, workers, runtime }),
    ));
  if (classified && !context.json) process.stdout.write(`\n${classifierText(classified, classifier)}`);
  const extracted =
    extractor &&
    (await withWorkers(options.workers, (workers) =>
      extractorRealism({ ...plan, extractor }, { ...context, workers, runtime }),
    ));
  if (extracted && !context.json) process.stdout.write(`\n${extractorText(extracted)}`);
  context.report.note(`${options.out}: tables and figures`);
  return {
    ...found,
    ...(classified && { classifier: classified }),
    ...(extracted && { extractor: extracted }),
  };
};

/** The files of a folder or glob; none of a dataset, finished or not, which the job reads itself. */
async function membersOf(path: string, { files }: CommandContext): Promise<readonly string[] | undefined> {
  for (const mark of ["dataset.json", "parts/job.json"]) {
    if (await files.exists(`${path}/${mark}`)) return undefined;
  }
  return expandInputs([path], KIND);
}
