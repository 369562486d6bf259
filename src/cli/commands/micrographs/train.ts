import type { trainOptions } from "../../../jobs/train/options.js";
import { planTraining } from "../../../jobs/train/plan.js";
import { trainTranslator } from "../../../jobs/train/run.js";
import { openDevice } from "../../../runtime/onnx/device.js";
import type { Run } from "../../command.js";
import { expandMicrographs } from "../../project.js";
import { withWorkers } from "../../workers.js";

/** The work of `cryogem train`. */
export const run: Run<typeof trainOptions> = async (options, context) => {
  const plan = planTraining({ ...options, real: await expandMicrographs(options.real) });
  const runtime = () => openDevice(options, context.report.note);
  // one thread is enough to have the next step's data ready
  const steps = await withWorkers(1, (workers) => trainTranslator(plan, { ...context, runtime, workers }));
  context.report.note(`${plan.out}: ${plan.translator} trained`);
  return { out: plan.out, translator: plan.translator, steps };
};
