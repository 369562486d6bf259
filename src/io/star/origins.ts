import type { RowPixelSizes } from "./pixel-sizes.js";
import type { StarTable } from "./table.js";

/**
 * The origins of a table of particles, angstrom: rlnOriginXAngst and YAngst, or RELION 3.0's rlnOriginX and Y, which count in
 * pixels of the particle images. Undefined for a table without origins.
 *
 * @param pixelSizes of the rows; asked for only where an origin needs them
 * @throws FormatError for one of the two without the other, and for origins in pixels, other than 0, of rows whose pixel size the file does not say
 */
export function originsOf(
  table: StarTable,
  pixelSizes: () => readonly RowPixelSizes[],
): ((row: number) => { readonly x: number; readonly y: number }) | undefined {
  if (table.has("rlnOriginXAngst") || table.has("rlnOriginYAngst")) {
    const [x, y] = [table.numbers("rlnOriginXAngst"), table.numbers("rlnOriginYAngst")];
    return (row) => ({ x: x[row]!, y: y[row]! });
  }
  if (!table.has("rlnOriginX") && !table.has("rlnOriginY")) return undefined;
  const [x, y] = [table.numbers("rlnOriginX"), table.numbers("rlnOriginY")];
  return (row) => {
    const [u, v] = [x[row]!, y[row]!];
    if (u === 0 && v === 0) return { x: 0, y: 0 };
    const { image, micrograph } = pixelSizes()[row]!;
    const size = image ?? micrograph;
    if (size === undefined) {
      throw table.wrong("rlnOriginX", row, u, "the file to say the pixel size, as rlnDetectorPixelSize does");
    }
    return { x: u * size, y: v * size };
  };
}
