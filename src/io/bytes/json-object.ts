import { FormatError } from "../../core/errors.js";

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The object that a JSON file holds.
 * @param what the file is, as "a COCO file"
 * @throws FormatError for text that is no JSON, or a value that is no object
 */
export function parseJsonObject(text: string, path: string, what: string): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FormatError(path, "JSON", error instanceof Error ? error.message : "damage", what);
  }
  if (!isJsonObject(json))
    throw new FormatError(path, "JSON", Array.isArray(json) ? "a list" : json, "an object");
  return json;
}
