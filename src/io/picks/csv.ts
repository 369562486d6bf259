import { DomainError, FormatError } from "../../core/errors.js";
import { csvCells, csvLine } from "../bytes/csv.js";
import {
  columnOf,
  numberCell,
  readAllRows,
  refuseLongRows,
  type TableLine,
  type TableRow,
} from "../bytes/table-text.js";
import { decodeText, parseNumber } from "../bytes/text.js";
import { coordinateText, type Pick } from "./pick.js";

/** Names of the columns that are understood, whatever their case; only x and y are needed. */
const COLUMNS = {
  x: /^(x|x_px|x_coord|x-coordinate|x_px_from_left|x_?cent(er|re)|cent(er|re)_?x)$/i,
  y: /^(y|y_px|y_coord|y-coordinate|y_px_from_top|y_?cent(er|re)|cent(er|re)_?y)$/i,
  score: /^(score|confidence|probability)$/i,
  diameter: /^(diameter|diameter_px|box|box_size)$/i,
  radius: /^(radius|radius_px|mask_radius_px|disc_radius_px)$/i,
  micrograph: /^((micrograph|image)(_?(name|path|file))?|file_?(name|path))$/i,
  /** What must be the same in all rows: else the places are those of several images or several kinds of things. */
  section: /^(z|z_coord|z-coordinate|section|slice|frame|image_id)$/i,
  kind: /^(class|class_name|category|label|kind|type)$/i,
  width: /^(w|width)$/i,
  height: /^(h|height)$/i,
} as const;

/**
 * Reads a comma-separated list of points. A first line of names, after # or not, says which column is which (`x, y`,
 * `x_px, y_px_from_top`, `X-Coordinate, Y-Coordinate`; notes in brackets may follow a name); without one there are two columns,
 * x and y. Boxes have columns of width and height, and then centres that are named so: `x_center, y_center`.
 * @param micrograph that the file belongs to, where it has no column of that name
 * @throws FormatError for a header without x and y, with two columns of one meaning, of corners or in another unit; rows of several
 *   sections or of several kinds of things; a row of more
 *   cells than columns; a cell that is no number, a size that is not above 0, no name where there is a column of names
 */
export function readPointsCsv(content: Uint8Array | string, path: string, micrograph: string): Pick[] {
  const { header, rows } = linesOf(decodeText(content, path));
  const names = header ? namesOf(header) : ["x", "y"];
  const note = header?.cells
    .join(",")
    .match(NOTE)
    ?.find((each) => OTHER_PLACES.test(each));
  if (header && note !== undefined)
    throw new FormatError(path, `line ${header.line}`, note, "x and y in pixels, rows counted from the top");
  const columns = readColumns({ line: header?.line ?? 1, cells: names }, path);
  if (header) refuseLongRows(rows, names.length, path);
  else refuseNameless(rows, path);
  refuseMixed(rows, columns, names, path);
  if (columns.micrograph < 0) refuseOtherNames(rows, names, path);
  return rows.map((row) => {
    const cell = (name: keyof typeof COLUMNS): number => numberCell(row, columns[name], name, path);
    const fail = (name: string, found: unknown, expected: string): never => {
      throw new FormatError(path, `line ${row.line}, ${name}`, found, expected);
    };
    const size = (name: keyof typeof COLUMNS): number => {
      const value = cell(name);
      return value > 0 ? value : fail(name, value, "above 0 pixels");
    };
    const boxSize = boxSizeOf(columns, size, fail);
    const stray = row.cells.find((each) => each.startsWith('"'));
    if (stray !== undefined) fail("quotes", stray, "a cell whose quotes are closed");
    const named = columns.micrograph < 0 ? micrograph : row.cells[columns.micrograph];
    return {
      micrograph: named || fail("micrograph", "nothing", "a name"),
      x: cell("x"),
      y: cell("y"),
      ...(columns.score >= 0 ? { score: cell("score") } : {}),
      ...(boxSize === undefined ? {} : { boxSize }),
    };
  });
}

/** @throws FormatError for rows of several sections or of several kinds of things, which would become one */
function refuseMixed(
  rows: readonly TableRow[],
  columns: Record<keyof typeof COLUMNS, number>,
  names: readonly string[],
  path: string,
): void {
  for (const [name, what] of [
    ["section", "one section"],
    ["kind", "particles alone, one kind of things"],
  ] as const) {
    const column = columns[name];
    const other = rows.find(({ cells }) => column >= 0 && cells[column] !== rows[0]!.cells[column]);
    if (!other) continue;
    const expected = `${rows[0]!.cells[column]} as in the rows before: ${what}`;
    throw new FormatError(path, `line ${other.line}, ${names[column]}`, other.cells[column], expected);
  }
}

/** Names of images, by their endings. */
const IMAGE = /\.(mrcs?|tiff?|png|jpe?g|hdf|eer)(\.gz|\.bz2)?$/i;

/** @throws FormatError for names of several images in a column that is named otherwise: their points would be those of one */
function refuseOtherNames(rows: readonly TableRow[], names: readonly string[], path: string): void {
  for (const [column, name] of names.entries()) {
    const first = rows[0]?.cells[column] ?? "";
    const other = rows.find(({ cells }) => cells[column] !== first && IMAGE.test(cells[column] ?? ""));
    if (!other) continue;
    const expected = `${first} as in the rows before, or the column to be named micrograph`;
    throw new FormatError(path, `line ${other.line}, ${name}`, other.cells[column], expected);
  }
}

/** The side of a pick's box by the columns there are; undefined where none says it. @param size of a column */
function boxSizeOf(
  columns: Record<keyof typeof COLUMNS, number>,
  size: (name: keyof typeof COLUMNS) => number,
  fail: (name: string, found: unknown, expected: string) => never,
): number | undefined {
  const diameter = columns.diameter < 0 ? undefined : size("diameter");
  const radius = columns.radius < 0 ? undefined : size("radius");
  if (diameter !== undefined && radius !== undefined && Math.abs(diameter / (2 * radius) - 1) > ROUNDED)
    fail("diameter", diameter, `${2 * radius}, twice the radius`);
  if (diameter !== undefined) return diameter;
  if (radius !== undefined) return 2 * radius;
  const sides = (["width", "height"] as const).filter((name) => columns[name] >= 0);
  return sides.length === 0 ? undefined : Math.max(...sides.map(size));
}

/** Whether a list of points has a column that names the micrograph of each. */
export function pointsNameMicrographs(content: Uint8Array | string, path: string): boolean {
  const { header } = linesOf(decodeText(content, path));
  return header !== undefined && namesOf(header).some((name) => COLUMNS.micrograph.test(name));
}

/** The line of names, if there is one, and the points. numpy's savetxt writes the names after a #. */
function linesOf(text: string): {
  readonly header: TableRow | undefined;
  readonly rows: readonly TableRow[];
} {
  const lines = readAllRows(text, csvCells);
  const rows = lines.filter(({ isComment }) => !isComment);
  const [first] = rows;
  if (first && Number.isNaN(parseNumber(first.cells[0] ?? ""))) return { header: first, rows: rows.slice(1) };
  const before = lines.slice(0, first ? lines.indexOf(first as TableLine) : lines.length);
  const header = before.find((line) => {
    const names = namesOf(line);
    return [COLUMNS.x, COLUMNS.y].every((pattern) => names.some((name) => pattern.test(name)));
  });
  return { header, rows };
}

/** The names of a header, without quotes, the # of a comment and notes in brackets, which may hold commas of their own. */
const namesOf = ({ cells }: TableRow): string[] =>
  cells
    .join(",")
    .replace(/^#+/, "")
    .replace(NOTE, "")
    .split(",")
    .map((cell) => cell.trim().replace(/^["']|["']$/g, ""));

const NOTE = /\([^)]*\)/g;

/** Notes of another unit than pixels, or of rows counted from below. */
const OTHER_PLACES =
  /^\((\s*(Å|A|angstroms?|nm|µm|um|microns?|mm|fractions?|relative)\s*|.*\bbottom\b.*)\)$/i;
/** Share by which a diameter may differ from twice the radius: both are rounded to pixels. */
const ROUNDED = 0.1;
/** Names that leave no doubt. */
const CENTRE = /cent(er|re)/i;

function readColumns(header: TableRow, path: string): Record<keyof typeof COLUMNS, number> {
  const find = (pattern: RegExp): number => columnOf(header, (name) => pattern.test(name), path);
  const { x, y, score, diameter, radius, micrograph, width, height } = COLUMNS;
  const found = {
    ...{ x: find(x), y: find(y), score: find(score), width: find(width), height: find(height) },
    ...{ diameter: find(diameter), radius: find(radius), micrograph: find(micrograph) },
    ...{ section: find(COLUMNS.section), kind: find(COLUMNS.kind) },
  };
  const at = `line ${header.line}`;
  if (found.x < 0 || found.y < 0)
    throw new FormatError(path, at, header.cells, "columns named x and y, with commas between");
  // x and y of a box are as a rule those of a corner
  const isBox = found.width >= 0 || found.height >= 0;
  if (isBox && ![found.x, found.y].every((column) => CENTRE.test(header.cells[column]!))) {
    const expected =
      "x_center and y_center beside width and height, where x and y are centres; corners belong in a .box file (x, y, width, height without a line of names)";
    throw new FormatError(path, at, header.cells, expected);
  }
  return found;
}

/** Without names nothing says what stands beside x and y, or whether a comma is that of a decimal. */
function refuseNameless(rows: readonly TableRow[], path: string): void {
  const row = rows.find(({ cells }) => cells.slice(2).some((cell) => cell !== ""));
  if (!row) return;
  const expected = "2, x and y, or a first line with the names of the columns";
  throw new FormatError(path, `line ${row.line}, cells`, row.cells.length, expected);
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
