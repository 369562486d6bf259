import type { similarityOptions } from "../../../jobs/similarity/options.js";
import { compareFeatures } from "../../../jobs/similarity/run.js";
import { openDevice } from "../../../runtime/onnx/device.js";
import type { Run } from "../../command.js";

/** The work of `cryogem similarity`. */
export const run: Run<typeof similarityOptions> = async (options, context) => {
  const models = await compareFeatures(options, {
    ...context,
    runtime: () => openDevice(options, context.report.note),
  });
  for (const { model, mean, auc } of models) {
    const parts = auc === undefined ? "" : `, AUC ${auc.toFixed(3)} for particles against ground`;
    context.report.note(`${model}: mean cosine ${mean.toFixed(3)}${parts}`);
  }
  return { models };
};
