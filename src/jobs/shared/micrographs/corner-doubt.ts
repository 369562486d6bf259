/** A place in a micrograph, pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** A place in a micrograph of a size. */
export interface PlaceInShape extends Place {
  readonly shape: readonly [rows: number, columns: number];
}

/** Places of which it is no chance where they all lie. */
export const MANY_PLACES = 30;

/** Share of a side: 30 places all over their micrographs lie within it once in 10¹⁵ times. */
const CORNER = 0.55;

/**
 * What to say of places that all lie in the upper left corner of their micrographs, as those of micrographs that were binned
 * otherwise do; undefined where they do not, or are few.
 *
 * @param path of the file that they come from
 */
export function cornerDoubt(places: readonly PlaceInShape[], path: string): string | undefined {
  if (places.length < MANY_PLACES) return undefined;
  const farthest = places.reduce(
    (most, { x, y, shape: [rows, columns] }) => Math.max(most, x / columns, y / rows),
    0,
  );
  if (farthest > CORNER) return undefined;
  const share = Math.round(100 * farthest);
  return (
    `${path}: all ${places.length} places lie within ${share} % of the sides of their micrographs, from the upper left: are they of ` +
    "micrographs that were binned?"
  );
}
