import { FormatError } from "../../../core/errors.js";
import type { ParticleSet } from "../../../io/particles/particle.js";
import { NEAR_FOCUS } from "../../../io/particles/units.js";
import { LABEL } from "../../../io/star/names.js";
import type { StarTable } from "../../../io/star/table.js";
import type { CtfParameters } from "../../../physics/optics/ctf.js";
import type { Defocus } from "../../../physics/optics/optics.js";

/**
 * Refuses particles that all have a defocus of 0, as programs write it where no CTF was fitted: a correction by it would be by the
 * spherical aberration alone. Without phase contrast (amplitude contrast 1) and with a phase plate 0 is no mistake.
 *
 * @throws FormatError where no CTF was fitted to any particle
 */
function refuseUnfitted(set: ParticleSet, path: string): void {
  if (set.particles.length === 0 || unfittedOf(set) < set.particles.length) return;
  throw new FormatError(
    path,
    "defocus of every particle",
    0,
    "that of its micrograph, in angstrom: 0 is what programs write where no CTF was fitted",
  );
}

/**
 * What to say of a defocus of 0 or less of some particles; undefined where nothing is odd.
 *
 * @throws FormatError as `refuseUnfitted`
 */
export function defocusDoubt(set: ParticleSet, path: string): string | undefined {
  refuseUnfitted(set, path);
  const { particles } = set;
  const all = particles.length;
  const unfitted = unfittedOf(set);
  const said = [
    ...(unfitted > 0
      ? [`${unfitted} of ${all} particles have a defocus of 0, so no CTF was fitted to them`]
      : []),
    ...oddValues(
      particles.map(({ defocus }) => defocus),
      "particles",
    ),
  ];
  return said.length === 0 ? undefined : `${path}: ${said.join("; ")}`;
}

/**
 * What to say of odd values among the defocus of a file's particles or micrographs; undefined where there are none. Negative ones
 * are overfocus, which RELION reads, but nobody takes micrographs so: more often they come from a program that writes underfocus as
 * negative. Those near 0 come from micrometres among angstrom.
 */
export function oddDefocus(
  values: readonly (Pick<Defocus, "defocusU" | "defocusV"> | undefined)[],
  of: "particles" | "micrographs",
  path: string,
): string | undefined {
  const said = oddValues(values, of);
  return said.length === 0 ? undefined : `${path}: ${said.join("; ")}`;
}

/** The same of a STAR table whose values are only carried to another file; undefined for a table without them. */
export function oddDefocusInTable(
  table: StarTable,
  of: "particles" | "micrographs",
  path: string,
): string | undefined {
  if (!table.has(LABEL.defocusU) || !table.has(LABEL.defocusV)) return undefined;
  const [u, v] = [table.carried(LABEL.defocusU), table.carried(LABEL.defocusV)];
  // a text, as inf, is not odd in these ways
  const values = u.map((defocusU, row) => ({ defocusU: Number(defocusU), defocusV: Number(v[row]) }));
  return oddDefocus(values, of, path);
}

function oddValues(
  values: readonly (Pick<Defocus, "defocusU" | "defocusV"> | undefined)[],
  of: "particles" | "micrographs",
): readonly string[] {
  const means = values.flatMap((each) => (each ? [(each.defocusU + each.defocusV) / 2] : []));
  const countOf = (isOdd: (mean: number) => boolean): string =>
    `${means.filter(isOdd).length} of ${values.length} ${of} have`;
  const isOver = (mean: number): boolean => mean < 0;
  const isNear = (mean: number): boolean => mean > 0 && mean < NEAR_FOCUS;
  return [
    ...(means.some(isOver)
      ? [`${countOf(isOver)} a negative defocus, which is overfocus: underfocus is positive here`]
      : []),
    ...(means.some(isNear)
      ? [`${countOf(isNear)} a defocus below ${NEAR_FOCUS} angstrom: is it in micrometre?`]
      : []),
  ];
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
