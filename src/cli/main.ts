#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { CryoError, UsageError } from "../core/errors.js";
import { version } from "../runtime/version.js";
import { addCommands } from "./commands/index.js";

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const program = new Command("cryogem")
  .description("Realistic, fully annotated synthetic cryo-EM micrographs.")
  .version(version)
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. `cryogem help <command>` shows its options.\n" +
      `The pages docs/… that help texts name lie in ${fileURLToPath(new URL("../../docs", import.meta.url))}`,
  );
addCommands(program, process.argv.slice(2));
refuseByThrowing(program);

// a reader that has seen enough, as `head`, is no failure, nor is a log on a full disk: the job goes on without it
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || stream === process.stderr) return;
    process.stderr.write(`error: standard output: ${error.message}\n`);
    process.exit(EXIT.failed);
  });
}

try {
  await program.parseAsync();
} catch (error) {
  const isDone = error instanceof CommanderError && error.exitCode === 0;
  const isInterrupted = error instanceof Error && error.name === "AbortError";
  if (process.argv[2] === "relion" && !isDone && !isInterrupted) {
    const { tellRelionOfFailure } = await import("./relion-failure.js");
    await tellRelionOfFailure(process.argv);
  }
  process.exitCode = report(error);
}

function refuseByThrowing(command: Command): void {
  command.exitOverride().configureOutput({
    // commander puts its suggestion on a second line
    outputError: (text, write) => write(`${text.trim().replace(/\s*\n\s*/g, " ")}\n`),
  });
  for (const child of command.commands) refuseByThrowing(child);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    const done = error.exitCode === 0;
    if (!done) tellMachine({ code: "E_USAGE", message: error.message.replace(/^error: /, "") });
    return done ? EXIT.done : EXIT.usage;
  }
  if (error instanceof Error && error.name === "AbortError") {
    process.stderr.write("interrupted: run the same command again to continue\n");
    return EXIT.interrupted;
  }
  if (isOutOfMemory(error)) {
    const message = `not enough memory (${(error as Error).message}): smaller images or boxes, or fewer workers, take less`;
    tellMachine({ code: "E_MEMORY", message });
    process.stderr.write(`error: ${message}\n`);
    return EXIT.failed;
  }
  if (!(error instanceof CryoError)) throw error;
  tellMachine({ code: error.code, message: error.message });
  process.stderr.write(`error: ${error.message}\n`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** Whether an array or a kernel's memory could not be had, on this thread or a worker's: by what V8 says of it. */
function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === "RangeError" &&
    /allocation failed|array length|allocate memory|out of memory/i.test(error.message)
  );
}

function tellMachine(failure: { readonly code: string; readonly message: string }): void {
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ type: "error", ...failure })}\n`);
  }
}
