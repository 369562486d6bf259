import type { Report } from "../../../core/ports.js";
import { IMAGE_EXTENSIONS } from "../../../io/read-image.js";
import type { pickRunOptions } from "../../../jobs/pick-run/options.js";
import { planPickRun } from "../../../jobs/pick-run/plan.js";
import type { PickRecord } from "../../../jobs/pick-run/records.js";
import { pickShard, runPicking } from "../../../jobs/pick-run/run.js";
import { expandInputs } from "../../../runtime/inputs.js";
import { openDevice } from "../../../runtime/onnx/device.js";
import type { Run } from "../../command.js";
import { isShard, tellShard, withWorkers } from "../../workers.js";

/** The work of `cryogem pick run`. */
export const run: Run<typeof pickRunOptions> = async (options, context) => {
  const kind = { what: "micrograph", extensions: IMAGE_EXTENSIONS };
  const plan = planPickRun({ ...options, micrographs: await expandInputs(options.micrographs, kind) });
  const runtime = () => openDevice(options, context.report.note);
  return withWorkers(options.workers, async (workers) => {
    const machine = { ...context, workers, runtime };
    if (isShard(plan.assignment)) return tellShard(await pickShard(plan, machine), context.report);
    return tellPicks(plan.out, await runPicking(plan, machine), context.report);
  });
};

function tellPicks(out: string, record: PickRecord, report: Report) {
  const picks = record.micrographs.reduce((sum, each) => sum + each.picks, 0);
  const { value, source } = record.threshold;
  const why = { given: "as given", model: "the model's", scores: "told from the scores" }[source];
  report.note(
    `${out}: ${picks} picks in ${record.micrographs.length} micrographs, threshold ${value} (${why})` +
      (record.failed.length > 0 ? `; ${record.failed.length} micrographs left out` : ""),
  );
  return {
    out,
    picks,
    threshold: record.threshold,
    micrographs: record.micrographs,
    failed: record.failed,
  };
}
