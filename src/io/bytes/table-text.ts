import { FormatError } from "../../core/errors.js";
import { numberedLines, parseNumber } from "./text.js";

/** One line of a text table. */
export interface TableRow {
  /** From 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** The lines of a table that are neither blank nor a comment (#), split into trimmed cells by what stands between them or by a function. */
export function readTableRows(
  text: string,
  separator: string | RegExp | ((line: string) => readonly string[]),
): TableRow[] {
  const split =
    typeof separator === "function"
      ? separator
      : (line: string): readonly string[] => line.split(separator).map((cell) => cell.trim());
  const rows: TableRow[] = [];
  for (const [line, raw] of numberedLines(text.replace(/^\ufeff/, ""))) {
    const trimmed = raw.trim();
    if (trimmed !== "" && !trimmed.startsWith("#")) rows.push({ line, cells: split(trimmed) });
  }
  return rows;
}

/** A finite number in a cell of a row, or a FormatError that names line and column. */
export function numberCell({ line, cells }: TableRow, index: number, name: string, path: string): number {
  const value = parseNumber(cells[index] ?? "");
  if (Number.isNaN(value))
    throw new FormatError(path, `line ${line}, ${name}`, cells[index] ?? "nothing", "a number");
  return value;
}
