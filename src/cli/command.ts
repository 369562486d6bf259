import { resolve } from "node:path";
import type { Command } from "commander";
import { CryoError, OptionError } from "../core/errors.js";
import type { JobContext, Report } from "../core/ports.js";
import {
  type CommandSpec,
  type OptionSet,
  type OptionsOf,
  withFlags,
} from "../jobs/shared/options/option.js";
import { commandOf, givenOptions } from "./flags.js";

/** What a command hands to a program that asked for --json: the fields of its last line. */
export type Result = Readonly<Record<string, unknown>>;

/** What a command's work gets beside its options. */
export interface CommandContext extends JobContext {
  /** Whether results go out as JSON lines, and nothing else to standard output. */
  readonly json: boolean;
  /** As "cryogem 0.1.0". */
  readonly program: string;
  /** All commands, for one that runs others or speaks of them. */
  readonly entries: readonly CommandEntry[];
}

/** The work of a command: from what the user gave to the result. */
export type Run<Set extends OptionSet> = (given: OptionsOf<Set>, context: CommandContext) => Promise<Result>;

/**
 * A command: its declaration, and a module with its work that is loaded when it runs, so that --help stays fast.
 */
export interface CommandEntry {
  readonly spec: CommandSpec;
  /** As commander knows it. @param entries all commands @param isWhole see `commandOf` */
  readonly build: (entries: readonly CommandEntry[], isWhole: boolean) => Command;
  /** Does its work with options by their names, in a context that is there already. */
  readonly perform: (given: Readonly<Record<string, unknown>>, context: CommandContext) => Promise<void>;
}

/** An entry of the table of commands. */
export function entry<Set extends OptionSet>(
  spec: CommandSpec<Set>,
  load: () => Promise<{ readonly run: Run<Set> }>,
): CommandEntry {
  const build = (entries: readonly CommandEntry[], isWhole: boolean): Command =>
    commandOf(spec, isWhole).action(async (...words: unknown[]) => {
      const command = words.at(-1) as Command;
      const json = command.getOptionValue("json") === true;
      const given = givenOptions(command, spec.options) as OptionsOf<Set>;
      const [{ withContext }, { version }] = await Promise.all([
        import("../runtime/context.js"),
        import("../runtime/version.js"),
      ]);
      const program = `cryogem ${version}`;
      await withContext({ json }, (context) =>
        perform(spec, load, given, { ...context, json, program, entries }),
      );
    });
  return {
    spec,
    build,
    perform: (given, context) => perform(spec, load, given as OptionsOf<Set>, context),
  };
}

/**
 * Checks the options of a command, does its work and hands out the result. What it has to say speaks of options by their
 * names; here they get their dashes.
 */
async function perform<Set extends OptionSet>(
  { options }: CommandSpec<Set>,
  load: () => Promise<{ readonly run: Run<Set> }>,
  given: OptionsOf<Set>,
  context: CommandContext,
): Promise<void> {
  try {
    const { resolveOptions } = await import("../jobs/shared/options/check.js");
    const resolved: Readonly<Record<string, unknown>> = resolveOptions(options, given);
    const { out } = resolved;
    if (typeof out === "string") {
      refuseInputsPlace(out, resolved, options);
      // before minutes or hours of work, not behind them
      await context.files.tryWriting(out);
    }
    const { run } = await load();
    const result = await run(given, { ...context, report: reportInFlags(context.report, options) });
    if (context.json) process.stdout.write(`${JSON.stringify({ type: "result", ...result })}\n`);
  } catch (error) {
    if (error instanceof CryoError) error.message = messageInFlags(error, options);
    throw error;
  }
}

/** @throws OptionError for an output that would take the place of an input */
function refuseInputsPlace(out: string, given: Readonly<Record<string, unknown>>, set: OptionSet): void {
  for (const [name, { kind }] of Object.entries(set)) {
    if (name === "out" || (kind.type !== "path" && kind.type !== "paths")) continue;
    const paths = [given[name] ?? []].flat() as unknown as readonly string[];
    if (paths.some((path) => resolve(path) === resolve(out)))
      throw new OptionError("out", `found ${out}, which is one of \`${name}\`, expected another place`);
  }
}

const messageInFlags = (error: CryoError, set: OptionSet): string =>
  withFlags(error instanceof OptionError ? `\`${error.option}\`: ${error.problem}` : error.message, set);

const reportInFlags = ({ progress, note, warn }: Report, set: OptionSet): Report => ({
  progress,
  note: (line) => note(withFlags(line, set)),
  warn: (line) => warn(withFlags(line, set)),
});
