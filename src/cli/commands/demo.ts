import type { demoOptions } from "../../jobs/demo/options.js";
import { DEMO_COMMANDS, type DemoCommand, type DemoStage, planDemo } from "../../jobs/demo/plan.js";
import { runDemo } from "../../jobs/demo/run.js";
import type { CommandSpec } from "../../jobs/shared/options/option.js";
import { writeDemoReport } from "../../report/demo.js";
import { examplePath } from "../../runtime/example.js";
import { type CommandContext, perform, type Run } from "../command.js";

type SetOf<Name extends DemoCommand> = (typeof DEMO_COMMANDS)[Name]["options"];

/** The work of each command that the demo goes through. */
const works: { readonly [Name in DemoCommand]: () => Promise<{ readonly run: Run<SetOf<Name>> }> } = {
  estimate: () => import("./estimate.js"),
  potential: () => import("./potential.js"),
  simulate: () => import("./simulate.js"),
  train: () => import("./train.js"),
  generate: () => import("./generate.js"),
  realism: () => import("./evaluate-realism.js"),
};

const performStage = <Name extends DemoCommand>(
  { command, options }: DemoStage<Name>,
  context: CommandContext,
): Promise<void> =>
  perform(DEMO_COMMANDS[command] as CommandSpec<SetOf<Name>>, works[command], options, context);

/** The work of `cryogem demo`. */
export const run: Run<typeof demoOptions> = async (options, context) => {
  const out = await runDemo(planDemo(options, examplePath("apoferritin-10146")), {
    ...context,
    perform: (stage) => performStage(stage, context),
    writeReport: (plan, timings) => writeDemoReport(plan, timings, context),
  });
  context.report.note(`\n${out}: open it in a browser`);
  return { out };
};
