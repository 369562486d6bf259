import { normalize } from "node:path";
import { FileError } from "../core/errors.js";
import { IMAGE_EXTENSIONS } from "../io/read-image.js";
import type { RunContext } from "../jobs/run/run.js";
import { writeProjectReport } from "../report/project.js";
import { expandInputs } from "../runtime/inputs.js";
import type { CommandContext, CommandEntry } from "./command.js";
import { withWorkers } from "./workers.js";

/** Files, folders and globs of micrographs, as every command takes them; a file named in two ways has one name here. */
export async function expandMicrographs(patterns: readonly string[]): Promise<readonly string[]> {
  const paths = await expandInputs(patterns, { what: "micrograph", extensions: IMAGE_EXTENSIONS });
  return [...new Set(paths.map(normalize))];
}

/** A command by its name. @throws FileError for one that there is not */
export function entryOf({ entries }: CommandContext, command: string): CommandEntry {
  const found = entries.find(({ spec }) => spec.name === command);
  if (!found) throw new FileError("commands", `no ${command}`, "one of the commands of `cryogem --help`");
  return found;
}

/**
 * Does the work of a project, with every command at hand.
 *
 * @param execute does a stage; otherwise as if it had been typed, in this very process
 */
export async function withProjectContext<T>(
  context: CommandContext,
  workers: number | undefined,
  work: (context: RunContext) => Promise<T>,
  execute?: RunContext["execute"],
): Promise<T> {
  const told = new Set<string>();
  // several stages read the same files, and have the same to say of them
  const note = (line: string): void => {
    if (!told.has(line)) context.report.note(line);
    told.add(line);
  };
  const report = { ...context.report, note };
  return withWorkers(workers, (pool) =>
    work({
      ...context,
      report,
      workers: pool,
      expand: expandMicrographs,
      specOf: (command) => entryOf(context, command).spec,
      execute:
        execute ?? ((command, options) => entryOf(context, command).perform(options, { ...context, report })),
      writeReport: (finished) => writeProjectReport(finished, context),
    }),
  );
}
