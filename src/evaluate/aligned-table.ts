/**
 * Lines of cells as plain text, the columns two blanks apart: the first as wide as its longest cell, to the left.
 *
 * @param others where the cells of the other columns stand
 */
export function alignedTable(lines: readonly (readonly string[])[], others: "left" | "right"): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const padded = (cell: string, column: number): string =>
    column === 0 || others === "left" ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return lines.map((line) => `${line.map(padded).join("  ").trimEnd()}\n`).join("");
}
