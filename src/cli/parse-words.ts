import { CommanderError } from "commander";
import { UsageError } from "../core/errors.js";
import { resolveOptions } from "../jobs/shared/options/check.js";
import type { CommandSpec, OptionSet, OptionsOf } from "../jobs/shared/options/option.js";
import type { CommandContext } from "./command.js";
import { commandOf, givenOptions } from "./flags.js";

/**
 * Reads the words of a command as the command line does, without doing it.
 *
 * @throws UsageError for a command that there is not or words that it does not take, OptionError for a value that it refuses
 */
export function parseWords(
  words: readonly string[],
  { entries }: Pick<CommandContext, "entries">,
): { readonly spec: CommandSpec; readonly options: Readonly<Record<string, unknown>> } {
  const found = entries.find(({ spec }) => {
    const name = spec.name.split(" ");
    return name.every((word, i) => word === words[i]);
  });
  if (!found)
    throw new UsageError(`found no command ${words[0]}, expected one of those in \`cryogem --help\``);
  const { spec } = found;
  const command = commandOf(spec, true)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    command.parse(words.slice(spec.name.split(" ").length), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`${spec.name}: ${error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ")}`);
  }
  const options = givenOptions(command, spec.options);
  resolveOptions(spec.options as OptionSet, options as OptionsOf<OptionSet>);
  return { spec, options };
}
