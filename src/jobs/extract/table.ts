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
  /** Pixels: the pixel that the coordinate is nearest to. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Pixels from there to the coordinate. */
  readonly restX: ArrayLike<number>;
  readonly restY: ArrayLike<number>;
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
  const exactX = particles.numbers("rlnCoordinateX");
  const exactY = particles.numbers("rlnCoordinateY");
  // + 0 turns -0 into 0
  const x = exactX.map((value) => Math.round(value) + 0);
  const y = exactY.map((value) => Math.round(value) + 0);
  return {
    optics,
    particles,
    micrographs,
    x,
    y,
    restX: exactX.map((value, row) => value - x[row]!),
    restY: exactY.map((value, row) => value - y[row]!),
    pixelSizes: pixelSizesOf(star, particles),
  };
}

/** What the extraction found out of each particle that it kept. */
export interface Extracted {
  /** Row of the coordinate table. */
  readonly row: number;
  /** Angstrom. */
  readonly pixelSize: number;
}

/**
 * The STAR file of a stack: the labels of the coordinates, whole coordinates, their rest in rlnOrigin, and the images'
 * names. rlnOrigin points from the observation to the reference: a rest to the right makes it smaller.
 *
 * @param stack name of the stack as the STAR file shall give it
 * @param box pixels
 */
export function stackStar(
  table: CoordinateTable,
  kept: readonly Extracted[],
  stack: string,
  box: number,
): string {
  const columns: Record<string, StarColumnInput> = {
    rlnImageName: kept.map((_, i) => `${String(i + 1).padStart(6, "0")}@${stack}`),
  };
  for (const label of table.particles.labels) {
    if (label !== "rlnImageName") columns[label] = pick(table.particles, label, kept);
  }
  columns["rlnCoordinateX"] = kept.map(({ row }) => table.x[row]!);
  columns["rlnCoordinateY"] = kept.map(({ row }) => table.y[row]!);
  for (const [axis, rest] of [
    ["X", table.restX],
    ["Y", table.restY],
  ] as const) {
    const inAngstrom = `rlnOrigin${axis}Angst`;
    const label = table.particles.has(`rlnOrigin${axis}`) ? `rlnOrigin${axis}` : inAngstrom;
    const origins = table.particles.has(label) ? table.particles.numbers(label) : undefined;
    columns[label] = kept.map(({ row, pixelSize }) => {
      const origin = origins?.[row] ?? 0;
      return label === inAngstrom
        ? origin - rest[row]! * pixelSize
        : origin * binning(table, row, pixelSize) - rest[row]!;
    });
  }
  if (kept.some(({ row, pixelSize }) => binning(table, row, pixelSize) !== 1)) {
    Object.assign(columns, pixelsOf30(table.particles, kept));
  }
  const blocks: StarBlock[] = table.optics ? [opticsWithSize(table.optics, table, kept, box)] : [];
  return writeStar([...blocks, { name: table.particles.name, columns }]);
}

/** Pixels of the micrograph to a pixel of the image that the particle had before, in which RELION 3.0's origins count. */
function binning(table: CoordinateTable, row: number, pixelSize: number): number {
  const { image } = table.pixelSizes[row]!;
  const ratio = image === undefined ? 1 : image / pixelSize;
  return Math.abs(ratio - 1) < 1e-4 ? 1 : ratio;
}

/** RELION 3.0's words for the pixel size of the new images: a magnification of 10,000 makes micrometres angstroms. */
function pixelsOf30(particles: StarTable, kept: readonly Extracted[]): Record<string, StarColumnInput> {
  const sizes = kept.map(({ pixelSize }) => pixelSize);
  return {
    ...(particles.has("rlnPixelSize") && { rlnPixelSize: sizes }),
    ...(particles.has("rlnDetectorPixelSize") && {
      rlnDetectorPixelSize: sizes,
      rlnMagnification: sizes.map(() => 10_000),
    }),
  };
}

/** data_optics with the pixel size of each group's micrographs as that of its images, and their side in pixels. */
function opticsWithSize(
  optics: StarTable,
  table: CoordinateTable,
  kept: readonly Extracted[],
  box: number,
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
      ofGroup.get(groupOf && id) ?? said[row]!.micrograph ?? said[row]!.image ?? kept[0]!.pixelSize,
  );
  columns["rlnImageSize"] = rows.map(() => box);
  columns["rlnImageDimensionality"] = rows.map(() => 2);
  return { name: "optics", columns };
}

function pick(table: StarTable, label: string, rows: readonly { readonly row: number }[]): StarColumnInput {
  const values = table.carried(label);
  return rows.map(({ row }) => values[row]!);
}
