import { DomainError, FormatError } from "../../core/errors.js";
import { columnOf, numberCell, readAllRows, refuseLongRows, type TableLine } from "../bytes/table-text.js";
import { decodeText } from "../bytes/text.js";
import { coordinateText, micrographStem, type Pick } from "./pick.js";

/**
 * Reads Topaz's coordinate table: tab-separated columns image_name, x_coord, y_coord and, from `topaz extract`, score; others
 * are left out. Names have no ending.
 * @throws FormatError for a missing or repeated column, a row of more cells than columns, or a cell that is no number
 */
export function readTopaz(content: Uint8Array | string, path: string): Pick[] {
  const [header, ...rows] = readAllRows(decodeText(content, path), "\t").filter(
    ({ cells, isComment }) => !isComment || cells.length > 1,
  );
  const column = (name: string): number => (header ? columnOf(header, (each) => each === name, path) : -1);
  const [name, x, y, score] = ["image_name", "x_coord", "y_coord", "score"].map(column) as [
    number,
    number,
    number,
    number,
  ];
  if (name < 0 || x < 0 || y < 0) {
    throw new FormatError(
      path,
      "line 1",
      header?.cells ?? "nothing",
      "image_name, x_coord and y_coord, tab-separated",
    );
  }
  refuseLongRows(rows, header!.cells.length, path);
  return rows.map((row) => ({
    micrograph: nameIn(row, name, path),
    x: numberCell(row, x, "x_coord", path),
    y: numberCell(row, y, "y_coord", path),
    ...(score >= 0 ? { score: numberCell(row, score, "score", path) } : {}),
  }));
}

/** Topaz has no comments: a row that begins with # is one of its picks, or was meant to be left out. */
function nameIn({ line, cells, isComment }: TableLine, column: number, path: string): string {
  if (isComment) {
    throw new FormatError(
      path,
      `line ${line}`,
      cells[0],
      "a name without # before it, or a comment without tabs",
    );
  }
  const name = cells[column];
  if (!name) throw new FormatError(path, `line ${line}, image_name`, "nothing", "a name");
  return name;
}

/**
 * Picks at the nearest whole pixels, for Topaz to read: it cuts decimals off (`astype(np.int32)` in its coordinates_table_to_dict),
 * which would move particles up and left by half a pixel.
 */
export const atWholePixels = (picks: readonly Pick[]): Pick[] =>
  picks.map((pick) => ({ ...pick, x: Math.round(pick.x), y: Math.round(pick.y) }));

/** Topaz's coordinate table; a score column if every pick has one. Throws DomainError for a name that holds a tab. */
export function writeTopaz(picks: readonly Pick[]): string {
  const hasScores = picks.length > 0 && picks.every(({ score }) => score !== undefined);
  const lines = picks.map(({ micrograph, x, y, score }) => {
    const name = micrographStem(micrograph);
    if (/[\t\r\n]/.test(name) || name === "")
      throw new DomainError("micrograph name", name, "a name without tabs");
    const cells = [name, coordinateText(x), coordinateText(y)];
    return [...cells, ...(hasScores ? [String(score)] : [])].join("\t");
  });
  return `${[`image_name\tx_coord\ty_coord${hasScores ? "\tscore" : ""}`, ...lines].join("\n")}\n`;
}
