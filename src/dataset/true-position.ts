import type { ParticleRecord } from "./records.js";

/** A place in a micrograph, pixels from the centre of its first array element. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/**
 * Where a particle sits in its micrograph: its coordinate less its origin over the pixel size, whoever wrote them. RELION's
 * origin is the shift that brings the observed particle onto the reference: a particle to the left of its coordinate has a
 * positive rlnOriginXAngst.
 *
 * @param coordinate pixels: rlnCoordinateX and Y
 * @param origin angstrom: rlnOriginXAngst and YAngst
 * @param pixelSize angstrom, of the micrograph, whatever that of the particle images
 */
export const truePosition = (coordinate: Position, origin: Position, pixelSize: number): Position => ({
  x: coordinate.x - origin.x / pixelSize,
  y: coordinate.y - origin.y / pixelSize,
});

/** Where a particle of a dataset sits. @param pixelSize angstrom, of the dataset */
export const particlePosition = (
  { x, y, originX, originY }: Pick<ParticleRecord, "x" | "y" | "originX" | "originY">,
  pixelSize: number,
): Position => truePosition({ x, y }, { x: originX, y: originY }, pixelSize);
