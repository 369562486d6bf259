import { FormatError } from "../../../core/errors.js";
import type { MicrographCtf } from "../../../io/particles/micrograph-ctf.js";
import type { ParticleSet } from "../../../io/particles/particle.js";
import { NEAR_FOCUS } from "../../../io/particles/units.js";
import { LABEL } from "../../../io/star/names.js";
import type { StarFile } from "../../../io/star/parse.js";
import type { StarTable } from "../../../io/star/table.js";
import type { CtfParameters } from "../../../physics/optics/ctf.js";
import type { Defocus } from "../../../physics/optics/optics.js";

/** The CTF of a row, as far as a file has it. */
interface SaidCtf extends Pick<Defocus, "defocusU" | "defocusV"> {
  readonly phaseShift?: number;
  readonly bFactor?: number;
  readonly scale?: number;
}

type SaidMicroscope = Pick<CtfParameters, "sphericalAberration" | "amplitudeContrast">;

/** Whose CTFs they are, for messages. */
type Owners = "particles" | "micrographs";

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
 * What to say of odd CTFs of particles, those that were not fitted among them; undefined where nothing is odd.
 *
 * @throws FormatError as `refuseUnfitted`
 */
export function ctfDoubt(set: ParticleSet, path: string): string | undefined {
  refuseUnfitted(set, path);
  const unfitted = unfittedOf(set);
  const said = [
    ...(unfitted > 0
      ? [`${unfitted} of ${set.particles.length} particles have a defocus of 0, so no CTF was fitted to them`]
      : []),
    ...oddParticles(set, path),
  ];
  return joined(said, path);
}

/** The same of particles that are only carried to another file, where a CTF that was not fitted is no matter. */
export const carriedCtfDoubt = (set: ParticleSet, path: string): string | undefined =>
  joined(oddParticles(set, path), path);

const oddParticles = ({ particles, optics }: ParticleSet, path: string): readonly string[] => [
  ...oddCtfs(
    particles.map(({ defocus }) => defocus),
    "particles",
    path,
  ),
  ...oddMicroscopes(optics),
];

/** What to say of odd CTFs of micrographs, and of what their table says beside them; undefined where there is nothing. */
export function micrographCtfDoubt(
  ctfs: readonly (SaidCtf & SaidMicroscope & Pick<MicrographCtf, "further">)[],
  path: string,
): string | undefined {
  const further = new Set(ctfs.flatMap((ctf) => ctf.further ?? []));
  const said = [
    ...(further.size > 0 ? [`left out: ${[...further].join(", ")}, as only the CTF is taken`] : []),
    ...oddCtfs(ctfs, "micrographs", path),
    ...oddMicroscopes(ctfs),
  ];
  return joined(said, path);
}

/** What to say of odd CTFs in a STAR file whose values are only carried to another file or shown; undefined where none is odd. */
export function starCtfDoubt(file: StarFile): string | undefined {
  const said = file.tables.flatMap((table) => {
    const of = table.has(LABEL.x) || table.has(LABEL.image) ? "particles" : "micrographs";
    return [...oddCtfs(ctfsIn(table), of, file.path), ...oddMicroscopes(microscopesIn(table))];
  });
  return joined(said, file.path);
}

/** Texts, as inf, are no numbers. */
const columnOf = (table: StarTable, label: string): readonly number[] | undefined =>
  table.has(label)
    ? table.carried(label).map((value) => (typeof value === "number" ? value : Number.NaN))
    : undefined;

function ctfsIn(table: StarTable): readonly SaidCtf[] {
  const [u, v] = [columnOf(table, LABEL.defocusU), columnOf(table, LABEL.defocusV)];
  if (!u || !v) return [];
  const [phaseShift, bFactor, scale] = [LABEL.phaseShift, LABEL.bFactor, LABEL.strength].map((label) =>
    columnOf(table, label),
  );
  return u.map((defocusU, row) => ({
    ...{ defocusU, defocusV: v[row]! },
    ...(phaseShift && { phaseShift: phaseShift[row]! }),
    ...(bFactor && { bFactor: bFactor[row]! }),
    ...(scale && { scale: scale[row]! }),
  }));
}

function microscopesIn(table: StarTable): readonly SaidMicroscope[] {
  const cs = columnOf(table, LABEL.sphericalAberration);
  const contrast = columnOf(table, LABEL.amplitudeContrast);
  return (cs ?? contrast ?? []).map((_, row) => ({
    sphericalAberration: cs?.[row] ?? 0,
    amplitudeContrast: contrast?.[row] ?? 0,
  }));
}

const joined = (said: readonly string[], path: string): string | undefined =>
  said.length === 0 ? undefined : `${path}: ${said.join("; ")}`;

/** Angstrom by which the two defocus values of one CTF may differ, where they differ by more than their mean. */
const STRONG_ASTIGMATISM = 5000;

/** A little more than pi: no phase plate turns by so little, in degrees, in all micrographs. */
const HALF_TURN = 3.2;

/**
 * What to say of odd values among CTFs. A negative defocus is overfocus, which RELION reads, but nobody takes micrographs so: more
 * often it comes from a program that writes underfocus as negative. Those near 0 come from micrometres among angstrom, phase shifts
 * near 0 from radians in a STAR file.
 */
function oddCtfs(values: readonly (SaidCtf | undefined)[], of: Owners, path: string): readonly string[] {
  const ctfs = values.flatMap((each) => (each ? [each] : []));
  const tell = (isOdd: (ctf: SaidCtf) => boolean, what: string): readonly string[] => {
    const odd = ctfs.filter(isOdd).length;
    return odd > 0 ? [`${odd} of ${values.length} ${of} have ${what}`] : [];
  };
  const meanOf = ({ defocusU, defocusV }: SaidCtf): number => (defocusU + defocusV) / 2;
  const isNear = (mean: number): boolean => mean > 0 && mean < NEAR_FOCUS;
  const isStrong = (ctf: SaidCtf): boolean =>
    Math.abs(ctf.defocusU - ctf.defocusV) > Math.max(STRONG_ASTIGMATISM, Math.abs(meanOf(ctf)));
  return [
    ...tell((ctf) => Number.isNaN(meanOf(ctf)), "a defocus that is no number"),
    ...tell((ctf) => meanOf(ctf) < 0, "a negative defocus, which is overfocus: underfocus is positive here"),
    ...tell((ctf) => isNear(meanOf(ctf)), `a defocus below ${NEAR_FOCUS} angstrom: is it in micrometre?`),
    ...tell(isStrong, "a defocus U and V that differ by more than their mean: are both of one fit?"),
    ...tell(
      ({ bFactor = 0 }) => bFactor < 0,
      "a negative B factor of the CTF, which makes fine detail stronger",
    ),
    ...tell(({ scale = 1 }) => scale < 0, "a negative scale of the CTF, which turns their contrast"),
    ...(/\.cs$/i.test(path) ? [] : radians(ctfs, of)),
  ];
}

function radians(ctfs: readonly SaidCtf[], of: Owners): readonly string[] {
  const shifts = ctfs.flatMap(({ phaseShift }) => phaseShift ?? []);
  const largest = shifts.reduce((most, shift) => Math.max(most, Math.abs(shift)), 0);
  if (largest === 0 || largest > HALF_TURN || shifts.every(Number.isInteger)) return [];
  return [`the phase shifts of all ${of} lie within ${HALF_TURN} degrees: are they in radians?`];
}

/** Millimetre: a refined aberration of a corrected microscope lies nearer to 0. */
const CLEARLY_NEGATIVE = -0.1;

/** Of single precision. */
const brief = (value: number): number => Number(value.toPrecision(6));

function oddMicroscopes(microscopes: readonly SaidMicroscope[]): readonly string[] {
  const cs = microscopes.find(({ sphericalAberration }) => sphericalAberration < CLEARLY_NEGATIVE);
  const contrast = microscopes.find(({ amplitudeContrast }) => amplitudeContrast < 0);
  return [
    ...(cs ? [`the spherical aberration is negative, ${brief(cs.sphericalAberration)} mm`] : []),
    ...(contrast
      ? [
          `the amplitude contrast is negative, ${brief(contrast.amplitudeContrast)}: it turns the contrast of images`,
        ]
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
