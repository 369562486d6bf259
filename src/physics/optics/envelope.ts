import { inRange } from "../../core/check.js";
import { type CtfParameters, electronWavelength } from "./ctf.js";

/** How far the beam is from coherent. */
export interface Coherence {
  /** Standard deviation of the focus, angstrom, from the spread of energies and currents; absent = 0. */
  readonly focalSpread?: number;
  /** Half angle of illumination, milliradian, at which a Gaussian source has fallen to 1/e; absent = 0. */
  readonly convergence?: number;
}

/**
 * Envelope of partial coherence over k², squared 1/angstrom: what is left of a wave's contrast after averaging over foci and
 * over directions of illumination.
 *
 *   exp(-(π λ Δ k²)² / 2) exp(-π² (α / λ)² (λ Δz k - Cs λ³ k³)²)
 *
 * Δ is the focal spread, α the convergence, Δz the mean defocus (astigmatism changes it little). Source: Frank 1973, Optik
 * 38:519; Wade & Frank 1977, Optik 49:81.
 *
 * @throws DomainError for a spread outside 0 to 10,000 angstrom or a convergence outside 0 to 10 milliradian
 */
export function coherenceEnvelope(optics: CtfParameters, coherence: Coherence): (k2: number) => number {
  const lambda = electronWavelength(optics.voltage);
  const spread = inRange("focalSpread", coherence.focalSpread ?? 0, "angstrom", 0, 1e4);
  const angle = inRange("convergence", coherence.convergence ?? 0, "milliradian", 0, 10) / 1e3;
  const temporal = (Math.PI * lambda * spread) ** 2 / 2;
  const spatial = ((Math.PI * angle) / lambda) ** 2;
  const defocus = (lambda * (optics.defocusU + optics.defocusV)) / 2;
  const cubic = optics.sphericalAberration * 1e7 * lambda ** 3;
  return (k2) => {
    const slope = defocus - cubic * k2;
    return Math.exp(-temporal * k2 * k2 - spatial * k2 * slope * slope);
  };
}
