import { LABEL } from "../star/names.js";
import type { StarTable } from "../star/table.js";

/** Labels by which RELION says more of the optics than the CTF has, with the value at which they say nothing. */
const NEUTRAL: Readonly<Record<string, number>> = {
  rlnBeamTiltX: 0,
  rlnBeamTiltY: 0,
  rlnMagMat00: 1,
  rlnMagMat01: 0,
  rlnMagMat10: 0,
  rlnMagMat11: 1,
  rlnMagnificationCorrection: 1,
  [LABEL.premultiplied]: 0,
  [LABEL.phaseFlipped]: 0,
};
/** Lists of coefficients, as [0.1,0,-3]. */
const COEFFICIENTS = ["rlnOddZernike", "rlnEvenZernike"];

/**
 * The labels of a table that say more of the optics than voltage, defocus, spherical aberration and amplitude contrast: beam tilt,
 * aberrations, anisotropic magnification, images that were already multiplied by their CTF. Only those with a value that matters.
 *
 * @param row the only row to look at; default all
 */
export function furtherOptics(table: StarTable, row?: number): string[] {
  const matters = (values: readonly boolean[]): boolean =>
    row === undefined ? values.includes(true) : values[row]!;
  const numbers = Object.entries(NEUTRAL).filter(
    ([label, neutral]) =>
      table.has(label) && matters(Array.from(table.numbers(label), (value) => value !== neutral)),
  );
  const lists = COEFFICIENTS.filter(
    (label) => table.has(label) && matters(table.strings(label).map((text) => /[1-9]/.test(text))),
  );
  return [...numbers.map(([label]) => label), ...lists];
}
