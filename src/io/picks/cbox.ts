import { decodeText } from "../bytes/text.js";
import { parseStar } from "../star/parse.js";
import { writeStar } from "../star/write.js";
import type { Pick } from "./pick.js";

/**
 * Reads crYOLO's .cbox file (a STAR file with the block data_cryolo): corner and size of each box, and its confidence.
 * @param micrograph that the file belongs to, whose name it does not carry
 * @throws FormatError for a file without that block, a missing label, a value that is no number, a box without size, or boxes of
 *   several sections
 */
export function readCbox(content: Uint8Array | string, path: string, micrograph: string): Pick[] {
  const table = parseStar(decodeText(content, path), path).table("cryolo");
  const [x, y] = [table.numbers("CoordinateX"), table.numbers("CoordinateY")];
  const [width, height] = [table.numbers("Width"), table.numbers("Height")];
  const confidence = table.numbers("Confidence");
  for (const [label, sizes] of [
    ["Width", width],
    ["Height", height],
  ] as const) {
    const row = sizes.findIndex((size) => !(size > 0));
    if (row >= 0) throw table.wrong(label, row, sizes[row], "a size above 0");
  }
  const sections = table.has("CoordinateZ") ? table.strings("CoordinateZ") : [];
  const other = sections.findIndex((section) => section !== sections[0]);
  if (other >= 0) {
    const expected = `${sections[0]}: boxes of one image, not of the sections of a tomogram`;
    throw table.wrong("CoordinateZ", other, sections[other], expected);
  }
  return Array.from(x, (corner, i) => ({
    micrograph,
    x: corner + width[i]! / 2,
    y: y[i]! + height[i]! / 2,
    boxSize: Math.max(width[i]!, height[i]!),
    score: confidence[i]!,
  }));
}

/** The text of a .cbox file, format 1.0; picks without score have confidence 1, unknown entries are <NA>. */
export function writeCbox(picks: readonly Pick[], boxSize: number): string {
  const sizes = picks.map((pick) => pick.boxSize ?? boxSize);
  const unknown = picks.map(() => "<NA>");
  return writeStar([
    { name: "global", isLoop: false, columns: { cbox_format_version: ["1.0"] } },
    {
      name: "cryolo",
      columns: {
        CoordinateX: fixed(picks.map(({ x }, i) => x - sizes[i]! / 2)),
        CoordinateY: fixed(picks.map(({ y }, i) => y - sizes[i]! / 2)),
        CoordinateZ: unknown,
        Width: fixed(sizes),
        Height: fixed(sizes),
        Depth: unknown,
        EstWidth: fixed(sizes),
        EstHeight: fixed(sizes),
        Confidence: fixed(picks.map(({ score = 1 }) => score)),
        NumBoxes: picks.map(() => 1),
        Angle: unknown,
      },
    },
    { name: "cryolo_include", columns: { slice_index: [] } },
  ]);
}

const fixed = (values: readonly number[]): string[] => values.map((value) => value.toFixed(6));
