import type { Volume } from "../../../array/image.js";
import { moments } from "../../../array/statistics.js";

/**
 * Skewness of the densities below which a map is probably inverted. A particle is a small part of its box, so its densities are a
 * tail on its own side: maps of the EMDB have 2.7 to 6.9, inverted -2.7 to -6.9; maps of noise alone lie within 0.1 of zero.
 */
const MOST_SKEWED = -0.3;

/**
 * Says that a map is probably inverted, the particle darker than the solvent: the densities have their tail on the negative side
 * and lie below the solvent's on average.
 *
 * @param volume the solvent at 0
 */
export function contrastDoubt({ data }: Volume, path: string): string | undefined {
  const { mean, variance, skewness } = moments(data);
  if (!(variance > 0 && mean < 0 && skewness < MOST_SKEWED)) return undefined;
  const below = Math.abs(mean / Math.sqrt(variance)).toPrecision(2);
  return (
    `${path}: the map is probably inverted, its particle darker than the solvent: skewness ${skewness.toFixed(1)}, mean ${below} ` +
    "standard deviations below the solvent. Multiply it by -1, as with relion_image_handler --multiply_constant -1"
  );
}
