/** A point of the sphere, radian: polar angle from z and azimuth from x towards y. */
export interface Direction {
  readonly polar: number;
  readonly azimuth: number;
}

/** Pixels of the sphere at an order: 12 faces of 2^order x 2^order. */
export const healpixCount = (order: number): number => 12 * 4 ** order;

/** Of each of the twelve faces, in units of its side: how far south its southern corner lies, and how far east. */
const SOUTH = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4] as const;
const EAST = [1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7] as const;

/**
 * The centre of a pixel in the nested numbering, in which pixel p of an order has the pixels 4p … 4p + 3 of the next order
 * as its quarters. All pixels of an order have one area. Source: Górski et al. 2005, Astrophys. J. 622:759, section 5.
 */
export function healpixCentre(order: number, pixel: number): Direction {
  const side = 2 ** order;
  const face = Math.floor(pixel / (side * side));
  const within = pixel - face * side * side;
  // a pixel's place along the two edges of its face: the even and the odd bits of its number
  const along = evenBits(within);
  const across = evenBits(Math.floor(within / 2));
  // rings of equal polar angle are counted from the north pole, from 1 to 4 side - 1
  const ring = SOUTH[face]! * side - along - across - 1;
  const inCap = ring < side || ring > 3 * side;
  const pixelsOfQuarter = inCap ? Math.min(ring, 4 * side - ring) : side;
  const shift = inCap ? 0 : (ring - side) % 2;
  const z = inCap
    ? Math.sign(2 * side - ring) * (1 - pixelsOfQuarter ** 2 / (3 * side * side))
    : (2 / (3 * side)) * (2 * side - ring);
  const place = (EAST[face]! * pixelsOfQuarter + along - across + 1 + shift) / 2;
  const azimuth = ((place - (shift + 1) / 2) * Math.PI) / (2 * pixelsOfQuarter);
  const turn = 2 * Math.PI;
  return { polar: Math.acos(z), azimuth: ((azimuth % turn) + turn) % turn };
}

/** The number whose bits are the bits 0, 2, 4, … of n. */
function evenBits(n: number): number {
  let bits = 0;
  let rest = n;
  for (let bit = 1; rest > 0; bit *= 2) {
    bits += bit * (rest % 2);
    rest = Math.floor(rest / 4);
  }
  return bits;
}
