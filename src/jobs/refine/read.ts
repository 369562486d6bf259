import { resampleVolume } from "../../array/fft/resample.js";
import type { Volume } from "../../array/image.js";
import { FormatError, OptionError, UnsupportedError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { mrcPixelSize } from "../../io/mrc/read.js";
import type { Particle, ParticleSet } from "../../io/particles/particle.js";
import { LABEL } from "../../io/star/names.js";
import type { RefinedParticle } from "../../reconstruct/refine/particle-image.js";
import { mapDiameter } from "../shared/maps/density-map.js";
import { contrastDoubt } from "../shared/maps/map-contrast.js";
import { type MapFrame, readMapFile, readMask } from "../shared/maps/map-files.js";
import { pixelSizesDiffer, saidPixelSize } from "../shared/micrographs/pixel-size.js";
import { readParticleFile } from "../shared/particles/particle-set.js";
import { type ImagePlace, openStacks, type ParticleStack } from "../shared/particles/particle-stacks.js";
import type { RefinePlan } from "./plan.js";
import { softSphere } from "./sphere.js";

/** The inputs of a refinement, fit for each other. */
export interface RefineInputs {
  readonly set: ParticleSet;
  /** 0 or 1 for each particle. */
  readonly halves: readonly number[];
  readonly particles: readonly RefinedParticle[];
  readonly stacks: readonly ParticleStack[];
  readonly images: readonly ImagePlace[];
  /** Rows and columns of the images. */
  readonly box: number;
  /** Angstrom. */
  readonly pixelSize: number;
  /** In the images' box and pixel size; not yet filtered. */
  readonly reference: Volume;
  readonly frame: MapFrame;
  readonly mask: Volume;
  /** Pixels. */
  readonly diameter: number;
}

/** Of the box that the particle fills at most: beyond, its mask's edge would be cut. */
const LARGEST = 0.9;
/** The particle's diameter over that of the sphere which holds its density. */
const MARGIN = 1.15;
/** Fewest particles of a half of which a map can be made. */
const FEWEST = 10;
/** Pixel sizes that differ by more are not one. */
const SAME_PIXEL = 1e-3;

/**
 * Reads and checks everything but the images themselves.
 *
 * @throws FileError, FormatError, ShapeError, DomainError for an input; OptionError for a diameter that does not fit the box
 */
export async function readInputs(
  plan: RefinePlan,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<RefineInputs> {
  const path = plan.particles;
  const set = await readParticleFile(files, path);
  checkParticles(set, plan);
  const names = [...new Set(set.particles.map(({ image }) => image!.stack))];
  const stacks = await openStacks(files, names, path);
  const images = placesOf(set.particles, names, stacks, path);
  const { box, pixelSize } = commonBox(set, stacks, plan, report.warn);
  const { reference, frame } = await readReference(plan, box, pixelSize, { files, report });
  const diameter = diameterOf(plan, reference);
  const mask = plan.mask
    ? await readMask(files, plan.mask, { path: `the images of ${path}`, map: reference, frame })
    : softSphere(box, pixelSize, diameter / 2);
  return {
    ...{ set, stacks, images, box, pixelSize, reference, frame, mask, diameter },
    halves: halvesOf(set.particles, plan),
    particles: set.particles.map((particle) => refined(particle, set, plan, pixelSize)),
  };
}

/** @throws FormatError for an image that its stack does not have */
function placesOf(
  particles: readonly Particle[],
  names: readonly string[],
  stacks: readonly ParticleStack[],
  path: string,
): ImagePlace[] {
  const numbers = new Map(names.map((name, i) => [name, i]));
  return particles.map(({ image }, row) => {
    const stack = numbers.get(image!.stack)!;
    const { images, path: file } = stacks[stack]!;
    if (image!.index > images) {
      throw new FormatError(
        path,
        `image of particle ${row + 1}`,
        image!.index,
        `1 to ${images}, the images of ${file}`,
      );
    }
    return { stack, section: image!.index - 1 };
  });
}

function checkParticles({ particles }: ParticleSet, { particles: path, givenPoses }: RefinePlan): void {
  if (particles.length < 2 * FEWEST) {
    throw new FormatError(path, "particles", particles.length, `at least ${2 * FEWEST}`);
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
  { particles: path }: RefinePlan,
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

/** The reference in the images' box, and a warning where it is probably inverted. */
async function readReference(
  plan: RefinePlan,
  box: number,
  pixelSize: number,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<{ readonly reference: Volume; readonly frame: MapFrame }> {
  const { map, frame } = await readMapFile(files, plan.reference);
  const doubt = contrastDoubt(map, plan.reference);
  if (doubt) report.warn(doubt);
  const isSame = Math.abs(map.voxelSize / pixelSize - 1) <= SAME_PIXEL;
  if (isSame && map.shape[0] === box) return { reference: { ...map, voxelSize: pixelSize }, frame };
  report.note(
    `${plan.reference}: ${map.shape[0]} voxels of ${map.voxelSize} angstrom become ${box} of ${pixelSize}, as the images`,
  );
  const resampled = resampleVolume(isSame ? { ...map, voxelSize: pixelSize } : map, pixelSize, box);
  return {
    reference: { ...resampled, voxelSize: pixelSize },
    frame: { origin: [0, 0, 0], start: [0, 0, 0] },
  };
}

/** Pixels. */
function diameterOf({ particleDiameter }: RefinePlan, reference: Volume): number {
  const largest = LARGEST * reference.shape[0];
  if (particleDiameter === undefined)
    return Math.min(largest, (MARGIN * mapDiameter(reference)) / reference.voxelSize);
  const diameter = particleDiameter / reference.voxelSize;
  if (diameter > reference.shape[0]) {
    const side = reference.shape[0] * reference.voxelSize;
    throw new OptionError(
      "particleDiameter",
      `found ${particleDiameter}, expected at most the ${side} angstrom of the images`,
    );
  }
  return Math.min(largest, diameter);
}

/** As the STAR file says, else drawn, both as large. @throws FormatError where one half has too few */
function halvesOf(particles: readonly Particle[], { particles: path, seed }: RefinePlan): readonly number[] {
  if (particles[0]!.halfSet === undefined) {
    return Random.of(seed, "half sets").shuffle(particles.map((_, i) => i % 2));
  }
  const halves = particles.map(({ halfSet }): number => halfSet! - 1);
  const second = halves.reduce((sum, half) => sum + half, 0);
  const fewest = Math.min(second, particles.length - second);
  if (fewest < FEWEST) {
    throw new FormatError(
      path,
      LABEL.halfSet,
      `${particles.length - second} particles in 1 and ${second} in 2`,
      `at least ${FEWEST} in each: leave the label out to have halves drawn`,
    );
  }
  return halves;
}

function refined(
  { defocus, opticsGroup, origin, angles }: Particle,
  { optics }: ParticleSet,
  { givenPoses }: RefinePlan,
  pixelSize: number,
): RefinedParticle {
  const { voltage, sphericalAberration, amplitudeContrast, isDark } = optics[opticsGroup]!;
  const { scale = 1, ...rest } = defocus!;
  return {
    ctf: { voltage, sphericalAberration, amplitudeContrast, ...rest },
    contrast: isDark ? -scale : scale,
    group: opticsGroup,
    shift: { x: -(origin?.x ?? 0) / pixelSize, y: -(origin?.y ?? 0) / pixelSize },
    ...(givenPoses && { angles: angles! }),
  };
}
