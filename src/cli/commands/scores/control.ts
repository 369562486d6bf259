import { controlText } from "../../../jobs/control/figures.js";
import { controlProject } from "../../../jobs/control/loop.js";
import { spoilMicrographs } from "../../../jobs/control/micrographs.js";
import type { controlOptions } from "../../../jobs/control/options.js";
import { controlOf, planMicrographControl } from "../../../jobs/control/plan.js";
import { spoilParticles } from "../../../jobs/control/run.js";
import type { Run } from "../../command.js";
import { expandMicrographs, withProjectContext } from "../../project.js";

/** The work of `cryogem control`. */
export const run: Run<typeof controlOptions> = async (options, context) => {
  const { report } = context;
  switch (controlOf(options)) {
    case "particles": {
      const result = await spoilParticles(options, context);
      report.note(`${result.out}: ${result.particles} particles`);
      return { ...result };
    }
    case "micrographs": {
      const plan = planMicrographControl(options);
      const micrographs = await expandMicrographs(plan.micrographs);
      const result = await spoilMicrographs({ ...plan, micrographs }, context);
      report.note(`${result.out}: ${result.micrographs} micrographs`);
      return { ...result };
    }
    case "project":
      return withProjectContext(context, undefined, async (project) => {
        const { record, figure, report: page } = await controlProject(options, project);
        if (!context.json) process.stdout.write(controlText(record));
        report.note(`\n${figure}; ${page}: open it in a browser`);
        return { figure, report: page, ...record };
      });
  }
};
