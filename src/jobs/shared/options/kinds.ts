/**
 * What the value of an option may be. A kind is plain data: the help, the parser of a command line, the check of a project
 * file or of a library call, and the documents are all made from it.
 */
export type Kind =
  | NumberKind
  | NumbersKind
  | SizeKind
  | ChoiceKind
  | ChoicesKind
  | { readonly type: "text" }
  | { readonly type: "texts" }
  | { readonly type: "path" }
  | { readonly type: "paths" }
  | { readonly type: "switch" };

export interface NumberKind {
  readonly type: "number";
  /** As "angstrom"; empty for a pure number. */
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
  /** Whether `low` itself is refused. */
  readonly above: boolean;
  /** Words taken in place of a number, with what they stand for: "inf" for Infinity, "auto" for itself. */
  readonly words: Readonly<Record<string, number | string>>;
}

/** Numbers with commas between. */
export interface NumbersKind {
  readonly type: "numbers";
  readonly each: NumberKind;
  /** How many there may be. */
  readonly counts: readonly [least: number, most: number];
  /** Whether they must not fall from one to the next. */
  readonly ascending: boolean;
}

/** Rows and columns of an image, written N or WIDTHxHEIGHT. */
export interface SizeKind {
  readonly type: "size";
  readonly low: number;
  readonly high: number;
}

/** One of some words, each with a remark for the help or none. */
export interface ChoiceKind {
  readonly type: "choice";
  readonly choices: Readonly<Record<string, string>>;
}

/** Several of some words, with commas between. */
export interface ChoicesKind {
  readonly type: "choices";
  readonly choices: Readonly<Record<string, string>>;
}

/** What a value of the kind must be, as errors say it. */
export function expectedOf(kind: Kind): string {
  switch (kind.type) {
    case "number":
      return `${kind.whole ? "a whole number, " : ""}${rangeOf(kind)}`;
    case "numbers":
      return numbersText(kind);
    case "size":
      return `N or WIDTHxHEIGHT, ${kind.low} to ${kind.high} pixels`;
    case "choice":
      return Object.keys(kind.choices).join(", ");
    case "choices":
      return `one or more of ${Object.keys(kind.choices).join(", ")}, with commas between`;
    case "text":
      return "a text";
    case "texts":
      return "one or more words";
    case "path":
      return "a path";
    case "paths":
      return "one or more paths";
    case "switch":
      return "true or false";
  }
}

/** The range of a number as help and errors say it. */
export function rangeOf({ unit, low, high, above, words }: NumberKind): string {
  const bounds =
    high === Number.POSITIVE_INFINITY ? `above ${low}` : `${above ? "above " : ""}${low} to ${high}`;
  const range = low === Number.NEGATIVE_INFINITY ? "a number" : bounds;
  return [`${range}${unit && ` ${unit}`}`, ...Object.keys(words)].join(" or ");
}

function numbersText({ each, counts: [least, most], ascending }: NumbersKind): string {
  const count =
    least === most
      ? `${least} numbers`
      : most === Number.POSITIVE_INFINITY
        ? "numbers"
        : `${least} or ${most} numbers`;
  return `${count} with commas between${ascending ? ", the lower first" : ""}, ${rangeOf(each)}`;
}

/** A decimal number as people write it: no other base, no blanks. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The value that a text stands for: a word of the command line, or one of a project file. A text that stands for nothing
 * comes back as it is, and the check that follows refuses it.
 */
export function valueOfText(kind: Kind, text: string): unknown {
  switch (kind.type) {
    case "number":
      return numberOfText(kind, text);
    case "numbers":
      return text.split(",").map((part) => numberOfText(kind.each, part));
    case "size":
      return sizeOfText(text);
    case "choices":
      return text.split(",");
    case "texts":
    case "paths":
      return [text];
    case "switch":
      return text === "true" ? true : text === "false" ? false : text;
    case "choice":
    case "text":
    case "path":
      return text;
  }
}

/** The number that a text is; undefined where it is none. */
export const decimalOfText = (text: string): number | undefined =>
  DECIMAL.test(text) ? Number(text) : undefined;

function numberOfText({ words }: NumberKind, text: string): unknown {
  const word = text.toLowerCase();
  if (Object.hasOwn(words, word)) return words[word];
  return decimalOfText(text) ?? text;
}

function sizeOfText(text: string): unknown {
  const parts = text.toLowerCase().split("x");
  if (parts.length > 2 || !parts.every((part) => /^\d+$/.test(part))) return text;
  const [width, height = width] = parts.map(Number);
  return [height, width];
}

/** The words of a command line that stand for a value; what `valueOfText` reads back. */
export function textsOfValue(kind: Kind, value: unknown): readonly string[] {
  switch (kind.type) {
    case "number": {
      const word = Object.entries(kind.words).find(([, meaning]) => meaning === value);
      return [word ? word[0] : String(value)];
    }
    case "size": {
      const [rows, columns] = value as readonly [number, number];
      return [rows === columns ? String(rows) : `${columns}x${rows}`];
    }
    case "numbers":
    case "choices":
      return [(value as readonly unknown[]).join(",")];
    case "texts":
    case "paths":
      return value as readonly string[];
    case "choice":
    case "text":
    case "path":
    case "switch":
      return [String(value)];
  }
}
