import type { StageState } from "../../../jobs/project/state.js";
import type { runOptions } from "../../../jobs/run/options.js";
import { describePlan, openProject, type PlannedStage, runProject } from "../../../jobs/run/run.js";
import type { CommandContext, Run } from "../../command.js";
import { withProjectContext } from "../../project.js";
import { submitting } from "../../submit-stages.js";

/** The work of `cryogem run`. */
export const run: Run<typeof runOptions> = async (options, context) =>
  withProjectContext(
    context,
    undefined,
    async (project) => {
      if (options.plan) {
        const out = options.out === undefined ? {} : { out: options.out };
        const planned = await describePlan(await openProject(options.project, out, project));
        if (!context.json) printPlan(planned, context);
        return {
          stages: planned.map(({ stage, state, line }) => ({
            stage: stage.name,
            state: state.kind,
            command: line,
          })),
        };
      }
      const out = await runProject(options, project);
      if (out !== undefined) context.report.note(`\n${out}: open it in a browser`);
      return { report: out ?? null };
    },
    options.submit === undefined ? undefined : submitting(options.submit, context),
  );

const WORDS: Readonly<Record<StageState["kind"], string>> = {
  done: "done",
  begun: "to go on with",
  missing: "to do",
  outdated: "to do again, since options or inputs have changed",
};

function printPlan(
  planned: readonly (PlannedStage & { readonly state: StageState })[],
  { report }: CommandContext,
): void {
  const width = Math.max(...planned.map(({ stage }) => stage.name.length));
  for (const { stage, state, brief } of planned) {
    report.note(`${stage.name.padEnd(width)}  ${WORDS[state.kind]}\n${"".padEnd(width)}  ${brief}`);
  }
  if (planned.some(({ line, brief }) => line !== brief))
    report.note(
      "Long lists of files are cut short here: `cryogem run --plan --json` gives the commands whole.",
    );
}
