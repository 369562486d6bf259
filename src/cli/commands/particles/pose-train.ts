import type { poseTrainOptions } from "../../../jobs/pose-train/options.js";
import { planPoseTraining } from "../../../jobs/pose-train/plan.js";
import { trainPoseModel } from "../../../jobs/pose-train/run.js";
import { openDevice } from "../../../runtime/onnx/device.js";
import type { Run } from "../../command.js";

/** The work of `cryogem pose train`. */
export const run: Run<typeof poseTrainOptions> = async (options, context) => {
  const plan = planPoseTraining(options);
  const { validation, step } = await trainPoseModel(plan, {
    ...context,
    runtime: () => openDevice(options, context.report.note),
  });
  const score = validation
    ? `, medians ${validation.angle.toFixed(1)} degrees and ${validation.shift.toFixed(1)} angstrom on particles kept apart`
    : "";
  context.report.note(`${plan.out}: pose encoder trained${score}`);
  return { out: plan.out, steps: step, ...(validation && { validation }) };
};
