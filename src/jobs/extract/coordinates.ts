import { refuseImpossible } from "../../io/star/impossible.js";
import { LABEL, LABEL_30 } from "../../io/star/names.js";
import { parseStar, type StarFile } from "../../io/star/parse.js";
import { pixelSizesOf, type RowPixelSizes } from "../../io/star/pixel-sizes.js";
import { micrographNames, refuseSections } from "../../io/star/places.js";
import type { StarTable } from "../../io/star/table.js";

/** Particles with coordinates, as a STAR file gives them, every label kept. */
export interface CoordinateTable {
  readonly file: StarFile;
  readonly optics: StarTable | undefined;
  readonly particles: StarTable;
  /** Of each particle. */
  readonly micrographs: readonly string[];
  /** Pixels of the micrograph. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Origins as the table has them, angstrom or pixels of the image that the particle had before; 0 in a table without. */
  readonly origins: OriginColumns;
  /** Of each particle. */
  readonly pixelSizes: readonly RowPixelSizes[];
}

/**
 * Reads coordinates of RELION 3.1 and newer (data_optics, data_particles), or of a file with a single table.
 *
 * @throws FormatError for a missing table or label, several tables of coordinates, or a value that is none
 */
export function readCoordinates(text: string, path: string): CoordinateTable {
  const star = parseStar(text, path);
  refuseImpossible(star);
  const optics = star.find("optics");
  const particles = optics ? star.table("particles") : star.only((each) => each.has(LABEL.x), LABEL.x);
  refuseSections(particles);
  const micrographs = micrographNames(particles);
  const pixelSizes = pixelSizesOf(star, particles);
  return {
    ...{ file: star, optics, particles, micrographs, pixelSizes },
    x: particles.numbers(LABEL.x),
    y: particles.numbers(LABEL.y),
    origins: originsIn(particles),
  };
}

interface OriginColumns {
  readonly unit: "angstrom" | "pixels";
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** RELION 3.0 counts origins in pixels. */
function originsIn(particles: StarTable): OriginColumns {
  const has = ({ originX, originY }: { readonly originX: string; readonly originY: string }): boolean =>
    particles.has(originX) || particles.has(originY);
  const inPixels = has(LABEL_30) && !has(LABEL);
  const names = inPixels ? LABEL_30 : LABEL;
  const { originX, originY } = names;
  const along = (label: string): Float64Array =>
    has(names) ? particles.numbers(label) : new Float64Array(particles.rows);
  return { unit: inPixels ? "pixels" : "angstrom", x: along(originX), y: along(originY) };
}

/** What the extraction found out of each particle that it kept. */
export interface Extracted {
  /** Row of the coordinate table. */
  readonly row: number;
  /** Angstrom, of the micrograph. */
  readonly pixelSize: number;
  /** The pixel on which the box is centred. */
  readonly x: number;
  readonly y: number;
  /** Angstrom, from there to the particle, with the sign of rlnOrigin. */
  readonly originX: number;
  readonly originY: number;
}

/**
 * Where the box of a particle is centred: on its coordinate without its fraction, as RELION does, less the whole pixels of its
 * origin where it is to be recentred. What is left goes into the origin, which points from the observation to the reference: a rest
 * to the right makes it smaller.
 */
export function placeBox(
  table: CoordinateTable,
  row: number,
  pixelSize: number,
  recentre: boolean,
): Omit<Extracted, "row" | "pixelSize"> {
  const { origins } = table;
  const unit = origins.unit === "pixels" ? (table.pixelSizes[row]!.image ?? pixelSize) : 1;
  const along = (coordinate: number, angstrom: number): readonly [pixel: number, origin: number] => {
    const shift = recentre ? roundHalfAway(angstrom / pixelSize) : 0;
    // + 0 turns -0 into 0
    const pixel = Math.trunc(coordinate - shift) + 0;
    return [pixel, angstrom + (pixel - coordinate) * pixelSize];
  };
  const [x, originX] = along(table.x[row]!, unit * origins.x[row]!);
  const [y, originY] = along(table.y[row]!, unit * origins.y[row]!);
  return { x, y, originX, originY };
}

const roundHalfAway = (value: number): number => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
