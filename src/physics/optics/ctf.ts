import { inRange } from "../../core/check.js";
import type { Defocus, Optics } from "./optics.js";

/** All that decides a CTF: the optics of the microscope, the defocus, and a B factor. */
export type CtfParameters = Omit<Optics, "pixelSize"> &
  Defocus & { /** Angstrom squared; absent = none. */ readonly bFactor?: number };

/** Relativistic electron wavelength in angstrom of a voltage in kV. Source: as RELION, 12.2643247 / sqrt(E (1 + 0.978466e-6 E)). */
export function electronWavelength(voltage: number): number {
  const volt = inRange("voltage", voltage, "kV", 1, 1200) * 1e3;
  return 12.2643247 / Math.sqrt(volt * (1 + volt * 0.978466e-6));
}

/** The phase of a CTF as a polynomial: xx kx² + xy kx ky + yy ky² - quartic (kx² + ky²)² + offset, radian. */
export interface CtfPhase {
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
  readonly quartic: number;
  /** Phase shift and amplitude contrast. */
  readonly offset: number;
}

/**
 * The phase whose sine is the CTF (see `ctf`), the amplitude contrast included as asin A.
 *
 * @throws DomainError for an amplitude contrast outside 0 to 1 or a voltage outside 1 to 1200 kV
 */
export function ctfPhase(p: CtfParameters): CtfPhase {
  const lambda = electronWavelength(p.voltage);
  const csAngstrom = p.sphericalAberration * 1e7;
  const amplitude = inRange("amplitudeContrast", p.amplitudeContrast, "", 0, 1);
  // cos 2(φ - angle) k² = (kx² - ky²) cos 2 angle + 2 kx ky sin 2 angle
  const angleRad = (p.defocusAngle * Math.PI) / 180;
  const astigmatism = (p.defocusU - p.defocusV) / 2;
  const mean = (p.defocusU + p.defocusV) / 2;
  const linear = Math.PI * lambda;
  return {
    xx: linear * (mean + astigmatism * Math.cos(2 * angleRad)),
    yy: linear * (mean - astigmatism * Math.cos(2 * angleRad)),
    xy: linear * 2 * astigmatism * Math.sin(2 * angleRad),
    quartic: (Math.PI / 2) * csAngstrom * lambda ** 3,
    offset: (p.phaseShift * Math.PI) / 180 + Math.asin(amplitude),
  };
}

/**
 * Contrast transfer function of one micrograph as a function of spatial frequency.
 *
 *   CTF(k) = [sqrt(1 - A²) sin χ + A cos χ] exp(-B k² / 4) = sin(χ + asin A) exp(-B k² / 4)
 *   χ = π λ k² (Δz(φ) - λ² k² Cs / 2) + phaseShift
 *   Δz(φ) = (U + V)/2 + (U - V)/2 cos 2(φ - defocusAngle)
 *
 * Sign: CTF(0) = +amplitudeContrast, which goes with WHITE protein (particle stacks). A raw micrograph, protein dark,
 * is the projected potential times minus this function. Source: Mindell & Grigorieff 2003, J. Struct. Biol. 142:334,
 * for Δz(φ); checked against relion_project --ctf.
 *
 * @returns kernel of (kx along columns, ky along rows downward), 1/angstrom; values in [-1, 1]
 * @throws DomainError for an amplitude contrast outside 0 to 1 or a voltage outside 1 to 1200 kV
 */
export function ctf(p: CtfParameters): (kx: number, ky: number) => number {
  const { xx, xy, yy, quartic, offset } = ctfPhase(p);
  const bFactor = p.bFactor ?? 0;
  return (kx, ky) => {
    const k2 = kx * kx + ky * ky;
    const wave = Math.sin(xx * kx * kx + xy * kx * ky + yy * ky * ky - quartic * k2 * k2 + offset);
    return bFactor === 0 ? wave : wave * Math.exp((-bFactor * k2) / 4);
  };
}

/**
 * How far, in angstrom, the CTF moves information of spatial frequencies up to `highest` (1/angstrom): the largest
 * |dχ/dk| / 2π = |λ k Δz - Cs λ³ k³|. An image needs that much padding before it is filtered.
 */
export function delocalisation(p: CtfParameters, highest: number): number {
  const lambda = electronWavelength(p.voltage);
  const cubic = p.sphericalAberration * 1e7 * lambda ** 3;
  let largest = 0;
  for (const defocus of [p.defocusU, p.defocusV]) {
    const turn = cubic > 0 && defocus > 0 ? Math.sqrt((lambda * defocus) / (3 * cubic)) : highest;
    for (const k of [highest, Math.min(turn, highest)]) {
      largest = Math.max(largest, Math.abs(lambda * k * defocus - cubic * k ** 3));
    }
  }
  return largest;
}
