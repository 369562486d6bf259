import { type Kind, type NumberKind, type NumbersKind, rangeOf, textsOfValue } from "./kinds.js";

/**
 * One option of a command, declared once: the command line, its help, `docs/reference/commands.md`, the check of a library call, the
 * project file and the record in a manifest all come from it. In programs and files an option has the name of the key that it
 * stands under (`pixelSize`), on the command line that name with dashes (`--pixel-size`).
 */
export interface Option<Value = unknown, Need extends "required" | "default" | "optional" = "optional"> {
  readonly kind: Kind;
  /** What stands for the value in the help, as "kV". */
  readonly value: string;
  /** What it is; the range, the choices and the default are added to it. */
  readonly help: string;
  readonly need: Need;
  /** The value where none is given. */
  readonly fallback?: Value;
  /** The default in words, where it depends on other things. */
  readonly otherwise?: string;
  readonly role: Role;
  /** Given without its name, by its place: the files of `export`. */
  readonly positional: boolean;
  /** Of a switch: which of --name and --no-name the command line offers. */
  readonly offers: "on" | "off" | "both";
}

/**
 * What an option decides: the content of the results, which a manifest records; the place of files, whose contents are recorded
 * as inputs; or how the machine works, which leaves no trace in the results.
 */
export type Role = "result" | "place" | "machine";

/** Options of a command by name, in the order of its help. */
// biome-ignore lint/suspicious/noExplicitAny: a set holds options of every value, as their own types say
export type OptionSet = Readonly<Record<string, Option<any, "required" | "default" | "optional">>>;

/** A command: what it is called, what it does, its options, and what its help says below them. */
export interface CommandSpec<Set extends OptionSet = OptionSet> {
  /** As "simulate" or "pick train". */
  readonly name: string;
  readonly summary: string;
  readonly options: Set;
  /** Lines below the options in the help: what is written, examples. */
  readonly notes: string;
}

type ValueOf<O> = O extends Option<infer Value, infer _Need> ? Value : never;
type Named<Set, Need> = {
  [K in keyof Set]: Set[K] extends Option<infer _Value, infer N> ? (N extends Need ? K : never) : never;
}[keyof Set];

/** What a caller may give: the required options, and any others. */
export type OptionsOf<Set extends OptionSet> = {
  readonly [K in Named<Set, "required">]: ValueOf<Set[K]>;
} & { readonly [K in Named<Set, "default" | "optional">]?: ValueOf<Set[K]> };

/** What a plan works with: defaults are filled in, options without one may be absent. */
export type ResolvedOptions<Set extends OptionSet> = {
  readonly [K in Named<Set, "required" | "default">]: ValueOf<Set[K]>;
} & { readonly [K in Named<Set, "optional">]?: ValueOf<Set[K]> };

interface Declared<Value> {
  readonly value?: string;
  readonly help: string;
  readonly required?: true;
  readonly fallback?: Value;
  readonly otherwise?: string;
  readonly role?: Role;
  readonly positional?: true;
}
type NeedOf<D> = D extends { readonly required: true }
  ? "required"
  : D extends { readonly fallback: unknown }
    ? "default"
    : "optional";

function option<Value, D extends Declared<Value>>(
  kind: Kind,
  declared: D,
  role: Role,
): Option<Value, NeedOf<D>> {
  const need = declared.required ? "required" : declared.fallback === undefined ? "optional" : "default";
  return {
    kind,
    ...{ value: declared.value ?? "", help: declared.help, need: need as NeedOf<D> },
    ...(declared.fallback !== undefined && { fallback: declared.fallback }),
    ...(declared.otherwise !== undefined && { otherwise: declared.otherwise }),
    ...{ role: declared.role ?? role, positional: declared.positional ?? false, offers: "on" },
  };
}

interface Bounds {
  readonly unit?: string;
  readonly from?: number;
  readonly to?: number;
  /** Larger than this number. */
  readonly above?: number;
}

function numberKind(bounds: Bounds, whole: boolean, words: NumberKind["words"] = {}): NumberKind {
  const { unit = "", from, to = Number.POSITIVE_INFINITY, above } = bounds;
  return {
    type: "number",
    ...{ unit, whole, words, high: to, low: above ?? from ?? Number.NEGATIVE_INFINITY },
    above: above !== undefined,
  };
}

/** A number in a range with a unit. */
export const numberOption = <const D extends Declared<number>>(bounds: Bounds, declared: D) =>
  option<number, D>(numberKind(bounds, false), declared, "result");

/** A whole number in a range. */
export const countOption = <const D extends Declared<number>>(bounds: Bounds, declared: D) =>
  option<number, D>(numberKind(bounds, true), declared, "result");

/** A number, or one of some words with a meaning of their own. */
export const numberOrWordOption = <
  const W extends Readonly<Record<string, number | string>>,
  const D extends Declared<number | W[keyof W]>,
>(
  bounds: Bounds,
  words: W,
  declared: D,
) => option<number | W[keyof W], D>(numberKind(bounds, false, words), declared, "result");

/** Two numbers with a comma between, the lower first. */
export const rangeOption = <const D extends Declared<readonly [low: number, high: number]>>(
  bounds: Bounds,
  declared: D,
) =>
  option<readonly [low: number, high: number], D>(
    { type: "numbers", each: numberKind(bounds, false), counts: [2, 2], ascending: true },
    declared,
    "result",
  );

/** Numbers with commas between, as many as `counts` says (default: one or more). */
export const numbersOption = <const D extends Declared<readonly number[]>>(
  bounds: Bounds & { readonly counts?: NumbersKind["counts"] },
  declared: D,
) =>
  option<readonly number[], D>(
    {
      type: "numbers",
      each: numberKind(bounds, false),
      counts: bounds.counts ?? [1, Number.POSITIVE_INFINITY],
      ascending: false,
    },
    declared,
    "result",
  );

/** Rows and columns in pixels; on the command line N or WIDTHxHEIGHT. */
export const sizeOption = <const D extends Declared<readonly [rows: number, columns: number]>>(
  { from, to }: { readonly from: number; readonly to: number },
  declared: D,
) =>
  option<readonly [rows: number, columns: number], D>(
    { type: "size", low: from, high: to },
    declared,
    "result",
  );

/** One of some words; the text beside each is a remark for the help, empty where none is needed. */
export const choiceOption = <
  const C extends Readonly<Record<string, string>>,
  const D extends Declared<keyof C & string>,
>(
  choices: C,
  declared: D,
) => option<keyof C & string, D>({ type: "choice", choices }, declared, "result");

/** Several of some words, with commas between. */
export const choicesOption = <
  const C extends Readonly<Record<string, string>>,
  const D extends Declared<readonly (keyof C & string)[]>,
>(
  choices: C,
  declared: D,
) => option<readonly (keyof C & string)[], D>({ type: "choices", choices }, declared, "result");

/** A text of the job's own grammar. */
export const textOption = <const D extends Declared<string>>(declared: D) =>
  option<string, D>({ type: "text" }, declared, "result");

/** Several words of the job's own grammar. */
export const textsOption = <const D extends Declared<readonly string[]>>(declared: D) =>
  option<readonly string[], D>({ type: "texts" }, declared, "result");

/** A file or folder. */
export const pathOption = <const D extends Declared<string>>(declared: D) =>
  option<string, D>({ type: "path" }, declared, "place");

/** Files, folders or globs. */
export const pathsOption = <const D extends Declared<readonly string[]>>(declared: D) =>
  option<readonly string[], D>({ type: "paths" }, declared, "place");

/** Something that is done or not: --name, --no-name, or both. */
export const switchOption = <const D extends Declared<boolean>>(
  declared: D & { readonly offers?: Option["offers"] },
): Option<boolean, NeedOf<D>> => ({
  ...option<boolean, D>({ type: "switch" }, declared, "result"),
  offers: declared.offers ?? "on",
});

/** An option as another command declares it, with other words or another default: kind and range stay those of the first. */
export function restated<Value, const D extends Partial<Declared<Value>>>(
  base: Option<Value, "required" | "default" | "optional">,
  declared: D,
): Option<Value, NeedOf<D>> {
  const { kind, value, help, role, offers } = base;
  return {
    ...option<Value, D & { help: string }>(kind, { value, help, role, ...declared }, role),
    offers,
  } as Option<Value, NeedOf<D>>;
}

/** The name of an option on the command line, without the dashes before it: `pixelSize` is `pixel-size`. */
export const flagName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A text in which options stand as `` `name` ``, as a command line says it: `--name`. Other words in such marks stay. */
export const withFlags = (text: string, set: OptionSet): string =>
  text.replace(/`([a-z]\w*)`/gi, (whole, name: string) =>
    Object.hasOwn(set, name) ? writtenName(name, set[name]!) : whole,
  );

/** An option as it is written on a command line: `--name`, `--no-name` of what is only ever switched off, or its place. */
const writtenName = (name: string, { positional, offers }: OptionSet[string]): string =>
  positional ? flagName(name) : `--${offers === "off" ? "no-" : ""}${flagName(name)}`;

/** What the help says of an option: what it is, its range or choices, and its default. */
export function helpOf(each: OptionSet[string]): string {
  const { kind, help, fallback, otherwise } = each;
  const parts = [help, rangeText(kind)].filter((part) => part !== "");
  const standard =
    otherwise ??
    (fallback === undefined || kind.type === "switch" ? "" : textsOfValue(kind, fallback).join(" "));
  return `${parts.join(parts.length > 1 && kind.type.startsWith("choice") ? ": " : ", ")}${standard && ` (default: ${standard})`}`;
}

function rangeText(kind: Kind): string {
  switch (kind.type) {
    case "number":
      return kind.low === Number.NEGATIVE_INFINITY ? "" : rangeOf(kind);
    case "numbers":
      return kind.each.low === Number.NEGATIVE_INFINITY ? "" : rangeOf(kind.each);
    case "size":
      return `N or WIDTHxHEIGHT, ${kind.low} to ${kind.high}`;
    case "choice":
      return listed(kind.choices, " or ");
    case "choices":
      return `${listed(kind.choices, ", ")}, with commas between`;
    default:
      return "";
  }
}

function listed(choices: Readonly<Record<string, string>>, last: string): string {
  const texts = Object.entries(choices).map(([name, remark]) => (remark ? `${name} (${remark})` : name));
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")}${last}${texts.at(-1)}`;
}
