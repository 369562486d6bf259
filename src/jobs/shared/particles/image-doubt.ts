import { mrcPixelSize } from "../../../io/mrc/read.js";
import type { Particle, ParticleSet } from "../../../io/particles/particle.js";
import { LABEL } from "../../../io/star/names.js";
import { pixelSizesDiffer, saidPixelSize } from "../micrographs/pixel-size.js";
import type { ParticleStack } from "./particle-stacks.js";

/**
 * What to say of stacks whose headers have another pixel size than the file of particles, a line each.
 *
 * @param stackOf number of the stack of each particle
 * @param path of the file of particles
 */
export function headerDoubts(
  { optics, particles }: ParticleSet,
  stackOf: (row: number) => number,
  stacks: readonly ParticleStack[],
  path: string,
): string[] {
  const seen = new Set<string>();
  return particles.flatMap(({ opticsGroup }, row) => {
    const number = stackOf(row);
    const key = `${opticsGroup} ${number}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const { pixelSize } = optics[opticsGroup]!;
    const { header, path: file } = stacks[number]!;
    const said = saidPixelSize(mrcPixelSize(header));
    if (!pixelSizesDiffer(said, pixelSize)) return [];
    return [`${file}: its header says ${said} angstrom per pixel, not ${pixelSize} as ${path}`];
  });
}

const HELIX =
  "segments of helices are taken as single particles, without helical symmetry; neighbours on a helix show the same molecules and " +
  "belong in one half set";

/** What columns are for that a set of particles has and nothing here uses. */
const PURPOSES: Readonly<Record<string, string>> = {
  [LABEL.helix]: HELIX,
  "filament/filament_uid": HELIX,
  "alignments3D_multi/pose":
    "poses for each of several classes are not used; take the particles of one class, whose poses are in alignments3D/pose",
  "alignments2D/shift": "where the 2D classification moved the images is not used, nor how it turned them",
  "alignments3D/alpha":
    "particles count alike, and not by the strengths of this column, which costs as much as a tenth of them or more",
  [LABEL.mirrored]: "images that this column says are to be mirrored are taken as they are stored",
  [LABEL.normCorrection]:
    "images are taken as they are, and not divided by this column, which costs as much as a tenth of them or more",
  [LABEL.groupScale]:
    "images are taken as they are, and not scaled by this column, which costs as much as a tenth of them or more",
};

/**
 * What to say of columns that are not used: of the particles, and of optics beyond the CTF. Commands that correct for the CTF refuse
 * the latter. Undefined where there are none.
 *
 * @param path of the file of particles
 */
export function unusedDoubt(
  { optics, particles, unused = [] }: ParticleSet,
  path: string,
): string | undefined {
  const groups = new Set(particles.map(({ opticsGroup }) => optics[opticsGroup]!));
  const further = [...new Set([...groups].flatMap((group) => group.further ?? []))];
  const said = [
    ...(further.length > 0
      ? [`${further.join(", ")}: not used, as no command corrects for more than the CTF`]
      : []),
    ...unused.map((name) => `${name}: ${PURPOSES[name]}`),
  ];
  return said.length === 0 ? undefined : `${path}: ${said.join("; ")}`;
}

/**
 * What to say where particles come from several detectors, whose MTFs are not corrected for; undefined where they have one MTF or none,
 * which matters to nothing but the sharpening of the map.
 *
 * @param path of the file of particles
 */
export function mtfDoubt({ optics, particles }: ParticleSet, path: string): string | undefined {
  const used = new Set(particles.map(({ opticsGroup }) => optics[opticsGroup]!.mtf?.file));
  if (used.size < 2) return undefined;
  return `${path}: ${LABEL.mtf}: the ${used.size} MTFs of its optics groups are not used here; only \`reconstruct\` corrects for them`;
}

/** What to say of dark particles of a .cs file, since a STAR file cannot; undefined where there are none. */
export function darkDoubt({ optics }: ParticleSet, path: string): string | undefined {
  if (!optics.some(({ isDark }) => isDark)) return undefined;
  return `${path}: blob/sign is -1, of dark particles: a STAR file that names the same images cannot say so`;
}

/** Degrees: programs keep angles within it. */
const FULL_TURN = 360;

/** What to say of angles beyond a turn, a line or none. @param path of the file of particles */
export function farTurns({ particles }: Pick<ParticleSet, "particles">, path: string): string[] {
  const far = particles.filter(
    ({ angles }) => angles && Object.values(angles).some((angle) => Math.abs(angle) > FULL_TURN),
  ).length;
  if (far === 0) return [];
  return [
    `${path}: ${far} of ${particles.length} particles have angles beyond ${FULL_TURN} degrees: are the columns those of angles?`,
  ];
}

/** What to say where all of several particles have one view, whatever their psi, as after a 2D classification. @param path of their file */
export function oneViewDoubt(
  angles: readonly (Particle["angles"] | undefined)[],
  path: string,
): string | undefined {
  const [first] = angles;
  if (first === undefined || angles.length < 2) return undefined;
  if (!angles.every((each) => each?.rot === first.rot && each.tilt === first.tilt)) return undefined;
  return (
    `${path}: all ${angles.length} particles have one view (rot ${first.rot}, tilt ${first.tilt}), as where nothing was aligned, ` +
    "or only in two dimensions"
  );
}

/**
 * What to say of poses that cannot be those of the images, a line each: one view for all particles, as programs write where
 * nothing was aligned, particles that lie outside their images, angles beyond a turn, and several classes that become one map.
 *
 * @param stackOf number of the stack of each particle
 */
export function poseDoubts(
  { optics, particles }: ParticleSet,
  stackOf: (row: number) => number,
  stacks: readonly ParticleStack[],
  path: string,
): string[] {
  const ofView = oneViewDoubt(
    particles.map(({ angles }) => angles),
    path,
  );
  const outside = particles.filter(({ origin = { x: 0, y: 0 }, opticsGroup }, row) => {
    const half = (stacks[stackOf(row)]!.box * optics[opticsGroup]!.pixelSize) / 2;
    return Math.max(Math.abs(origin.x), Math.abs(origin.y)) > half;
  });
  const classes = new Set(particles.map(({ classNumber }) => classNumber));
  return [
    ...farTurns({ particles }, path),
    ...(classes.size > 1 ? [`${path}: particles of ${classes.size} classes become one map`] : []),
    ...(ofView ? [ofView] : []),
    ...(outside.length > 0
      ? [
          `${path}: ${outside.length} of ${particles.length} particles have origins beyond the edge of their images, as where ` +
            "they are in another unit",
        ]
      : []),
  ];
}
