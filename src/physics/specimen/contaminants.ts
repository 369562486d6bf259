import type { Image } from "../../array/image.js";
import type { Random } from "../../core/random.js";

/** A lump of ice or dirt on a micrograph, thickest at its middle. */
export interface Contaminant {
  /** Pixels, of its middle. */
  readonly x: number;
  readonly y: number;
  /** Angstrom, mean over all directions. */
  readonly radius: number;
  /** Angstrom, at its middle. */
  readonly thickness: number;
  /** Its outline: the radius is multiplied by 1 + depth cos(lobes (direction - angle)); degrees, +x towards +y. */
  readonly lobes: number;
  readonly depth: number;
  readonly angle: number;
}

/** What contaminants are made of. */
export interface ContaminantMatter {
  /** Projected potential of one angstrom of it, in the unit of the particles' projections. */
  readonly density: number;
  /** Share of its projected potential that is taken off the micrograph as it is, not through the CTF. */
  readonly absorption: number;
}

/** Radii, in particle diameters. */
const RADII = [0.3, 1.2] as const;
/** Thickness over diameter: drops lie flat. */
const THICKNESS = [0.3, 0.7] as const;
const MOST_LOBES = 5;
/** Depth of the lobes times their number: more lobes are shallower, or lumps would be stars. */
const RUGGEDNESS = 0.25;

/**
 * Ice has 4.5 V above vacuum, protein 8.0 V above vacuum and so 3.5 V above the ice that it displaces: the mean inner potentials of ice of
 * 0.93 and of protein of 1.35 g/cm³ by the scattering factors of `potential` (docs/guide/dataset.md).
 */
export const ICE_OVER_PROTEIN = 4.5 / 3.5;

/**
 * Lumps scatter electrons out of the beam, more than amplitude contrast says of particles. Chosen by eye: with it their inside is as dark
 * beside ferritin's ring as that of lumps in EMPIAR-10146.
 */
export const ABSORPTION = 0.15;

/**
 * Draws the contaminants of a micrograph: a Poisson number, anywhere in the field, cut by its edges too.
 *
 * @param mean number on a micrograph
 * @param diameter of a particle, angstrom: contaminants have 0.6 to 2.4 times that
 */
export function drawContaminants(
  [rows, columns]: readonly [rows: number, columns: number],
  mean: number,
  diameter: number,
  random: Random,
): Contaminant[] {
  return Array.from({ length: poisson(mean, random) }, () => {
    const radius = diameter * RADII[0] * (RADII[1] / RADII[0]) ** random.uniform();
    const lobes = 2 + random.integer(MOST_LOBES - 1);
    return {
      x: random.uniform(-0.5, columns - 0.5),
      y: random.uniform(-0.5, rows - 0.5),
      radius,
      thickness: 2 * radius * random.uniform(...THICKNESS),
      lobes,
      depth: random.uniform(0, RUGGEDNESS / lobes),
      angle: random.uniform(0, 360),
    };
  });
}

/** Knuth's product of uniform numbers (The Art of Computer Programming 2, 3.4.1), for small means. */
function poisson(mean: number, random: Random): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}

/**
 * Adds the thickness of contaminants to an image, in place: half an ellipsoid's, 2 sqrt(1 - r² / R²) at most, times `factor`.
 *
 * @param canvas periodic: what hangs over an edge comes in at the opposite one
 */
export function addThickness(
  { data, shape: [rows, columns] }: Image,
  contaminants: readonly Contaminant[],
  pixelSize: number,
  factor: number,
): void {
  for (const { x, y, radius, thickness, lobes, depth, angle } of contaminants) {
    const reach = Math.ceil((radius * (1 + depth)) / pixelSize) + 1;
    const [left, top] = [Math.floor(x) - reach, Math.floor(y) - reach];
    for (let v = top; v <= top + 2 * reach + 1; v++) {
      const row = ((v % rows) + rows) % rows;
      for (let u = left; u <= left + 2 * reach + 1; u++) {
        const direction = Math.atan2(v - y, u - x) - (angle * Math.PI) / 180;
        const outline = (radius * (1 + depth * Math.cos(lobes * direction))) / pixelSize;
        const share = 1 - ((u - x) ** 2 + (v - y) ** 2) / outline ** 2;
        if (share <= 0) continue;
        data[row * columns + (((u % columns) + columns) % columns)]! += factor * thickness * Math.sqrt(share);
      }
    }
  }
}
