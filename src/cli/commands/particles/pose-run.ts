import type { poseRunOptions } from "../../../jobs/pose-run/options.js";
import { runPoses } from "../../../jobs/pose-run/run.js";
import { openDevice } from "../../../runtime/onnx/device.js";
import type { Run } from "../../command.js";

/** The work of `cryogem pose run`. */
export const run: Run<typeof poseRunOptions> = async (options, context) => {
  const result = await runPoses(options, {
    ...context,
    runtime: () => openDevice(options, context.report.note),
  });
  const each = result.best > 1 ? `, ${result.best} poses each` : "";
  context.report.note(`${result.out}: poses of ${result.particles} particles${each}`);
  return { ...result };
};
