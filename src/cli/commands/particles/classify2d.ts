import type { classify2dOptions } from "../../../jobs/classify2d/options.js";
import { planClassification } from "../../../jobs/classify2d/plan.js";
import { classifyParticles } from "../../../jobs/classify2d/run.js";
import type { Run } from "../../command.js";
import { withWorkers } from "../../workers.js";

/** The work of `cryogem classify2d`. */
export const run: Run<typeof classify2dOptions> = async (options, context) => {
  const plan = planClassification(options);
  const record = await withWorkers(options.workers, (workers) =>
    classifyParticles(plan, { ...context, workers }),
  );
  const end = record.hasConverged ? "few particles change their class" : "as many iterations as asked for";
  context.report.note(
    `${plan.out}: ${record.classes.length} classes after ${record.iterations} iterations (${end})`,
  );
  return { out: plan.out, ...record };
};
