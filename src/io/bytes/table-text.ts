import { FormatError } from "../../core/errors.js";
import { numberedLines, parseNumber } from "./text.js";

/** One line of a text table. */
export interface TableRow {
  /** From 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** What stands between the cells of a line, or how it is split. */
type Separator = string | RegExp | ((line: string) => readonly string[]);

/** The lines of a table that are neither blank nor a comment (#), split into trimmed cells. */
export const readTableRows = (text: string, separator: Separator): TableRow[] =>
  readAllRows(text, separator).filter(({ isComment }) => !isComment);

/** A line that is not blank. */
export interface TableLine extends TableRow {
  /** It begins with #. */
  readonly isComment: boolean;
}

/** The same with the comments. */
export function readAllRows(text: string, separator: Separator): TableLine[] {
  const split =
    typeof separator === "function"
      ? separator
      : (line: string): readonly string[] => line.split(separator).map((cell) => cell.trim());
  const rows: TableLine[] = [];
  for (const [line, raw] of numberedLines(text.replace(/^\ufeff/, ""))) {
    const trimmed = raw.trim();
    if (trimmed !== "") rows.push({ line, cells: split(trimmed), isComment: trimmed.startsWith("#") });
  }
  return rows;
}

/**
 * The place of a column among the names of a table, or -1.
 * @throws FormatError for a name that stands there twice
 */
export function columnOf({ line, cells }: TableRow, is: (name: string) => boolean, path: string): number {
  const found = cells.flatMap((name, i) => (is(name) ? [i] : []));
  if (found.length < 2) return found[0] ?? -1;
  const names = found.map((i) => cells[i]);
  throw new FormatError(path, `line ${line}`, names, "one column of each meaning");
}

/** @throws FormatError for a row of more cells than the table has columns, but for empty ones at its end */
export function refuseLongRows(rows: readonly TableRow[], columns: number, path: string): void {
  for (const { line, cells } of rows) {
    if (cells.slice(columns).every((cell) => cell === "")) continue;
    throw new FormatError(
      path,
      `line ${line}, cells`,
      cells.length,
      `at most ${columns}, one for each column`,
    );
  }
}

/** A finite number in a cell of a row, or a FormatError that names line and column. */
export function numberCell({ line, cells }: TableRow, index: number, name: string, path: string): number {
  const value = parseNumber(cells[index] ?? "");
  if (Number.isNaN(value))
    throw new FormatError(path, `line ${line}, ${name}`, cells[index] ?? "nothing", "a number");
  return value;
}
