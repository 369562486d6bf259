import { DomainError, FormatError } from "../../core/errors.js";
import { csvCells, csvLine } from "../bytes/csv.js";
import { numberCell, readTableRows, type TableRow } from "../bytes/table-text.js";
import { decodeText, parseNumber } from "../bytes/text.js";
import { coordinateText, type Pick } from "./pick.js";

/** Names of the columns that are understood, whatever their case; only x and y are needed. */
const COLUMNS = {
  x: /^(x|x_px|x_coord|x-coordinate|x_px_from_left)$/i,
  y: /^(y|y_px|y_coord|y-coordinate|y_px_from_top)$/i,
  score: /^(score|confidence|probability)$/i,
  diameter: /^(diameter|diameter_px|box|box_size)$/i,
  radius: /^(radius|radius_px|mask_radius_px|disc_radius_px)$/i,
  micrograph: /^(micrograph|micrograph_name|image_name)$/i,
} as const;

/**
 * Reads a comma-separated list of points. A first line of names says which column is which (`x, y`, `x_px, y_px_from_top`,
 * `X-Coordinate, Y-Coordinate`; notes in brackets may follow a name); without one, x and y come first.
 * @param micrograph that the file belongs to, where it has no column of that name
 * @throws FormatError for a header without x and y, or a cell that is no number
 */
export function readPointsCsv(content: Uint8Array | string, path: string, micrograph: string): Pick[] {
  const rows = readTableRows(decodeText(content, path), csvCells);
  const first = rows[0];
  if (!first) return [];
  const hasHeader = Number.isNaN(parseNumber(first.cells[0] ?? ""));
  const columns = hasHeader
    ? readColumns(first, path)
    : { x: 0, y: 1, score: -1, diameter: -1, radius: -1, micrograph: -1 };
  return rows.slice(hasHeader ? 1 : 0).map((row) => {
    const cell = (name: keyof typeof COLUMNS): number => numberCell(row, columns[name], name, path);
    const size =
      columns.diameter >= 0 ? cell("diameter") : columns.radius >= 0 ? 2 * cell("radius") : undefined;
    return {
      micrograph: row.cells[columns.micrograph] || micrograph,
      x: cell("x"),
      y: cell("y"),
      ...(columns.score >= 0 ? { score: cell("score") } : {}),
      ...(size === undefined ? {} : { boxSize: size }),
    };
  });
}

/** Whether a list of points has a column that names the micrograph of each. */
export function pointsNameMicrographs(content: Uint8Array | string, path: string): boolean {
  const [first] = readTableRows(decodeText(content, path), csvCells);
  return (first?.cells ?? []).some((cell) =>
    COLUMNS.micrograph.test(cell.trim().replace(/^["']|["']$/g, "")),
  );
}

function readColumns({ cells, line }: TableRow, path: string): Record<keyof typeof COLUMNS, number> {
  // A note in brackets may hold commas of its own.
  const names = cells
    .join(",")
    .replace(/\([^)]*\)/g, "")
    .split(",")
    .map((cell) => cell.trim().replace(/^["']|["']$/g, ""));
  const find = (pattern: RegExp): number => names.findIndex((name) => pattern.test(name));
  const { x, y, score, diameter, radius } = COLUMNS;
  const found = {
    x: find(x),
    y: find(y),
    score: find(score),
    diameter: find(diameter),
    radius: find(radius),
    micrograph: find(COLUMNS.micrograph),
  };
  if (found.x < 0 || found.y < 0) throw new FormatError(path, `line ${line}`, names, "columns named x and y");
  return found;
}

/** Picks of one micrograph or of several as comma-separated text: micrograph, x, y and, if every pick has one, score. */
export function writePointsCsv(picks: readonly Pick[]): string {
  const hasScores = picks.length > 0 && picks.every(({ score }) => score !== undefined);
  const lines = picks.map(({ micrograph, x, y, score }) => {
    // a line is read by itself
    if (/[\r\n]/.test(micrograph)) throw new DomainError("micrograph name", micrograph, "no line break");
    return csvLine([micrograph, coordinateText(x), coordinateText(y), ...(hasScores ? [score!] : [])]);
  });
  return `${[`micrograph,x,y${hasScores ? ",score" : ""}`, ...lines].join("\n")}\n`;
}
