import { textsOfValue } from "./kinds.js";
import { type CommandSpec, flagName, type OptionSet, type OptionsOf } from "./option.js";

/** The words of a command line that ask a command for these options, in their order; those without a name come first. */
export function wordsOf<Set extends OptionSet>(
  { name, options: set }: CommandSpec<Set>,
  options: OptionsOf<Set>,
): readonly string[] {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const positional = given.filter(([each]) => set[each]!.positional);
  const named = given.filter(([each]) => !set[each]!.positional);
  return [
    ...name.split(" "),
    ...positional.flatMap(([each, value]) => textsOfValue(set[each]!.kind, value)),
    ...named.flatMap(([each, value]) => namedWords(each, value, set)),
  ];
}

function namedWords(name: string, value: unknown, set: OptionSet): readonly string[] {
  const { kind } = set[name]!;
  if (kind.type === "switch") return [`--${value === true ? "" : "no-"}${flagName(name)}`];
  return [`--${flagName(name)}`, ...textsOfValue(kind, value)];
}

/** Words as a shell takes them. */
export const shellLine = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
