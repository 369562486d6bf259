import { decodeText } from "../bytes/text.js";
import { originsOf } from "../star/origins.js";
import { parseStar } from "../star/parse.js";
import { pixelSizesOf, type RowPixelSizes } from "../star/pixel-sizes.js";
import { micrographNames, refuseSections, refuseSeveralImages } from "../star/places.js";
import { type StarColumnInput, writeStar } from "../star/write.js";
import { type CoordinatePick, type Pick, refuseShares } from "./pick.js";

/** What RELION writes for a particle picked by hand, and crYOLO for each of its own. */
const NO_SCORES: readonly number[] = [-999, -9999];

/**
 * Reads picks from any STAR file with rlnCoordinateX and Y: RELION's autopick and manualpick files (one micrograph a file), or
 * particles of many micrographs, whose origins come with them.
 * @param micrograph name for files without rlnMicrographName
 * @throws FormatError for a file without those labels, with several blocks that have them, a value that is no number, places in several
 *   sections of a tomogram, or rows of several images of which no micrograph is said
 */
export function readPicksStar(
  content: Uint8Array | string,
  path: string,
  micrograph: string,
): CoordinatePick[] {
  const file = parseStar(decodeText(content, path), path);
  const table = file.only((each) => each.has("rlnCoordinateX"), "rlnCoordinateX");
  const [x, y] = [table.numbers("rlnCoordinateX"), table.numbers("rlnCoordinateY")];
  refuseSections(table);
  const names = table.has("rlnMicrographName") ? micrographNames(table) : undefined;
  if (!names) refuseSeveralImages(table);
  const scores = table.has("rlnAutopickFigureOfMerit")
    ? table.numbers("rlnAutopickFigureOfMerit")
    : undefined;
  let sizes: readonly RowPixelSizes[] | undefined;
  const pixelSizes = (): readonly RowPixelSizes[] => {
    sizes ??= pixelSizesOf(file, table);
    return sizes;
  };
  const originOf = originsOf(table, pixelSizes);
  const picks = Array.from(x, (value, row): CoordinatePick => {
    const origin = originOf?.(row);
    const isMoved = origin && (origin.x !== 0 || origin.y !== 0);
    const score = scores?.[row];
    return {
      micrograph: names?.[row] ?? micrograph,
      x: value,
      y: y[row]!,
      ...(score === undefined || NO_SCORES.includes(score) ? {} : { score }),
      ...(isMoved && { origin, pixelSizes: pixelSizes()[row]! }),
    };
  });
  return [...refuseShares(picks, path)];
}

/** Picks without optics as one block with names and coordinates, as `extract` and RELION's import of coordinates take it. */
export function writePicksStar(picks: readonly Pick[]): string {
  const hasScores = picks.length > 0 && picks.every(({ score }) => score !== undefined);
  const columns: Record<string, StarColumnInput> = {
    rlnMicrographName: picks.map(({ micrograph }) => micrograph),
    rlnCoordinateX: picks.map(({ x }) => x),
    rlnCoordinateY: picks.map(({ y }) => y),
    ...(hasScores && { rlnAutopickFigureOfMerit: picks.map(({ score }) => score!) }),
  };
  return writeStar([{ name: "particles", columns }], "3.0");
}
