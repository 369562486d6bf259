import { FormatError } from "../../core/errors.js";
import { parseStar } from "../../io/star/parse.js";
import { groupPixelSizes, pixelSizesOf, type RowPixelSizes } from "../../io/star/pixel-sizes.js";
import type { StarTable } from "../../io/star/table.js";
import { type StarBlock, type StarColumnInput, writeStar } from "../../io/star/write.js";

/** Particles with coordinates, as a STAR file gives them, every label kept. */
export interface CoordinateTable {
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
 * @throws FormatError for a missing table or label, or a value that is none
 */
export function readCoordinates(text: string, path: string): CoordinateTable {
  const star = parseStar(text, path);
  const optics = star.find("optics");
  const particles = optics ? star.table("particles") : star.tables[0];
  if (!particles) throw new FormatError(path, "blocks", 0, "data_particles");
  const micrographs = particles.strings("rlnMicrographName");
  const pixelSizes = pixelSizesOf(star, particles);
  return {
    ...{ optics, particles, micrographs, pixelSizes },
    x: particles.numbers("rlnCoordinateX"),
    y: particles.numbers("rlnCoordinateY"),
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
  const inPixels = particles.has("rlnOriginX") && !particles.has("rlnOriginXAngst");
  const [unit, end] = inPixels ? (["pixels", ""] as const) : (["angstrom", "Angst"] as const);
  const along = (axis: "X" | "Y"): Float64Array => {
    const label = `rlnOrigin${axis}${end}`;
    return particles.has(label) ? particles.numbers(label) : new Float64Array(particles.rows);
  };
  return { unit, x: along("X"), y: along("Y") };
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

/** Sizes of what was cut and written, pixels. */
export interface ExtractedSizes {
  readonly box: number;
  /** Side of the images. */
  readonly image: number;
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

/**
 * The STAR file of a stack: the labels of the coordinates, whole coordinates, their rest in rlnOrigin, and the images' names.
 *
 * @param stack name of the stack as the STAR file shall give it
 */
export function stackStar(
  table: CoordinateTable,
  kept: readonly Extracted[],
  stack: string,
  sizes: ExtractedSizes,
): string {
  const columns: Record<string, StarColumnInput> = {
    rlnImageName: kept.map((_, i) => `${String(i + 1).padStart(6, "0")}@${stack}`),
  };
  for (const label of table.particles.labels) {
    if (label !== "rlnImageName") columns[label] = pick(table.particles, label, kept);
  }
  columns["rlnCoordinateX"] = kept.map(({ x }) => x);
  columns["rlnCoordinateY"] = kept.map(({ y }) => y);
  const imagePixel = ({ pixelSize }: Extracted): number => (pixelSize * sizes.box) / sizes.image;
  for (const axis of ["X", "Y"] as const) {
    const inPixels = table.origins.unit === "pixels";
    columns[`rlnOrigin${axis}${inPixels ? "" : "Angst"}`] = kept.map(
      (each) => each[`origin${axis}`] / (inPixels ? imagePixel(each) : 1),
    );
  }
  if (kept.some((each) => isOtherPixel(table, each.row, imagePixel(each)))) {
    Object.assign(columns, pixelsOf30(table.particles, kept.map(imagePixel)));
  }
  const blocks: StarBlock[] = table.optics ? [opticsWithSize(table.optics, table, kept, sizes)] : [];
  return writeStar([...blocks, { name: table.particles.name, columns }]);
}

/** Whether the images have another pixel size than those that the particles had before. */
function isOtherPixel(table: CoordinateTable, row: number, imagePixel: number): boolean {
  const { image, micrograph } = table.pixelSizes[row]!;
  return Math.abs((image ?? micrograph ?? imagePixel) / imagePixel - 1) >= 1e-4;
}

/** RELION 3.0's words for the pixel size of the new images: a magnification of 10,000 makes micrometres angstroms. */
function pixelsOf30(particles: StarTable, sizes: readonly number[]): Record<string, StarColumnInput> {
  return {
    ...(particles.has("rlnPixelSize") && { rlnPixelSize: sizes }),
    ...(particles.has("rlnDetectorPixelSize") && {
      rlnDetectorPixelSize: sizes,
      rlnMagnification: sizes.map(() => 10_000),
    }),
  };
}

/** data_optics with the pixel size of each group's images, from that of its micrographs, and their side in pixels. */
function opticsWithSize(
  optics: StarTable,
  table: CoordinateTable,
  kept: readonly Extracted[],
  { box, image }: ExtractedSizes,
): StarBlock {
  const rows = Array.from({ length: optics.rows }, (_, row) => ({ row }));
  const columns: Record<string, StarColumnInput> = {};
  for (const label of optics.labels) columns[label] = pick(optics, label, rows);
  const groupOf = table.particles.has("rlnOpticsGroup")
    ? table.particles.integers("rlnOpticsGroup")
    : undefined;
  const ofGroup = new Map<number | undefined, number>();
  for (const { row, pixelSize } of kept) {
    const group = groupOf?.[row];
    if (!ofGroup.has(group)) ofGroup.set(group, pixelSize);
  }
  const said = groupPixelSizes(optics);
  columns["rlnImagePixelSize"] = Array.from(
    optics.integers("rlnOpticsGroup"),
    (id, row) =>
      ((ofGroup.get(groupOf && id) ?? said[row]!.micrograph ?? said[row]!.image ?? kept[0]!.pixelSize) *
        box) /
      image,
  );
  columns["rlnImageSize"] = rows.map(() => image);
  columns["rlnImageDimensionality"] = rows.map(() => 2);
  return { name: "optics", columns };
}

function pick(table: StarTable, label: string, rows: readonly { readonly row: number }[]): StarColumnInput {
  const values = table.carried(label);
  return rows.map(({ row }) => values[row]!);
}
