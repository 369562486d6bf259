import type { RowPixelSizes } from "./pixel-sizes.js";
import type { StarTable } from "./table.js";

/** A shift along x and y. */
interface Shift {
  readonly x: number;
  readonly y: number;
}

/**
 * The origins of a table of particles, angstrom: rlnOriginXAngst and YAngst, or RELION 3.0's rlnOriginX and Y, which count in
 * pixels of the particle images. Undefined for a table without origins.
 *
 * @param pixelSizes of the rows; asked for only where an origin needs them
 * @throws FormatError for one of the two without the other, for origins in pixels, other than 0, of rows whose pixel size the file
 *   does not say, and for a row whose two origins contradict each other
 */
export function originsOf(
  table: StarTable,
  pixelSizes: () => readonly RowPixelSizes[],
): ((row: number) => Shift) | undefined {
  const inAngstrom = shiftsOf(table, "rlnOriginXAngst", "rlnOriginYAngst");
  const inPixels = shiftsOf(table, "rlnOriginX", "rlnOriginY");
  let sizes: readonly RowPixelSizes[] | undefined;
  const sizeOf = (row: number): number | undefined => {
    sizes ??= pixelSizes();
    return sizes[row]!.image ?? sizes[row]!.micrograph;
  };
  if (inAngstrom && inPixels) refuseContradiction(table, { inAngstrom, inPixels, sizeOf });
  if (inAngstrom) return inAngstrom;
  return (
    inPixels &&
    ((row) => {
      const { x, y } = inPixels(row);
      if (x === 0 && y === 0) return { x: 0, y: 0 };
      const size = sizeOf(row);
      if (size === undefined)
        throw table.wrong(
          "rlnOriginX",
          row,
          x,
          "the file to say the pixel size, as rlnDetectorPixelSize does",
        );
      return { x: x * size, y: y * size };
    })
  );
}

/** The shifts of two labels; undefined where neither is there. @throws FormatError for one alone */
function shiftsOf(table: StarTable, alongX: string, alongY: string): ((row: number) => Shift) | undefined {
  if (!table.has(alongX) && !table.has(alongY)) return undefined;
  const [x, y] = [table.numbers(alongX), table.numbers(alongY)];
  return (row) => ({ x: x[row]!, y: y[row]! });
}

/** Pixels by which two words for one origin may differ: files round. */
const ROUNDED = 0.1;

/** Two programs wrote an origin each, and nobody knows which of them is right. */
function refuseContradiction(
  table: StarTable,
  {
    inAngstrom,
    inPixels,
    sizeOf,
  }: {
    readonly inAngstrom: (row: number) => Shift;
    readonly inPixels: (row: number) => Shift;
    readonly sizeOf: (row: number) => number | undefined;
  },
): void {
  for (let row = 0; row < table.rows; row++) {
    const size = sizeOf(row);
    if (size === undefined) continue;
    const [angstrom, pixels] = [inAngstrom(row), inPixels(row)];
    for (const axis of ["x", "y"] as const) {
      if (Math.abs(pixels[axis] - angstrom[axis] / size) <= ROUNDED) continue;
      const label = `rlnOrigin${axis.toUpperCase()}`;
      const expected = `${Number((angstrom[axis] / size).toPrecision(6))} pixels of ${size} angstrom, as ${label}Angst says`;
      throw table.wrong(label, row, pixels[axis], expected);
    }
  }
}
