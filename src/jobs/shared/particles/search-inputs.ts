import { FormatError, UnsupportedError } from "../../../core/errors.js";
import type { JobContext } from "../../../core/ports.js";
import type { Particle, ParticleSet } from "../../../io/particles/particle.js";
import { LABEL } from "../../../io/star/names.js";
import type { RefinedParticle } from "../../../reconstruct/refine/particle-image.js";
import { ctfDoubt } from "./ctf-doubt.js";
import { darkDoubt, headerDoubts, mtfDoubt, poseDoubts, unusedDoubt } from "./image-doubt.js";
import { readParticleFile } from "./particle-set.js";
import {
  type ImagePlace,
  openStacks,
  type ParticleStack,
  placesOf,
  repeatedDoubt,
  tellStackRemarks,
} from "./particle-stacks.js";
import type { Sampling, SearchImage } from "./search-images.js";

/** Particles whose poses are looked for: images with their CTF, and the box and pixel size in which they are compared. */
export interface SearchInputs extends Sampling {
  readonly set: ParticleSet;
  readonly particles: readonly RefinedParticle[];
  readonly stacks: readonly ParticleStack[];
  readonly images: readonly SearchImage[];
}

export interface SearchInputOptions {
  /** STAR or .cs. */
  readonly path: string;
  readonly fewest: number;
  /** Angles are taken from the file too. */
  readonly givenPoses: boolean;
}

/** Pixel sizes that differ by more are not one. */
export const SAME_PIXEL = 1e-3;

/**
 * Reads and checks particles, their images' headers included, but not the images.
 *
 * @throws FileError, FormatError for the file or a stack; UnsupportedError for optics beyond a CTF
 */
export async function readSearchInputs(
  { path, fewest, givenPoses }: SearchInputOptions,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<SearchInputs> {
  const set = await readParticleFile(files, path);
  checkParticles(set, { path, fewest, givenPoses });
  const names = [...new Set(set.particles.map(({ image }) => image!.stack))];
  const stacks = await openStacks(files, names, path);
  tellStackRemarks(stacks, report);
  const places = placesOf(set.particles, names, stacks, path);
  checkOptics(set, path);
  const posed = places.map((place, i) => ({ ...place, ...set.particles[i]! }));
  const ofParticles = [ctfDoubt(set, path), repeatedDoubt(posed, stacks, path)];
  for (const doubt of [...ofParticles, unusedDoubt(set, path), mtfDoubt(set, path), darkDoubt(set, path)]) {
    if (doubt) report.warn(doubt);
  }
  const stackOf = (row: number): number => places[row]!.stack;
  const ofPoses = givenPoses ? poseDoubts(set, stackOf, stacks, path) : [];
  for (const doubt of [...headerDoubts(set, stackOf, stacks, path), ...ofPoses]) report.warn(doubt);
  const kinds = kindsOf(set, places, stacks, path);
  const { box, pixelSize } = commonSampling(kinds);
  if (kinds.length > 1) {
    const said = kinds.map((kind) => `${kind.box} pixels of ${kind.pixelSize} angstrom`).join(", ");
    report.note(`${path}: images of ${said} are compared as ${box} pixels of ${pixelSize} angstrom`);
  }
  const images = places.map((place, i): SearchImage => {
    const own = set.optics[set.particles[i]!.opticsGroup]!.pixelSize;
    return isSamePixel(own, pixelSize) ? place : { ...place, pixelSize: own };
  });
  const particles = set.particles.map((particle) => refined(particle, set, givenPoses, pixelSize));
  return { set, particles, stacks, images, box, pixelSize };
}

function checkParticles({ particles }: ParticleSet, { path, fewest, givenPoses }: SearchInputOptions): void {
  if (particles.length < fewest) {
    throw new FormatError(path, "particles", particles.length, `at least ${fewest}`);
  }
  const [first] = particles;
  const lack = (label: string, found: string): FormatError =>
    new FormatError(path, "data_particles", `no ${label}`, found);
  if (!first!.image) throw lack(LABEL.image, "the images of the particles: `extract` cuts them out");
  if (!first!.defocus) {
    throw lack(
      LABEL.defocusU,
      "the CTF of every particle (rlnDefocusU, rlnDefocusV, rlnDefocusAngle), which `cryogem extract --ctf` adds",
    );
  }
  if (givenPoses && !first!.angles) throw lack(LABEL.rot, "angles to start from, as `givenPoses` asks for");
}

/** @throws UnsupportedError for optics beyond a CTF in a group with particles */
function checkOptics({ optics, particles }: ParticleSet, path: string): void {
  for (const number of new Set(particles.map(({ opticsGroup }) => opticsGroup))) {
    const { name, further } = optics[number]!;
    if (!further) continue;
    throw new UnsupportedError(
      `${path}: optics group ${name}: found ${further.join(", ")}, expected none: only the CTF is corrected for`,
    );
  }
}

/** The unlike boxes and pixel sizes of the images, in the order of the particles. */
function kindsOf(
  { optics, particles }: ParticleSet,
  places: readonly ImagePlace[],
  stacks: readonly ParticleStack[],
  path: string,
): readonly Sampling[] {
  const kinds: Sampling[] = [];
  const seen = new Set<string>();
  for (const [i, { opticsGroup }] of particles.entries()) {
    const number = places[i]!.stack;
    if (seen.has(`${opticsGroup} ${number}`)) continue;
    seen.add(`${opticsGroup} ${number}`);
    const { name, pixelSize, imageSize } = optics[opticsGroup]!;
    const { box, path: file } = stacks[number]!;
    if (imageSize !== undefined && imageSize !== box) {
      throw new FormatError(path, `rlnImageSize of optics group ${name}`, imageSize, `${box}, as in ${file}`);
    }
    if (!kinds.some((kind) => kind.box === box && isSamePixel(kind.pixelSize, pixelSize))) {
      kinds.push({ box, pixelSize });
    }
  }
  return kinds;
}

const isSamePixel = (a: number, b: number): boolean => Math.abs(a / b - 1) <= SAME_PIXEL;

/** What every image holds: the coarsest pixel size, in the largest box that no image is too small for. */
function commonSampling(kinds: readonly Sampling[]): Sampling {
  const [first, ...others] = kinds;
  if (others.length === 0) return first!;
  const pixelSize = Math.max(...kinds.map((kind) => kind.pixelSize));
  const side = Math.min(...kinds.map((kind) => kind.box * kind.pixelSize));
  // a box that fits to a thousandth fits
  return { pixelSize, box: 2 * Math.floor((side * (1 + SAME_PIXEL)) / pixelSize / 2) };
}

function refined(
  { defocus, opticsGroup, origin, angles }: Particle,
  { optics }: ParticleSet,
  givenPoses: boolean,
  pixelSize: number,
): RefinedParticle {
  const { voltage, sphericalAberration, amplitudeContrast, isDark } = optics[opticsGroup]!;
  const { scale = 1, ...rest } = defocus!;
  return {
    ctf: { voltage, sphericalAberration, amplitudeContrast, ...rest },
    contrast: isDark ? -scale : scale,
    group: opticsGroup,
    shift: { x: -(origin?.x ?? 0) / pixelSize, y: -(origin?.y ?? 0) / pixelSize },
    ...(givenPoses && { angles: [angles!] }),
  };
}
