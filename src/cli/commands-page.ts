import { SECTIONS } from "../jobs/project/file.js";
import { projectOptions } from "../jobs/project/options.js";
import { type CommandSpec, flagName, helpOf, withFlags } from "../jobs/shared/options/option.js";
import type { CommandEntry } from "./command.js";

/** docs/reference/commands.md: every command with its options, their ranges and defaults, from the declarations. */
export function commandsPage(entries: readonly CommandEntry[]): string {
  const list = entries.map(({ spec }) => `- [\`cryogem ${spec.name}\`](#${anchorOf(spec)}): ${spec.summary}`);
  return [
    "# Commands",
    "",
    "Written by `npm run docs` from the declarations in `src/jobs/*/options.ts`; `cryogem COMMAND --help` says the same.",
    "Every command also takes `--json`: progress and result as JSON lines on standard output. In a project file and in",
    "programs an option has its name without dashes: `--pixel-size` is `pixelSize`.",
    "",
    ...list,
    "- [Project file](#project-file): what `check`, `run` and `compare` read.",
    "",
    ...entries.flatMap(({ spec }) => section(spec)),
    ...projectSection(),
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

/** What stands at the top of a project file, and the sections below it. */
function projectSection(): readonly string[] {
  const rows = Object.entries(projectOptions).map(([name, option]) => {
    const need = option.need === "required" ? " **Needed.**" : "";
    return `| \`${name}\` | ${cell(helpOf(option))}${need} |`;
  });
  const sections = Object.keys(SECTIONS)
    .map((name) => `\`${name}\``)
    .join(", ");
  return [
    "## Project file",
    "",
    "YAML, as `cryogem init` writes it; paths are relative to the file. `model` or `map` is needed, one of them.",
    "",
    "| key | what it is |",
    "|---|---|",
    ...rows,
    "",
    `Below these, a stage may have a section with the options of its command: ${sections}. What`,
    "`simulate` says holds for both sets of simulated micrographs, those to train on and the others that are",
    "translated; the section `specimens` changes it for the latter, which have a `count` and a `seed` of their own.",
    "",
    "```yaml",
    "simulate:",
    "  size: 1024",
    "specimens:",
    "  count: 200",
    "```",
    "",
    "With `goal: map` these follow, each with a section too: `extract`, `refine`, `mask`, `postprocess`, `fsc`; with",
    "`add: [classify2d]` also `classify2d`, with `add: [poses]` also `poseTrain` (pose train) and `poseRun` (pose run).",
    "What `estimate` says holds for the CTFs of the raw micrographs as well.",
    "",
  ];
}

/** A text inside a table's cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
