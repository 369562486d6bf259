#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { CryoError, UsageError } from "../core/errors.js";
import { version } from "../runtime/version.js";
import { commands } from "./commands/index.js";

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const program = new Command("cryogem")
  .description("Realistic, fully annotated synthetic cryo-EM micrographs.")
  .version(version)
  .showHelpAfterError("(add --help for the options)");
for (const command of commands) program.addCommand(command());
const refuseByThrowing = (command: Command): void => {
  command.exitOverride();
  for (const child of command.commands) refuseByThrowing(child);
};
refuseByThrowing(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof Error && error.name === "AbortError") {
    process.stderr.write("interrupted: run the same command again to continue\n");
    return EXIT.interrupted;
  }
  if (!(error instanceof CryoError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
