import { z } from "zod";
import { FormatError } from "../core/errors.js";

/** What tells one kind of model file from another. */
export interface ModelKind {
  readonly format: string;
  readonly formatVersion: number;
  /** The command that writes it, for the message. */
  readonly writer: string;
}

const anyRecord = z.looseObject({ format: z.string(), formatVersion: z.number() });

/**
 * Which kind of model a file holds, by its metadata; undefined for a file that is none of this program's.
 *
 * @throws FormatError, naming the file and the field
 */
export function modelFormat(metadata: Readonly<Record<string, string>>, path: string): string | undefined {
  const text = metadata["cryogem"];
  return text === undefined ? undefined : parse(anyRecord, text, path).format;
}

/**
 * The record that a model file keeps as JSON in its metadata under "cryogem".
 *
 * @throws FormatError, naming the file and the field; for a model of another kind or version it says which it is
 */
export function readModelRecord<T>(
  metadata: Readonly<Record<string, string>>,
  kind: ModelKind,
  schema: z.ZodType<T>,
  path: string,
): T {
  const text = metadata["cryogem"];
  if (text === undefined)
    throw new FormatError(path, "metadata", Object.keys(metadata), 'a "cryogem" record');
  const { format, formatVersion } = parse(anyRecord, text, path);
  if (format !== kind.format) {
    throw new FormatError(path, "kind of model", format, `${kind.format}, as \`${kind.writer}\` writes`);
  }
  if (formatVersion !== kind.formatVersion) {
    throw new FormatError(path, "formatVersion", formatVersion, String(kind.formatVersion));
  }
  return parse(schema, text, path);
}

function parse<T>(schema: z.ZodType<T>, text: string, path: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FormatError(path, "metadata cryogem", text.slice(0, 40), "JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const found = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown>)?.[key],
    value,
  );
  const expected = issue.message.replace(/^.*expected /, "").replace(/, received .*$/, "");
  throw new FormatError(path, `metadata cryogem.${issue.path.join(".")}`, found, expected);
}
