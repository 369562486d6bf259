/** A spreadsheet takes a cell that begins so for a formula, or for a command. */
const FORMULA = /^[=+\-@\t]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A line of a CSV file (RFC 4180) without its end: texts with commas, quotes or line breaks, or with # first, are quoted, and a text that a
 * spreadsheet would take for a formula gets an apostrophe before it. Numbers, negative ones too, stay as they are.
 */
export const csvLine = (cells: readonly (string | number)[]): string => cells.map(csvCell).join(",");

function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  // a line that begins with # is a comment
  return /[",\r\n]|^#/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The cells of a line, trimmed, as `csvLine` writes them: quotes and the apostrophe before a formula are taken off. */
export function csvCells(line: string): string[] {
  const cells: string[] = [];
  // a quoted cell, or all up to the next comma
  const pattern = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(,|$)/y;
  while (pattern.lastIndex <= line.length) {
    const found = pattern.exec(line);
    // a quote that is not closed, or text beside it: taken as it stands
    if (!found) return line.split(",").map((cell) => cell.trim());
    const [, quoted, bare = "", end] = found;
    const text = quoted === undefined ? bare.trim() : quoted.replaceAll('""', '"');
    cells.push(/^'[=+\-@\t]/.test(text) ? text.slice(1) : text);
    if (end === "") break;
  }
  return cells;
}
