import { FormatError } from "../../core/errors.js";
import { starTypeOf } from "../../io/star/labels.js";
import { parseStar } from "../../io/star/parse.js";
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
  /** Angstrom per pixel of the micrographs, of each particle; undefined where the file does not say. */
  readonly pixelSizes: readonly (number | undefined)[];
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
    pixelSizes: pixelSizesOf(particles, optics),
  };
}

const PIXEL_SIZES = ["rlnMicrographPixelSize", "rlnMicrographOriginalPixelSize", "rlnImagePixelSize"];

function pixelSizesOf(particles: StarTable, optics: StarTable | undefined): (number | undefined)[] {
  const label = PIXEL_SIZES.find((name) => optics?.has(name));
  if (!optics || !label || !particles.has("rlnOpticsGroup")) {
    return new Array<undefined>(particles.rows).fill(undefined);
  }
  const sizes = optics.numbers(label);
  const groups = new Map(Array.from(optics.integers("rlnOpticsGroup"), (id, row) => [id, sizes[row]!]));
  return Array.from(particles.integers("rlnOpticsGroup"), (id) => groups.get(id));
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
      const unit = label === inAngstrom ? pixelSize : 1;
      return (origins?.[row] ?? 0) - rest[row]! * unit;
    });
  }
  const blocks: StarBlock[] = table.optics ? [opticsWithSize(table.optics, kept, box)] : [];
  return writeStar([...blocks, { name: table.particles.name, columns }]);
}

function opticsWithSize(optics: StarTable, kept: readonly Extracted[], box: number): StarBlock {
  const rows = Array.from({ length: optics.rows }, (_, row) => ({ row }));
  const columns: Record<string, StarColumnInput> = {};
  for (const label of optics.labels) columns[label] = pick(optics, label, rows);
  const label = PIXEL_SIZES.find((name) => optics.has(name));
  columns["rlnImagePixelSize"] = label ? optics.numbers(label) : rows.map(() => kept[0]!.pixelSize);
  columns["rlnImageSize"] = rows.map(() => box);
  columns["rlnImageDimensionality"] = rows.map(() => 2);
  return { name: "optics", columns };
}

function pick(table: StarTable, label: string, rows: readonly { readonly row: number }[]): StarColumnInput {
  if (starTypeOf(label) === "text") {
    const values = table.strings(label);
    return rows.map(({ row }) => values[row]!);
  }
  const values = table.numbers(label);
  return rows.map(({ row }) => values[row]!);
}
