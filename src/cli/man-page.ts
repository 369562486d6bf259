import { type CommandSpec, flagName, helpOf, withFlags } from "../jobs/shared/options/option.js";
import type { CommandEntry } from "./command.js";

/** docs/reference/cryogem.1, for `man cryogem`: every command with its options, from the declarations, in the man macros of troff. */
export function manPage(entries: readonly CommandEntry[]): string {
  return [
    '.\\" Written by "npm run docs" from the declarations in src/jobs/*/options.ts.',
    '.TH CRYOGEM 1 "" "cryogem" "User Commands"',
    ".SH NAME",
    "cryogem \\- realistic, fully annotated synthetic cryo\\-EM micrographs",
    ".SH SYNOPSIS",
    ".B cryogem",
    ".I command",
    ".RI [ options ]",
    ".br",
    ".B cryogem help",
    ".I command",
    ".SH DESCRIPTION",
    ...paragraph(
      "Every command also takes --json: progress and result as JSON lines on standard output. In a project file and in\n" +
        "programs an option has its name without dashes: --pixel-size is pixelSize.",
    ),
    ".SH COMMANDS",
    ...entries.flatMap(({ spec }) => section(spec)),
    ".SH EXIT STATUS",
    ...[
      ["0", "done"],
      ["1", "failed"],
      ["2", "wrong usage"],
      ["130", "interrupted; the same command goes on"],
    ].flatMap(([code, meaning]) => [".TP", `.B ${code}`, meaning!]),
    "",
  ].join("\n");
}

function section({ name, summary, options, notes }: CommandSpec): readonly string[] {
  const items = Object.entries(options).flatMap(([each, option]) => {
    const no = option.offers === "off" ? "no-" : "";
    const head = option.positional ? flagName(each).toUpperCase() : `--${no}${flagName(each)}`;
    const value = option.value === "" || option.positional ? "" : ` " " "${text(option.value)}"`;
    const needed = option.need === "required" ? " Needed." : "";
    const both = option.offers === "both" ? ` --no-${flagName(each)} does not.` : "";
    return [
      ".TP",
      `.BI ${text(head)}${value}`,
      ...lines(`${withFlags(helpOf(option), options)}${both}${needed}`),
    ];
  });
  const said = notes.trim();
  return [
    `.SS cryogem ${text(name)}`,
    ...lines(summary),
    ...items,
    ...(said === "" ? [] : [".PP", ".nf", ...lines(said), ".fi"]),
  ];
}

const paragraph = (words: string): readonly string[] => [".PP", ...lines(words)];

const lines = (words: string): readonly string[] => words.split("\n").map(text);

/** A text in which troff sees no commands: its backslashes, dashes, and dots or quotes that begin a line. */
const text = (words: string): string =>
  words
    .replaceAll("…", "...")
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/, "\\&$1");
