import { quantile } from "../../array/statistics.js";

/** Ratio of the strengths at the 95th and the 5th percentile from which it matters that they are not used. */
const UNEVEN = 1.5;

/**
 * Whether the strengths that a refinement found for its particles are so unlike that a map is another one without them. Nearly every
 * refinement writes strengths, most of them near each other.
 */
export const areUneven = (strengths: ArrayLike<number>): boolean => {
  const values = Array.from(strengths);
  return values.length > 0 && quantile(values, 0.95) > UNEVEN * quantile(values, 0.05);
};
