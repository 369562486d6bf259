// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shells write variables so
import {
  type CommandSpec,
  flagName,
  helpOf,
  type OptionSet,
  withFlags,
} from "../jobs/shared/options/option.js";

/** What a shell offers after a flag, or in the place of an argument. */
type Offer = "nothing" | "paths" | readonly string[];

interface Flag {
  readonly text: string;
  readonly help: string;
  /** Undefined for a switch: what follows it is no value of its. */
  readonly value?: Offer;
}

interface Completed {
  /** As "pick train". */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** In the place of arguments. */
  readonly argument: Offer;
}

/** The script by which a shell completes the command line, made from the declarations of the commands. */
export function completionScript(shell: "bash" | "zsh" | "fish", specs: readonly CommandSpec[]): string {
  const commands = specs.map(completed);
  const write = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
  return `${write(commands).join("\n")}\n`;
}

function completed({ name, summary, options }: CommandSpec): Completed {
  const places = Object.values(options).filter(({ positional }) => positional);
  const named = Object.entries(options).filter(([, { positional }]) => !positional);
  const common: Flag[] = [
    { text: "--json", help: "progress and result as JSON lines on standard output" },
    { text: "--help", help: "display help for command" },
  ];
  return {
    name,
    summary,
    flags: [...named.flatMap(([each, option]) => flagsOf(each, option, options)), ...common],
    argument: places[0] ? offerOf(places[0]) : "nothing",
  };
}

function flagsOf(name: string, option: OptionSet[string], set: OptionSet): readonly Flag[] {
  const help = withFlags(helpOf(option), set);
  const flag = flagName(name);
  if (option.kind.type !== "switch") return [{ text: `--${flag}`, help, value: offerOf(option) }];
  const [on, off] = [
    { text: `--${flag}`, help },
    { text: `--no-${flag}`, help: option.offers === "both" ? "do not" : help },
  ];
  return { on: [on], off: [off], both: [on, off] }[option.offers];
}

function offerOf({ kind }: OptionSet[string]): Offer {
  if (kind.type === "path" || kind.type === "paths") return "paths";
  if (kind.type === "choice" || kind.type === "choices") return Object.keys(kind.choices);
  return "nothing";
}

/** Words that may follow the words so far, by those: "" for the first, "pick" for the second of `pick train`. */
function commandWords(commands: readonly Completed[]): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, string[]>([["", []]]);
  const add = (before: string, word: string): void => {
    const known = words.get(before) ?? [];
    if (!known.includes(word)) known.push(word);
    words.set(before, known);
  };
  for (const { name } of commands) {
    const [first, second] = name.split(" ");
    add("", first!);
    if (second !== undefined) add(first!, second);
  }
  add("", "help");
  return words;
}

const groupsOf = (commands: readonly Completed[]): readonly string[] =>
  [...commandWords(commands).keys()].filter((before) => before !== "");

/**
 * For bash and zsh: sets `offer` to the words that may stand at the cursor, or `files` to 1. It wants `command`, the words of the
 * command so far; `previous`, the word before the cursor; and `word`, what stands at the cursor.
 */
function choosing(commands: readonly Completed[]): readonly string[] {
  const quoted = (words: readonly string[]): string => `offer="${words.join(" ")}"`;
  const act = (offer: Offer): string =>
    offer === "paths" ? "files=1" : offer === "nothing" ? ":" : quoted(offer);
  const values = commands.flatMap(({ name, flags }) =>
    flags.flatMap(({ text, value }) => (value ? [`    "${name} ${text}") ${act(value)}; return ;;`] : [])),
  );
  const words = [...commandWords(commands)].map(
    ([before, after]) => `    "${before}") ${quoted(after)}; return ;;`,
  );
  const rest = commands.map(({ name, flags, argument }) => {
    const all = quoted(flags.map(({ text }) => text));
    return `    "${name}") if [[ $word == -* ]]; then ${all}; else ${act(argument)}; fi ;;`;
  });
  const first = [...commandWords(commands).get("")!].filter((word) => word !== "help");
  return [
    "_cryogem_choose() {",
    '  offer="" files=0',
    '  case "$command $previous" in',
    ...values,
    "  esac",
    '  case "$command" in',
    ...words,
    `    help) ${quoted(first)}; return ;;`,
    ...rest,
    "  esac",
    "}",
  ];
}

const HEAD = "Written by `cryogem completion` from the declarations of the commands.";

function bashScript(commands: readonly Completed[]): readonly string[] {
  return [
    `# ${HEAD}`,
    ...choosing(commands),
    "_cryogem() {",
    '  local word="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" command="" offer files',
    "  if ((COMP_CWORD > 1)); then",
    '    command="${COMP_WORDS[1]}"',
    `    case "$command" in ${groupsOf(commands).join(" | ")}) ((COMP_CWORD > 2)) && command+=" \${COMP_WORDS[2]}" ;; esac`,
    "  fi",
    "  _cryogem_choose",
    "  COMPREPLY=()",
    // where nothing is offered, bash itself completes files
    "  if ((files)); then return; fi",
    "  compopt +o default 2>/dev/null",
    '  COMPREPLY=($(compgen -W "$offer" -- "$word"))',
    "}",
    "complete -o default -F _cryogem cryogem",
  ];
}

function zshScript(commands: readonly Completed[]): readonly string[] {
  return [
    "#compdef cryogem",
    `# ${HEAD}`,
    ...choosing(commands),
    "_cryogem() {",
    '  local word="${words[CURRENT]}" previous="${words[CURRENT - 1]}" command="" offer files',
    "  if ((CURRENT > 2)); then",
    '    command="${words[2]}"',
    `    case "$command" in ${groupsOf(commands).join(" | ")}) ((CURRENT > 3)) && command+=" \${words[3]}" ;; esac`,
    "  fi",
    "  _cryogem_choose",
    "  if ((files)); then _files; return; fi",
    "  compadd -- ${=offer}",
    "}",
    "compdef _cryogem cryogem",
  ];
}

function fishScript(commands: readonly Completed[]): readonly string[] {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = [
    `# ${HEAD}`,
    "function __cryogem_is",
    "    set -l words (commandline -opc)",
    "    set -l last (math 1 + (count $argv))",
    "    test (count $words) -ge $last",
    '    and test "$words[2..$last]" = "$argv"',
    "end",
    "function __cryogem_ends",
    "    set -l words (commandline -opc)",
    '    test "$words[2..-1]" = "$argv"',
    "end",
    "complete -c cryogem -f",
  ];
  const summaries = new Map(commands.map(({ name, summary }) => [name, summary]));
  for (const [before, words] of commandWords(commands)) {
    for (const word of words) {
      const summary = summaries.get(`${before} ${word}`.trim());
      const told = summary === undefined ? "" : ` -d ${quote(summary)}`;
      lines.push(`complete -c cryogem -n ${quote(`__cryogem_ends ${before}`.trim())} -a ${word}${told}`);
    }
  }
  for (const { name, flags, argument } of commands) {
    const here = `complete -c cryogem -n ${quote(`__cryogem_is ${name}`)}`;
    if (argument === "paths") lines.push(`${here} -F`);
    else if (argument !== "nothing") lines.push(`${here} -a ${quote(argument.join(" "))}`);
    for (const { text, help, value } of flags) {
      const takes =
        value === undefined
          ? ""
          : value === "paths"
            ? " -r -F"
            : value === "nothing"
              ? " -x"
              : ` -x -a ${quote(value.join(" "))}`;
      lines.push(`${here} -l ${text.slice(2)}${takes} -d ${quote(help)}`);
    }
  }
  return lines;
}
