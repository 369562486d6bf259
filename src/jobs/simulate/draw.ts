import { type EightTurn, turnedImage } from "../../array/eight-turns.js";
import type { Image } from "../../array/image.js";
import { mean, standardDeviation } from "../../array/statistics.js";
import type { Random } from "../../core/random.js";
import { syntheticIce } from "../../physics/ice.js";
import type { Defocus } from "../../physics/optics/optics.js";

/** Where the defocus of each micrograph comes from. */
export type DefocusSource =
  | {
      readonly kind: "range";
      /** Angstrom, mean of U and V. */
      readonly low: number;
      readonly high: number;
      /** Largest difference of U and V, angstrom. */
      readonly astigmatism: number;
      /** Degrees. */
      readonly phaseShift: number;
    }
  | {
      readonly kind: "measured";
      readonly measured: readonly Defocus[];
      /** Degrees; absent: as measured. */
      readonly phaseShift?: number;
    };

/** Where the ice gradient of each micrograph comes from. */
export type IceSource =
  | { readonly kind: "even" }
  | { readonly kind: "made-up"; readonly depth: number }
  /** W of real micrographs, over their fields. */
  | { readonly kind: "measured"; readonly measured: readonly Image[] };

/**
 * The defocus of one micrograph.
 *
 * Measured ones are drawn from the distribution that they sample: one of them, its mean moved by a Gaussian of
 * Silverman's width, 1.06 s n^(-1/5) (Silverman 1986, Density Estimation, eq. 3.28), its astigmatism kept.
 */
export function drawDefocus(source: DefocusSource, random: Random): Defocus {
  if (source.kind === "range") {
    const middle = random.uniform(source.low, source.high);
    const half = random.uniform(0, source.astigmatism) / 2;
    return {
      defocusU: middle + half,
      defocusV: middle - half,
      defocusAngle: random.uniform(0, 180),
      phaseShift: source.phaseShift,
    };
  }
  const { measured } = source;
  const means = measured.map(({ defocusU, defocusV }) => (defocusU + defocusV) / 2);
  const width = measured.length > 1 ? 1.06 * standardDeviation(means) * measured.length ** -0.2 : 0;
  const chosen = random.integer(measured.length);
  const { defocusU, defocusV, defocusAngle, phaseShift } = measured[chosen]!;
  // a drawn underfocus stays at least half of the one it was drawn around
  const shift = Math.max(-Math.abs(means[chosen]!) / 2, width * random.normal());
  return {
    defocusU: defocusU + shift,
    defocusV: defocusV + shift,
    defocusAngle,
    phaseShift: source.phaseShift ?? phaseShift,
  };
}

/** Grid of a made-up ice gradient; it is smooth. */
const ICE_GRID = 32;

/** The ice gradient of one micrograph over its field, and its mean; a measured one is mirrored and turned at random. */
export function drawIce(
  source: IceSource,
  random: Random,
): { readonly ice: Image | undefined; readonly iceMean: number } {
  if (source.kind === "even") return { ice: undefined, iceMean: 1 };
  const ice =
    source.kind === "made-up"
      ? syntheticIce([ICE_GRID, ICE_GRID], source.depth, random)
      : turnedImage(source.measured[random.integer(source.measured.length)]!, drawTurn(random));
  return { ice, iceMean: Math.min(1, mean(ice.data)) };
}

/** One of the eight turns, each as likely: mirrored or not, and a number of quarter turns. */
function drawTurn(random: Random): EightTurn {
  const isMirrored = random.integer(2) === 1;
  const quarters = random.integer(4);
  return (isMirrored ? 4 + quarters : (4 - quarters) % 4) as EightTurn;
}
