import { FormatError } from "../../../core/errors.js";
import type { ParticleSet } from "../../../io/particles/particle.js";
import type { CtfParameters } from "../../../physics/optics/ctf.js";

/**
 * Refuses particles that all have a defocus of 0, as programs write it where no CTF was fitted: a correction by it would be by the
 * spherical aberration alone. Without phase contrast (amplitude contrast 1) and with a phase plate 0 is no mistake.
 *
 * @throws FormatError where no CTF was fitted to any particle
 */
export function refuseUnfitted(set: ParticleSet, path: string): void {
  if (set.particles.length === 0 || unfittedOf(set) < set.particles.length) return;
  throw new FormatError(
    path,
    "defocus of every particle",
    0,
    "that of its micrograph, in angstrom: 0 is what programs write where no CTF was fitted",
  );
}

/**
 * What to say of a defocus of 0 or less of some particles; undefined where nothing is odd. A negative defocus is overfocus, which
 * RELION reads, but nobody takes micrographs so: more often it comes from a program that writes underfocus as negative.
 *
 * @throws FormatError as `refuseUnfitted`
 */
export function defocusDoubt(set: ParticleSet, path: string): string | undefined {
  refuseUnfitted(set, path);
  const { particles } = set;
  const all = particles.length;
  const unfitted = unfittedOf(set);
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

/** How many particles have a CTF that was not fitted. */
const unfittedOf = ({ particles, optics }: ParticleSet): number =>
  particles.filter(({ defocus, opticsGroup }) => {
    const { amplitudeContrast } = optics[opticsGroup]!;
    return defocus && isUnfitted({ ...defocus, amplitudeContrast });
  }).length;

/** Whether a CTF has the defocus of 0 that programs write where none was fitted. */
export function isUnfitted({
  defocusU,
  defocusV,
  phaseShift,
  amplitudeContrast,
}: Pick<CtfParameters, "defocusU" | "defocusV" | "phaseShift" | "amplitudeContrast">): boolean {
  return defocusU === 0 && defocusV === 0 && phaseShift === 0 && Math.abs(amplitudeContrast) < 1;
}
