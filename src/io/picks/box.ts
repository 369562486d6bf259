import { FormatError } from "../../core/errors.js";
import { numberCell, readTableRows, type TableRow } from "../bytes/table-text.js";
import { decodeText } from "../bytes/text.js";
import { coordinateText, type Pick } from "./pick.js";

/** EMAN 1's fifth column when it carries no score. */
const NO_SCORE = -3;

/**
 * Reads an EMAN .box file: corner x and y, width, height, and where a picker adds it a score. The place of the particle is
 * the corner plus half the size.
 * @param micrograph that the file belongs to, whose name it does not carry
 * @throws FormatError for a line of fewer than four numbers, a box without size, or helices
 */
export function readBox(content: Uint8Array | string, path: string, micrograph: string): Pick[] {
  const rows = readTableRows(decodeText(content, path), /\s+/);
  refuseHelices(rows, path);
  return rows.map((row) => {
    const cell = (index: number, name: string): number => numberCell(row, index, name, path);
    const [width, height] = [cell(2, "width"), cell(3, "height")];
    if (!(width > 0 && height > 0)) {
      throw new FormatError(path, `line ${row.line}, width and height`, [width, height], "sizes above 0");
    }
    const score = row.cells.length > 4 ? cell(4, "score") : NO_SCORE;
    return {
      micrograph,
      x: cell(0, "x") + width / 2,
      y: cell(1, "y") + height / 2,
      boxSize: Math.max(width, height),
      ...(score === NO_SCORE ? {} : { score }),
    };
  });
}

/** EMAN 1's fifth column of the first and the last box of a helix. */
const [HELIX_START, HELIX_END] = ["-1", "-2"];

/** A helix is two boxes, its ends, and not two particles. */
function refuseHelices(rows: readonly TableRow[], path: string): void {
  const start = rows.find(({ cells }, i) => cells[4] === HELIX_START && rows[i + 1]?.cells[4] === HELIX_END);
  if (!start) return;
  const expected = "boxes of single particles, not the two ends of each helix (-1 and -2)";
  throw new FormatError(path, `line ${start.line}, score`, HELIX_START, expected);
}

/** The text of an EMAN .box file. A pick's own box size goes before `boxSize`, pixels; a score becomes the fifth column. */
export function writeBox(picks: readonly Pick[], boxSize: number): string {
  return picks
    .map((pick) => {
      const size = pick.boxSize ?? boxSize;
      const corner = [pick.x - size / 2, pick.y - size / 2].map(coordinateText);
      return `${[...corner, size, size, ...(pick.score === undefined ? [] : [pick.score])].join("\t")}\n`;
    })
    .join("");
}
