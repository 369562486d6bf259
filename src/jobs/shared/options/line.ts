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

/** A word as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
