import { FormatError } from "../../../core/errors.js";
import type { Particle, ParticleSet } from "../../../io/particles/particle.js";

/**
 * Refuses particles that all have a defocus of 0, and says what is odd about the defocus of some.
 *
 * Programs write 0 where no CTF was fitted; a correction by it would be by the spherical aberration alone. Without phase contrast
 * (amplitude contrast 1) and with a phase plate it is no mistake. A negative defocus is overfocus, which RELION reads, but nobody
 * takes micrographs so: more often it comes from a program that writes underfocus as negative.
 *
 * @returns undefined where nothing is odd
 * @throws FormatError where no CTF was fitted to any particle
 */
export function defocusDoubt(set: ParticleSet, path: string): string | undefined {
  const { particles } = set;
  const all = particles.length;
  const unfitted = particles.filter((particle) => isUnfitted(particle, set)).length;
  if (all > 0 && unfitted === all) {
    throw new FormatError(
      path,
      "defocus of every particle",
      0,
      "that of its micrograph, in angstrom: 0 is what programs write where no CTF was fitted",
    );
  }
  const over = particles.filter(({ defocus }) => defocus && defocus.defocusU + defocus.defocusV < 0).length;
  const said = [
    ...(unfitted > 0
      ? [`${unfitted} of ${all} particles have a defocus of 0, so no CTF was fitted to them`]
      : []),
    ...(over > 0
      ? [
          `${over} of ${all} particles have a negative defocus, which is overfocus: underfocus is positive here`,
        ]
      : []),
  ];
  return said.length === 0 ? undefined : `${path}: ${said.join("; ")}`;
}

function isUnfitted({ defocus, opticsGroup }: Particle, { optics }: ParticleSet): boolean {
  if (!defocus) return false;
  const { defocusU, defocusV, phaseShift } = defocus;
  const isInFocus = defocusU === 0 && defocusV === 0 && phaseShift === 0;
  return isInFocus && Math.abs(optics[opticsGroup]!.amplitudeContrast) < 1;
}
