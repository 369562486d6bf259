import { expect, test } from "vitest";
import type { CommandContext } from "../../src/cli/command.js";
import { entries } from "../../src/cli/commands/index.js";
import { withProjectContext } from "../../src/cli/project.js";
import { jobContext } from "../helpers/job-context.js";

test("what several stages of a project have to note of the same files is told once", async () => {
  const { context: job, notes, warnings } = jobContext();
  const stage = async (context: CommandContext): Promise<void> => {
    context.report.note("2 of 3 micrographs: the same");
    context.report.warn("the same");
  };
  const known = entries.map((entry) => ({
    ...entry,
    perform: async (_: unknown, context: CommandContext) => stage(context),
  }));
  const context = { ...job, json: false, entries: known } as unknown as CommandContext;
  await withProjectContext(context, 1, async ({ execute, report }) => {
    report.note("2 of 3 micrographs: the same");
    await execute("bin", {});
    await execute("train", {});
    report.note("another");
  });
  expect(notes).toEqual(["2 of 3 micrographs: the same", "another"]);
  expect(warnings).toEqual(["the same", "the same"]);
});
