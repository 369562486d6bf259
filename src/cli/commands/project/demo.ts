import type { demoOptions } from "../../../jobs/demo/options.js";
import { runProject } from "../../../jobs/run/run.js";
import { examplePath } from "../../../runtime/example.js";
import type { Run } from "../../command.js";
import { withProjectContext } from "../../project.js";

/** The work of `cryogem demo`: the bundled project, into a folder of its own. */
export const run: Run<typeof demoOptions> = async ({ out = "demo", map, seed, steps, device }, context) =>
  withProjectContext(context, undefined, async (project) => {
    const report = await runProject(
      { project: `${examplePath("apoferritin-10146")}/project.yaml`, out },
      project,
      {
        ...(seed !== undefined && { seed }),
        ...(device !== undefined && { device }),
        ...(map && { toMap: true }),
        ...(steps !== undefined && { sections: { train: { steps } } }),
      },
    );
    context.report.note(`\n${report}: open it in a browser`);
    return { out: report };
  });
