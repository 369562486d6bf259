import { z } from "zod";
import { OptionError } from "../../../core/errors.js";
import { expectedOf, type Kind, type NumberKind, textsOfValue, valueOfText } from "./kinds.js";
import type { OptionSet, OptionsOf, ResolvedOptions } from "./option.js";

/**
 * Options as a plan works with them: every value in its range, every default filled in.
 *
 * @throws OptionError for an option that is unknown, missing, or has a value of another kind or out of range
 */
export function resolveOptions<Set extends OptionSet>(set: Set, given: OptionsOf<Set>): ResolvedOptions<Set> {
  // undefined, or a list of nothing, is an option that was not given
  const isGiven = (value: unknown): boolean =>
    value !== undefined && !(Array.isArray(value) && value.length === 0);
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => isGiven(value)));
  const result = schemaOf(set).safeParse(present);
  if (result.success) return result.data as ResolvedOptions<Set>;
  // a misspelt name explains why another option is missing
  const { issues } = result.error;
  throw errorOf(issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!, set, present);
}

/**
 * The same for values out of a file, where texts stand for sizes, lists and numbers as on the command line: `size: 620x600`.
 *
 * @throws OptionError as `resolveOptions`
 */
export function readOptions<Set extends OptionSet>(
  set: Set,
  values: Readonly<Record<string, unknown>>,
): ResolvedOptions<Set> {
  return resolveOptions(set, readValues(set, values) as OptionsOf<Set>);
}

/** The same without checks and defaults: what was given, and nothing else. */
export function readValues(
  set: OptionSet,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const read = Object.entries(values).map(([name, value]) => {
    const kind = Object.hasOwn(set, name) ? set[name]!.kind : undefined;
    // 256 is a size and a list of one number too
    const isText = typeof value === "string" || (typeof value === "number" && kind?.type !== "number");
    return [name, kind && isText ? valueOfText(kind, String(value)) : value];
  });
  return Object.fromEntries(read);
}

/** What a manifest records: every option that decides the results, as JSON will give it back. */
export function recordOf<Set extends OptionSet>(
  set: Set,
  options: ResolvedOptions<Set>,
): Readonly<Record<string, unknown>> {
  const deciding = Object.entries(options).filter(([name]) => set[name]?.role === "result");
  return asJson(Object.fromEntries(deciding));
}

/** Options as JSON gives them back; an infinite number is the word inf. */
export function asJson(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(options, (_name, value) =>
    value === Number.POSITIVE_INFINITY ? "inf" : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}

const schemas = new WeakMap<OptionSet, z.ZodType>();

/** One zod object for all options of a command. */
function schemaOf(set: OptionSet): z.ZodType {
  const known = schemas.get(set);
  if (known) return known;
  const fields = Object.entries(set).map(([name, { kind, need, fallback }]) => {
    const field = fieldOf(kind);
    return [
      name,
      need === "required" ? field : need === "default" ? field.default(fallback) : field.optional(),
    ];
  });
  const schema = z.strictObject(Object.fromEntries(fields) as Record<string, z.ZodType>);
  schemas.set(set, schema);
  return schema;
}

function fieldOf(kind: Kind): z.ZodType {
  switch (kind.type) {
    case "number":
      return numberField(kind);
    case "numbers": {
      const list = z.array(numberField(kind.each)).min(kind.counts[0]).max(kind.counts[1]);
      const ascends = (values: readonly unknown[]) =>
        values.every((value, i) => i === 0 || values[i - 1]! <= value!);
      return kind.ascending ? list.refine(ascends) : list;
    }
    case "size": {
      const side = z.int().min(kind.low).max(kind.high);
      return z.tuple([side, side]);
    }
    case "choice":
      return z.enum(Object.keys(kind.choices));
    case "choices":
      return z.array(z.enum(Object.keys(kind.choices))).min(1);
    case "text":
    case "path":
      return z.string().min(1);
    case "texts":
    case "paths":
      return z.array(z.string().min(1)).min(1);
    case "switch":
      return z.boolean();
  }
}

function numberField({ low, high, whole, above, words }: NumberKind): z.ZodType {
  const inRange = (value: number) => (above ? value > low : value >= low) && value <= high;
  const number = (whole ? z.int() : z.number()).refine(inRange);
  const meanings = Object.values(words).map((meaning) => z.custom((value) => value === meaning));
  return meanings.length > 0 ? z.union([number, ...meanings]) : number;
}

/** A name that no option has, with the one that may have been meant. */
export function unknownOption(name: string, names: readonly string[]): OptionError {
  const near = nearest(name, names);
  return new OptionError(name, `unknown option${near ? `, did you mean \`${near}\`?` : ""}`);
}

function errorOf(
  issue: z.core.$ZodIssue,
  set: OptionSet,
  given: Readonly<Record<string, unknown>>,
): OptionError {
  if (issue.code === "unrecognized_keys") {
    return unknownOption(issue.keys[0]!, Object.keys(set));
  }
  const name = String(issue.path[0]);
  const { kind, help } = set[name]!;
  const isGiven = Object.hasOwn(given, name);
  const found = isGiven ? show(kind, given[name]) : "none";
  return new OptionError(name, `found ${found}, expected ${expectedOf(kind)}${isGiven ? "" : `: ${help}`}`);
}

/** A value as a person would write it, where it has the form of its kind: 4000x30, not [30,4000]. */
function show(kind: Kind, value: unknown): string {
  if (typeof value === "number") return String(value);
  const isWritten = Array.isArray(value) && (kind.type === "size" ? value.length === 2 : isList(kind));
  if (!isWritten) return JSON.stringify(value) ?? String(value);
  if (value.length === 0) return "none";
  return value.some((each) => each === "") ? JSON.stringify(value) : textsOfValue(kind, value).join(" ");
}

const isList = ({ type }: Kind): boolean => ["numbers", "choices", "texts", "paths"].includes(type);

/** The name that takes the fewest changed letters, if they are few. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const ranked = names.map((each) => ({ each, distance: editDistance(name, each) }));
  const [best] = ranked.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(2, Math.floor(name.length / 3)) ? best.each : undefined;
}

/** Letters to insert, delete or replace (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
