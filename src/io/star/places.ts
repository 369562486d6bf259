import type { StarTable } from "./table.js";

/** rlnMicrographName, one a row. @throws FormatError for a row without a name */
export function micrographNames(table: StarTable): string[] {
  const names = table.strings("rlnMicrographName");
  const row = names.indexOf("");
  if (row >= 0) throw table.wrong("rlnMicrographName", row, "", "the name of a micrograph");
  return names;
}

/** Refuses particles of several sections of a tomogram: as places in micrographs they would lie on each other. */
export function refuseSections(table: StarTable): void {
  if (!table.has("rlnCoordinateZ")) return;
  const sections = table.numbers("rlnCoordinateZ");
  const row = sections.findIndex((section) => section !== sections[0]);
  if (row < 0) return;
  const expected = `${sections[0]} as in the rows before: places in micrographs, not in the sections of a tomogram`;
  throw table.wrong("rlnCoordinateZ", row, sections[row], expected);
}
