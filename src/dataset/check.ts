import type { z } from "zod";
import { FormatError } from "../core/errors.js";

/**
 * Text as JSON of a schema.
 *
 * @throws FormatError that names the file, the field, what stands there and what should
 */
export function parseJson<T>(schema: z.ZodType<T>, text: string, path: string, at = ""): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FormatError(path, at || "text", error instanceof Error ? error.message : text, "JSON");
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = issue.path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  throw new FormatError(
    path,
    [at, field.replace(/^\./, "")].filter(Boolean).join(", ") || "top level",
    issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)?.[key], value),
    expectation(issue),
  );
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `a ${issue.expected}`;
  if (issue.code === "invalid_value") return issue.values.map((each) => JSON.stringify(each)).join(" or ");
  return issue.message.replace(/^.*expected /, "");
}
