import type { Level } from "../search/descend.js";
import { frequenciesWithin } from "../search/frequencies.js";
import { OrientationGrid } from "../search/orientation-grid.js";

/** What decides how finely a particle is searched. */
export interface SearchScale {
  /** Pixels of the images. */
  readonly box: number;
  /** Pixels across the particle. */
  readonly diameter: number;
  /** Frequency steps of the box up to which image and reference are compared. */
  readonly limit: number;
}

/** Orders beyond this have cells of under half a degree. */
export const FINEST_ORDER = 7;
const RADIANS = Math.PI / 180;
/**
 * How far half a step of angles may move the particle's rim, in wavelengths. At 0.25 nothing within a cell differs from its middle,
 * but few frequencies are compared at the first levels, and more particles take a wrong turn there: at the same cost 21 of 400
 * particles of a ribosome, with 0.45 only 14.
 */
const RIM = 0.45;

/**
 * The levels of a search from an order of orientations down to the one that the limit asks for.
 *
 * Half a step of angles moves the particle's rim by a quarter of (step x diameter). At each level the frequencies reach to the
 * wavelength of which that is 0.45; at the last it is at most an eighth of the wavelength of the limit, up to which everything is
 * compared. Shifts go in steps of about the same displacement.
 *
 * @param last order at which the search ends at the latest
 */
export function searchLevels(
  { box, diameter, limit }: SearchScale,
  first: number,
  last = FINEST_ORDER,
): readonly Level[] {
  const levels: Level[] = [];
  const finest = frequenciesWithin(box, limit);
  for (let order = first; ; order++) {
    const reach = (4 * RIM * box) / (OrientationGrid.step(order) * RADIANS * diameter);
    const isLast = reach >= 8 * RIM * limit || order >= last;
    const frequencies = isLast || reach >= limit ? finest : frequenciesWithin(box, reach);
    levels.push({ order, shiftStep: shiftStep(diameter, order), frequencies });
    if (isLast) return levels;
  }
}

/** The power of two, pixels, nearest to how far half a step of angles moves the rim. */
export function shiftStep(diameter: number, order: number): number {
  return 2 ** Math.round(Math.log2((OrientationGrid.step(order) * RADIANS * diameter) / 4));
}
