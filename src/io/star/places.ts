import type { StarTable } from "./table.js";

/** rlnMicrographName, one a row. @throws FormatError for a row without a name */
export function micrographNames(table: StarTable): string[] {
  const names = table.strings("rlnMicrographName");
  const row = names.indexOf("");
  if (row >= 0) throw table.wrong("rlnMicrographName", row, "", "the name of a micrograph");
  return names;
}

/** Labels that tell images apart where rlnMicrographName does not. */
const IMAGES = [
  ...["rlnMicrographNameNoDW", "rlnMicrographMovieName", "rlnMicrographId", "rlnImageName"],
  "rlnImageOriginalName",
];

/**
 * Refuses rows of several images without rlnMicrographName: their places would be those of one micrograph, after which the file is named.
 */
export function refuseSeveralImages(table: StarTable): void {
  for (const label of IMAGES) {
    if (!table.has(label)) continue;
    const names = table.strings(label).map((name) => name.replace(/^\d+@/, ""));
    const row = names.findIndex((name) => name !== names[0]);
    if (row < 0) continue;
    const expected = `${names[0]} as in the rows before, or rlnMicrographName, by which micrographs are told apart`;
    throw table.wrong(label, row, names[row], expected);
  }
}

/**
 * Refuses particles of tomograms, as RELION 4 and 5 write them, and of several sections of one: as places in micrographs they would
 * lie on each other, and a name of an image is that of all its tilts.
 */
export function refuseSections(table: StarTable): void {
  const tomogram = ["rlnTomoName", "rlnTomoParticleName"].find((label) => table.has(label));
  if (tomogram !== undefined && table.rows > 0)
    throw table.wrong(
      tomogram,
      0,
      table.strings(tomogram)[0],
      "no tomogram: particles in single micrographs",
    );
  if (!table.has("rlnCoordinateZ")) return;
  const sections = table.numbers("rlnCoordinateZ");
  const row = sections.findIndex((section) => section !== sections[0]);
  if (row < 0) return;
  const expected = `${sections[0]} as in the rows before: places in micrographs, not in the sections of a tomogram`;
  throw table.wrong("rlnCoordinateZ", row, sections[row], expected);
}
