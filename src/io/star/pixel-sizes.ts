import { LIMITS } from "../limits.js";
import { opticsRowsOf } from "./optics-groups.js";
import type { StarFile } from "./parse.js";
import type { StarTable } from "./table.js";

/** What a STAR file says of one row's pixels, angstrom; undefined where it does not. */
export interface RowPixelSizes {
  /** Of the micrograph, which coordinates count in. */
  readonly micrograph: number | undefined;
  /** Of the movie before it was binned. */
  readonly original: number | undefined;
  /** Of the particle's image. */
  readonly image: number | undefined;
}

const NOTHING: RowPixelSizes = { micrograph: undefined, original: undefined, image: undefined };

/**
 * The pixel sizes of each row of a table of particles or micrographs, of RELION 3.1 and later (data_optics) or RELION 3.0 (in
 * the row).
 *
 * rlnMicrographOriginalPixelSize is that of the movie. Motion correction may bin, and extraction drops
 * rlnMicrographPixelSize: the original says the micrograph's only where the images, never finer than the micrograph nor this
 * finer than the movie, have the same.
 *
 * @throws FormatError for a pixel size that is no number above 0, or an optics group that is not defined
 */
export function pixelSizesOf(file: StarFile, table: StarTable): readonly RowPixelSizes[] {
  const optics = file.find("optics");
  if (!optics) return sizesOfRows(table);
  if (!table.has("rlnOpticsGroup")) return new Array<RowPixelSizes>(table.rows).fill(NOTHING);
  const sizes = groupPixelSizes(optics);
  return opticsRowsOf(optics, table).map((row) => sizes[row]!);
}

/** The same of each row of data_optics. */
export function groupPixelSizes(optics: StarTable): readonly RowPixelSizes[] {
  const [micrograph, original, image] = [
    pixelSizeColumn(optics, "rlnMicrographPixelSize"),
    pixelSizeColumn(optics, "rlnMicrographOriginalPixelSize"),
    pixelSizeColumn(optics, "rlnImagePixelSize"),
  ];
  return Array.from({ length: optics.rows }, (_, row) => {
    const sizes = { original: original?.[row], image: image?.[row] };
    return { micrograph: micrograph?.[row] ?? sameOf(sizes), ...sizes };
  });
}

/** Sizes that differ by less are the same: programs write six digits. */
const SAME = 1e-4;

const sameOf = ({ original, image }: Pick<RowPixelSizes, "original" | "image">): number | undefined =>
  original !== undefined && image !== undefined && Math.abs(image / original - 1) < SAME
    ? original
    : undefined;

/** RELION 3.0: micrometres on the detector over the magnification, of the image where the row has one. */
function sizesOfRows(table: StarTable): readonly RowPixelSizes[] {
  const sizes = pixelSizesOf30(table);
  if (!sizes) return new Array<RowPixelSizes>(table.rows).fill(NOTHING);
  const hasImages = table.has("rlnImageName");
  return Array.from(sizes, (size) =>
    hasImages ? { ...NOTHING, image: size } : { ...NOTHING, micrograph: size },
  );
}

/** Two words for one pixel size may differ by this share: magnifications are rounded. */
const ROUNDED = 0.02;

/**
 * Angstrom a pixel of each row of RELION 3.0: rlnPixelSize, or micrometres on the detector over the magnification.
 * @returns undefined for a table that does not say it
 * @throws FormatError for a size that is no number above 0, or where both are there and differ by more than 2 %
 */
export function pixelSizesOf30(table: StarTable): Float64Array | undefined {
  const [said, found] = [pixelSizeColumn(table, "rlnPixelSize"), magnified(table)];
  if (!said || !found) return said ?? found;
  const row = said.findIndex((size, i) => !(Math.abs(size / found[i]! - 1) <= ROUNDED));
  if (row < 0) return said;
  const expected = `${found[row]} angstrom, as rlnDetectorPixelSize over rlnMagnification says`;
  throw table.wrong("rlnPixelSize", row, said[row], expected);
}

function magnified(table: StarTable): Float64Array | undefined {
  const [detector, magnification] = ["rlnDetectorPixelSize", "rlnMagnification"].map((label) =>
    lengths(table, label),
  );
  return (
    detector && magnification && detector.map((micrometre, row) => (micrometre * 1e4) / magnification[row]!)
  );
}

/** The values of a label that is there. @throws FormatError for one that is not above 0 */
function lengths(table: StarTable, label: string): Float64Array | undefined {
  if (!table.has(label)) return undefined;
  const values = table.numbers(label);
  const row = values.findIndex((value) => !(value > 0));
  if (row >= 0) throw table.wrong(label, row, values[row], "above 0");
  return values;
}

/** The pixel sizes of a label that is there. @throws FormatError for one that is none in angstrom */
export function pixelSizeColumn(table: StarTable, label: string): Float64Array | undefined {
  if (!table.has(label)) return undefined;
  const { fits, expected } = LIMITS.pixelSize;
  const values = table.numbers(label);
  const row = values.findIndex((value) => !fits(value));
  if (row >= 0) throw table.wrong(label, row, values[row], expected);
  return values;
}
