/**
 * The frequencies that a search compares, in steps of a box: each of the half plane within a radius, once, zero left out;
 * lowest first, so that those within a smaller radius are the first of the list.
 */
export interface Frequencies {
  /** Pixels of the box. */
  readonly box: number;
  /** Steps from zero to the farthest. */
  readonly radius: number;
  /** Number of frequencies; `length` of the arrays is the next multiple of 4, filled with frequency 0. */
  readonly count: number;
  /** Along columns and along rows downward. */
  readonly kx: Float32Array;
  readonly ky: Float32Array;
  /** The ring of each: its distance from zero, rounded. */
  readonly ring: Uint16Array;
}

/**
 * The frequencies of a box within a radius.
 *
 * @param box pixels; @param radius steps, from 1; Nyquist and beyond are left out, as Nyquist has no phase of its own
 */
export function frequenciesWithin(box: number, radius: number): Frequencies {
  const reach = Math.min(Math.floor(radius), Math.ceil(box / 2) - 1);
  const found: (readonly [kx: number, ky: number])[] = [];
  for (let kx = 0; kx <= reach; kx++) {
    for (let ky = -reach; ky <= reach; ky++) {
      // of k and -k, whose transforms are conjugates, one
      const isTwin = kx === 0 && ky <= 0;
      if (!isTwin && kx * kx + ky * ky <= radius * radius) found.push([kx, ky]);
    }
  }
  found.sort(([ax, ay], [bx, by]) => ax * ax + ay * ay - (bx * bx + by * by) || ax - bx || ay - by);
  const length = 4 * Math.ceil(found.length / 4);
  const list = { kx: new Float32Array(length), ky: new Float32Array(length), ring: new Uint16Array(length) };
  for (const [i, [kx, ky]] of found.entries()) {
    list.kx[i] = kx;
    list.ky[i] = ky;
    list.ring[i] = Math.round(Math.sqrt(kx * kx + ky * ky));
  }
  return { box, radius, count: found.length, ...list };
}
