import { electronWavelength } from "../../src/index.js";
import type { CtfView } from "../../src/jobs/view/records.js";

/** A CTF of which all is known or assumed. */
export type Ctf = Required<Omit<CtfView, "source" | "pixelSize">>;

/**
 * The frequency, 1/angstrom, at which the CTF is zero for the n-th time in a direction: the smaller k² that solves
 *
 *   n π = π λ Δz k² - (π/2) Cs λ³ k⁴ + phase shift + asin(amplitude contrast)
 *
 * @param angle radian, from +x towards +y
 */
export function ringFrequency(ctf: Ctf, angle: number, n: number): number {
  const lambda = electronWavelength(ctf.voltage);
  const cs = ctf.sphericalAberration * 1e7;
  const mean = (ctf.defocusU + ctf.defocusV) / 2;
  const half = (ctf.defocusU - ctf.defocusV) / 2;
  const defocus = mean + half * Math.cos(2 * (angle - (ctf.defocusAngle * Math.PI) / 180));
  const offset = (ctf.phaseShift * Math.PI) / 180 + Math.asin(ctf.amplitudeContrast);
  const left = n - offset / Math.PI;
  if (cs === 0) return Math.sqrt(left / (lambda * defocus));
  const root = (lambda * defocus) ** 2 - 2 * cs * lambda ** 3 * left;
  return Math.sqrt((lambda * defocus - Math.sqrt(root)) / (cs * lambda ** 3));
}
