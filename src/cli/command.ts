import type { Command } from "commander";
import { OptionError, UsageError } from "../core/errors.js";
import type { JobContext } from "../core/ports.js";
import type { CommandSpec, OptionSet, OptionsOf } from "../jobs/shared/options/option.js";
import { withFlags } from "../jobs/shared/options/option.js";
import { commandOf, givenOptions } from "./flags.js";

/** What a command hands to a program that asked for --json: the fields of its last line. */
export type Result = Readonly<Record<string, unknown>>;

/** What a command's work gets beside its options. */
export interface CommandContext extends JobContext {
  /** Whether results go out as JSON lines, and nothing else to standard output. */
  readonly json: boolean;
  /** As "cryogem 0.1.0". */
  readonly program: string;
}

/** The work of a command: from what the user gave to the result. */
export type Run<Set extends OptionSet> = (given: OptionsOf<Set>, context: CommandContext) => Promise<Result>;

/**
 * A command: its declaration, and a module with its work that is loaded when it runs, so that --help stays fast.
 */
export interface CommandEntry {
  readonly spec: CommandSpec;
  readonly build: () => Command;
}

/** An entry of the table of commands. */
export function entry<Set extends OptionSet>(
  spec: CommandSpec<Set>,
  load: () => Promise<{ readonly run: Run<Set> }>,
): CommandEntry {
  const build = (): Command =>
    commandOf(spec).action(async (...words: unknown[]) => {
      const command = words.at(-1) as Command;
      await runCommand(spec, load, command);
    });
  return { spec, build };
}

/** Checks the options, then runs the work with this machine's files, terminal and signals. */
async function runCommand<Set extends OptionSet>(
  spec: CommandSpec<Set>,
  load: () => Promise<{ readonly run: Run<Set> }>,
  command: Command,
): Promise<void> {
  const json = command.getOptionValue("json") === true;
  try {
    const given = givenOptions(command, spec.options) as OptionsOf<Set>;
    const [{ resolveOptions }, { withContext }, { version }, { run }] = await Promise.all([
      import("../jobs/shared/options/check.js"),
      import("../runtime/context.js"),
      import("../runtime/version.js"),
      load(),
    ]);
    resolveOptions(spec.options, given);
    const program = `cryogem ${version}`;
    const result = await withContext({ json }, (context) => run(given, { ...context, json, program }));
    if (json) process.stdout.write(`${JSON.stringify({ type: "result", ...result })}\n`);
  } catch (error) {
    throw error instanceof OptionError ? inFlags(error, spec.options) : error;
  }
}

/** An option's error as the command line says it: with dashes. */
function inFlags({ option, problem }: OptionError, set: OptionSet): UsageError {
  return new UsageError(withFlags(`\`${option}\`: ${problem}`, set));
}
