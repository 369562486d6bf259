import { textsOfValue } from "./kinds.js";
import { type CommandSpec, flagName } from "./option.js";

/** The words after `cryogem` that give a command these options. */
export function commandWords(
  { name, options: set }: CommandSpec,
  options: Readonly<Record<string, unknown>>,
): string[] {
  const places: string[] = [];
  const flags: string[] = [];
  for (const [each, option] of Object.entries(set)) {
    const value = options[each];
    if (value === undefined) continue;
    if (option.positional) places.push(...textsOfValue(option.kind, value));
    else if (option.kind.type !== "switch")
      flags.push(`--${flagName(each)}`, ...textsOfValue(option.kind, value));
    else if (value === true && option.offers !== "off") flags.push(`--${flagName(each)}`);
    else if (value === false && option.offers !== "on") flags.push(`--no-${flagName(each)}`);
  }
  return [...name.split(" "), ...places, ...flags];
}

/** A command as a shell takes it. */
export const commandLine = (spec: CommandSpec, options: Readonly<Record<string, unknown>>): string =>
  ["cryogem", ...commandWords(spec, options).map(quoted)].join(" ");

/** Files that a line for reading names at most, and of more the first ones. */
const MOST_NAMED = 20;
const NAMED = 3;

/** A command for reading: of a list of many files the first ones, and the number of the others. */
export function briefCommandLine(spec: CommandSpec, options: Readonly<Record<string, unknown>>): string {
  const brief = Object.entries(options).map(([name, value]) => {
    const isList = spec.options[name]?.kind.type === "paths" && Array.isArray(value);
    if (!isList || value.length <= MOST_NAMED) return [name, value];
    return [name, [...value.slice(0, NAMED), `${REST} and ${value.length - NAMED} more`]];
  });
  const words = commandWords(spec, Object.fromEntries(brief));
  return ["cryogem", ...words.map((word) => (word.startsWith(REST) ? `[${word}]` : quoted(word)))].join(" ");
}

/** Begins what stands for the rest of a list. */
const REST = "…";

/** A word as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
