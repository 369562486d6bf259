import { type CommandSpec, flagName, helpOf, withFlags } from "../jobs/shared/options/option.js";
import type { CommandEntry } from "./command.js";

/** docs/commands.md: every command with its options, their ranges and defaults, from the declarations. */
export function commandsPage(entries: readonly CommandEntry[]): string {
  const list = entries.map(({ spec }) => `- [\`cryogem ${spec.name}\`](#${anchorOf(spec)}): ${spec.summary}`);
  return [
    "# Commands",
    "",
    "Written by `npm run docs` from the declarations in `src/jobs/*/options.ts`; `cryogem COMMAND --help` says the same. Every command also takes `--json`:",
    "progress and result as JSON lines on standard output. In a project file and in programs an option has its name without dashes: `--pixel-size` is `pixelSize`.",
    "",
    ...list,
    "",
    ...entries.flatMap(({ spec }) => section(spec)),
  ].join("\n");
}

const anchorOf = ({ name }: CommandSpec): string => `cryogem-${name.replaceAll(" ", "-")}`;

function section(spec: CommandSpec): readonly string[] {
  const rows = Object.entries(spec.options).map(([name, option]) => {
    const value = option.value === "" ? "" : ` <${option.value}>`;
    const no = option.offers === "off" ? "no-" : "";
    const flag = option.positional ? flagName(name).toUpperCase() : `--${no}${flagName(name)}${value}`;
    const need = option.need === "required" ? " **Needed.**" : "";
    const both = option.offers === "both" ? ` \`--no-${flagName(name)}\` does not.` : "";
    return `| \`${flag}\` | ${cell(withFlags(helpOf(option), spec.options))}${both}${need} |`;
  });
  return [
    `## cryogem ${spec.name}`,
    "",
    spec.summary,
    "",
    "| option | what it is |",
    "|---|---|",
    ...rows,
    "",
    "```",
    spec.notes.trim(),
    "```",
    "",
  ];
}

/** A text inside a table's cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
