import { FormatError } from "../core/errors.js";
import { decodeText, numberedLines, parseNumber } from "./text.js";

/** One line of a text table. */
export interface TableRow {
  /** From 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** The lines of a table that are neither blank nor a comment (#), split into trimmed cells. */
export function readTableRows(content: Uint8Array | string, separator: string | RegExp): TableRow[] {
  const rows: TableRow[] = [];
  for (const [line, raw] of numberedLines(decodeText(content).replace(/^\ufeff/, ""))) {
    const text = raw.trim();
    if (text !== "" && !text.startsWith("#"))
      rows.push({ line, cells: text.split(separator).map((cell) => cell.trim()) });
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
