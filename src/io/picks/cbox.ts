import { FormatError } from "../../core/errors.js";
import { numberCell, readTableRows } from "../bytes/table-text.js";
import { decodeText } from "../bytes/text.js";
import { parseStar } from "../star/parse.js";
import { writeStar } from "../star/write.js";
import type { Pick } from "./pick.js";

/**
 * Reads crYOLO's .cbox file (a STAR file with the block data_cryolo; of earlier versions bare rows): corner and size of each box, and
 * its confidence.
 * @param micrograph that the file belongs to, whose name it does not carry
 * @throws FormatError for a file without that block, a missing label, a value that is no number, a box without size, or boxes of
 *   several sections
 */
export function readCbox(content: Uint8Array | string, path: string, micrograph: string): Pick[] {
  const text = decodeText(content, path);
  if (isBare(text)) return readBareRows(text, path, micrograph);
  const table = parseStar(text, path).table("cryolo");
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

/** Without the blocks of a STAR file: a number stands first. */
const isBare = (text: string): boolean => /^\s*-?[\d.]/.test(text);

/** Cells of a row of x, y, width, height and the estimated sizes alone, as programs beside crYOLO write it. */
const WITHOUT_CONFIDENCE = 6;

/** Rows of x, y, width, height and confidence, then the estimated width and height: crYOLO's before it named a version. */
function readBareRows(text: string, path: string, micrograph: string): Pick[] {
  return readTableRows(text, /\s+/).map((row) => {
    const cell = (index: number, name: string): number => numberCell(row, index, name, path);
    const [width, height] = [cell(2, "width"), cell(3, "height")];
    if (!(width > 0 && height > 0))
      throw new FormatError(path, `line ${row.line}, width and height`, [width, height], "sizes above 0");
    return {
      micrograph,
      x: cell(0, "x") + width / 2,
      y: cell(1, "y") + height / 2,
      boxSize: Math.max(width, height),
      ...(row.cells.length !== WITHOUT_CONFIDENCE && { score: cell(4, "confidence") }),
    };
  });
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
