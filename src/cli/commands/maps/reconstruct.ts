import type { reconstructOptions } from "../../../jobs/reconstruct/options.js";
import { planReconstruction } from "../../../jobs/reconstruct/plan.js";
import { reconstructMap } from "../../../jobs/reconstruct/run.js";
import type { Run } from "../../command.js";
import { withWorkers } from "../../workers.js";

/** The work of `cryogem reconstruct`. */
export const run: Run<typeof reconstructOptions> = async (options, context) => {
  const plan = planReconstruction(options);
  const record = await withWorkers(plan.workers, (workers) => reconstructMap(plan, { ...context, workers }));
  const maps = record.maps.map(({ file, particles }) => `${file} of ${particles}`).join(", ");
  context.report.note(`${plan.out}: ${maps} particles, ${record.box} voxels of ${record.voxelSize} angstrom`);
  if (record.halfMapResolution !== undefined) {
    context.report.note(
      `half maps agree to ${record.halfMapResolution.toFixed(2)} angstrom (FSC 0.143, no mask)`,
    );
  }
  const { fit } = record.byNumber ?? {};
  if (fit) {
    context.report.note(
      `B factor by the number of particles: ${fit.bFactor.toFixed(0)} square angstrom (${fit.plainBFactor.toFixed(0)} by ln N alone)`,
    );
  }
  return { ...record };
};
