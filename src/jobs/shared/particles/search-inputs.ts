import { FormatError, UnsupportedError } from "../../../core/errors.js";
import type { Files, JobContext } from "../../../core/ports.js";
import { mrcPixelSize } from "../../../io/mrc/read.js";
import type { Particle, ParticleSet } from "../../../io/particles/particle.js";
import { LABEL } from "../../../io/star/names.js";
import type { RefinedParticle } from "../../../reconstruct/refine/particle-image.js";
import { pixelSizesDiffer, saidPixelSize } from "../micrographs/pixel-size.js";
import { readParticleFile } from "./particle-set.js";
import {
  type ImagePlace,
  openStacks,
  type ParticleStack,
  placesOf,
  readStackImages,
} from "./particle-stacks.js";

/** Particles whose poses are looked for: images with their CTF, of one box and one pixel size. */
export interface SearchInputs {
  readonly set: ParticleSet;
  readonly particles: readonly RefinedParticle[];
  readonly stacks: readonly ParticleStack[];
  readonly images: readonly ImagePlace[];
  /** Rows and columns of the images. */
  readonly box: number;
  /** Angstrom. */
  readonly pixelSize: number;
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
  const images = placesOf(set.particles, names, stacks, path);
  const { box, pixelSize } = commonBox(set, stacks, path, report.warn);
  const particles = set.particles.map((particle) => refined(particle, set, givenPoses, pixelSize));
  return { set, particles, stacks, images, box, pixelSize };
}

/** The images of some particles, white or dark as they are. */
export async function readImages(
  files: Files,
  stacks: readonly ParticleStack[],
  images: readonly ImagePlace[],
): Promise<Float32Array[]> {
  const all: Float32Array[] = [];
  for await (const { pixels } of readStackImages(files, stacks, images.length, (i) => images[i]!))
    all.push(pixels);
  return all;
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
    throw lack(LABEL.defocusU, "the CTF of every particle (rlnDefocusU, rlnDefocusV, rlnDefocusAngle)");
  }
  if (givenPoses && !first!.angles) throw lack(LABEL.rot, "angles to start from, or no `givenPoses`");
}

/** The box and pixel size that all images share. */
function commonBox(
  { optics, particles }: ParticleSet,
  stacks: readonly ParticleStack[],
  path: string,
  warn: (line: string) => void,
): { readonly box: number; readonly pixelSize: number } {
  const used = [...new Set(particles.map(({ opticsGroup }) => opticsGroup))].map((group) => optics[group]!);
  const { pixelSize } = used[0]!;
  for (const group of used) {
    if (Math.abs(group.pixelSize / pixelSize - 1) > SAME_PIXEL) {
      const expected = `${pixelSize} as of ${used[0]!.name}`;
      throw new FormatError(path, `pixel size of optics group ${group.name}`, group.pixelSize, expected);
    }
    if (group.further) {
      throw new UnsupportedError(
        `${path}: optics group ${group.name}: found ${group.further.join(", ")}, expected none: only the CTF is corrected for`,
      );
    }
  }
  const { box } = stacks[0]!;
  for (const stack of stacks) {
    if (stack.box !== box) {
      throw new FormatError(stack.path, "side of images", stack.box, `${box} as in ${stacks[0]!.path}`);
    }
    const said = saidPixelSize(mrcPixelSize(stack.header));
    if (pixelSizesDiffer(said, pixelSize)) {
      warn(`${stack.path}: its header says ${said} angstrom per pixel, not ${pixelSize} as ${path}`);
    }
  }
  return { box, pixelSize };
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
