import type { StarTable } from "./table.js";

/**
 * Which row of data_optics each row of a table belongs to, from 0.
 *
 * @throws FormatError for a group that data_optics defines twice, or that it does not define
 */
export function opticsRowsOf(optics: StarTable, table: StarTable): number[] {
  const rows = new Map<number, number>();
  for (const [row, id] of optics.integers("rlnOpticsGroup").entries()) {
    if (rows.has(id)) throw optics.wrong("rlnOpticsGroup", row, id, "each optics group once");
    rows.set(id, row);
  }
  return Array.from(table.integers("rlnOpticsGroup"), (id, row) => {
    const found = rows.get(id);
    if (found === undefined) throw table.wrong("rlnOpticsGroup", row, id, "a group that data_optics defines");
    return found;
  });
}
