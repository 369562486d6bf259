import { mean } from "../../array/statistics.js";

/** Share of the particles from which it matters. Of 2,019 particles that cryoSPARC refined, a test file of cryoDRGN, it is 0.03. */
const MATTERS = 0.1;

/**
 * Whether the strengths that a refinement found for its particles are so unlike that it matters to leave them out. Nearly every refinement
 * writes strengths. Particles of strengths s that count alike, and not by their strengths, make a map as good as if the share
 * 1 - mean(s)² / mean(s²) of them were missing.
 */
export const areUneven = (strengths: ArrayLike<number>): boolean => {
  const values = Array.from(strengths);
  return values.length > 0 && 1 - mean(values) ** 2 / mean(values.map((value) => value * value)) > MATTERS;
};
