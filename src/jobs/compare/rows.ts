import { OptionError, UsageError } from "../../core/errors.js";
import { isTrained } from "../../translate/presets.js";
import { readOptions } from "../shared/options/check.js";
import { valueOfText } from "../shared/options/kinds.js";
import { flagName, type OptionSet } from "../shared/options/option.js";
import { trainOptions } from "../train/options.js";

/** One line of a comparison: a translator with options of `train`. */
export interface CompareRow {
  /** As it was written. */
  readonly text: string;
  /** Of its folders: letters, digits and dashes. */
  readonly name: string;
  readonly hasNetwork: boolean;
  /** Of `train`, the translator among them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Options that the comparison gives itself. */
const OWN: readonly string[] = [
  "real",
  "simulated",
  "estimates",
  "out",
  "translator",
  "steps",
  "every",
  "seed",
  "resume",
];

/**
 * Rows as a user writes them: "cut --network antialiased".
 *
 * @throws OptionError for a translator or an option that there is not, and for a row that stands twice
 */
export function parseRows(texts: readonly string[]): readonly CompareRow[] {
  const rows = texts.map(parseRow);
  const twice = rows.find(({ name }, i) => rows.findIndex((row) => row.name === name) !== i);
  if (twice) throw new OptionError("rows", `found ${twice.text} twice, expected every row once`);
  return rows;
}

function parseRow(text: string): CompareRow {
  const [translator = "", ...words] = text.trim().split(/\s+/);
  const given: Record<string, unknown> = { translator };
  while (words.length > 0) {
    const { name, value } = takeOption(words, text);
    given[name] = value;
  }
  const optional: OptionSet = Object.fromEntries(
    Object.entries(trainOptions).map(([name, option]) => [name, { ...option, need: "optional" as const }]),
  );
  const options = inRow(text, () => readOptions(optional, given));
  return {
    text: text.trim().replace(/\s+/g, " "),
    name: text.trim().replace(/[^a-z0-9.]+/gi, "-"),
    hasNetwork: isTrained(translator),
    options: options as Readonly<Record<string, unknown>>,
  };
}

/** Takes an option and its value off the words. */
function takeOption(words: string[], text: string): { readonly name: string; readonly value: unknown } {
  const word = words.shift()!;
  const [, no, flag] = /^--(no-)?(.+)$/.exec(word) ?? [];
  const name = Object.keys(trainOptions).find((each) => flagName(each) === flag);
  if (name === undefined || OWN.includes(name)) {
    throw new OptionError(
      "rows",
      `found ${word} in "${text}", expected an option of \`train\` that no comparison gives itself`,
    );
  }
  const { kind } = trainOptions[name as keyof typeof trainOptions];
  if (kind.type === "switch") return { name, value: no === undefined };
  const value = words.shift();
  if (value === undefined || no !== undefined) {
    throw new OptionError("rows", `found ${word} without a value in "${text}"`);
  }
  return { name, value: valueOfText(kind, value) };
}

/** An option's error as one of the row. */
function inRow<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new OptionError("rows", `"${text}": ${error.message}`);
  }
}
