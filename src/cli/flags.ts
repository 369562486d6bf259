import { Argument, Command, Option } from "commander";
import { valueOfText } from "../jobs/shared/options/kinds.js";
import {
  type CommandSpec,
  flagName,
  helpOf,
  type OptionSet,
  withFlags,
} from "../jobs/shared/options/option.js";

/**
 * A command of commander with the options, arguments and help of its declaration.
 *
 * @param isWhole with all its options; without them it serves for the list of commands alone
 */
export function commandOf({ name, summary, options, notes }: CommandSpec, isWhole: boolean): Command {
  const command = new Command(name.split(" ").at(-1)).description(summary);
  command.option("--json", "progress and result as JSON lines on standard output");
  for (const [each, option] of Object.entries(options)) {
    if (option.positional) command.addArgument(argumentOf(each, option, options));
    else if (isWhole) for (const flag of flagsOf(each, option, options)) command.addOption(flag);
  }
  return command.addHelpText("after", notes);
}

/** What was given on the command line, by the names of the options; defaults are for the job to fill in. */
export function givenOptions(command: Command, set: OptionSet): Record<string, unknown> {
  const named = Object.keys(set).filter((name) => command.getOptionValueSource(name) === "cli");
  const given = Object.fromEntries(named.map((name) => [name, command.getOptionValue(name)]));
  const positional = Object.keys(set).filter((name) => set[name]!.positional);
  positional.forEach((name, i) => {
    if (command.processedArgs[i] !== undefined) given[name] = command.processedArgs[i];
  });
  return given;
}

const isList = ({ kind }: OptionSet[string]): boolean => kind.type === "paths" || kind.type === "texts";

function argumentOf(name: string, option: OptionSet[string], set: OptionSet): Argument {
  const dots = isList(option) ? "..." : "";
  const text = option.need === "required" ? `<${flagName(name)}${dots}>` : `[${flagName(name)}${dots}]`;
  return new Argument(text, withFlags(helpOf(option), set));
}

function flagsOf(name: string, option: OptionSet[string], set: OptionSet): readonly Option[] {
  const { kind, value, offers } = option;
  const help = withFlags(helpOf(option), set);
  const flag = flagName(name);
  if (kind.type === "switch") {
    const [on, off] = [
      new Option(`--${flag}`, help),
      new Option(`--no-${flag}`, offers === "both" ? "do not" : help),
    ];
    return { on: [on], off: [off], both: [on, off] }[offers];
  }
  const made = new Option(`--${flag} <${value || "value"}${isList(option) ? "..." : ""}>`, help);
  if (option.need === "required") made.makeOptionMandatory();
  return [isList(option) ? made : made.argParser((text) => valueOfText(kind, text))];
}
