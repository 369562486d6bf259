import { FormatError, UnsupportedError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import type { OpticsGroup, Particle, ParticleSet } from "../../io/particles/particle.js";
import type { TransferCurve } from "../../io/transfer-curve.js";
import { ctfDoubt } from "../shared/particles/ctf-doubt.js";
import { headerDoubts, poseDoubts, unusedDoubt } from "../shared/particles/image-doubt.js";
import { readParticleFile } from "../shared/particles/particle-set.js";
import { openStacks, type ParticleStack, tellStackRemarks } from "../shared/particles/particle-stacks.js";
import { readMtfs } from "./mtf.js";
import type { ReconstructPlan } from "./plan.js";

/** What a worker knows of an optics group. Plain data. */
export interface GroupRecord {
  /** Pixels, angstrom. */
  readonly box: number;
  readonly pixelSize: number;
  readonly voltage: number;
  readonly sphericalAberration: number;
  readonly amplitudeContrast: number;
  readonly isDark: boolean;
  /** By what transforms of images are divided, over cycles per pixel of an image. */
  readonly mtf?: TransferCurve;
}

/** A particle that is ready to be added. */
export interface ReadyParticle {
  readonly stack: number;
  /** From 0. */
  readonly section: number;
  readonly group: number;
  readonly angles: NonNullable<Particle["angles"]>;
  /** Angstrom. */
  readonly origin: NonNullable<Particle["origin"]>;
  readonly defocus: Particle["defocus"];
  readonly halfSet: Particle["halfSet"];
}

/** Particles whose stacks, optics and orientations are all there, in the order of the stacks. */
export interface ReadyParticles {
  readonly groups: readonly GroupRecord[];
  readonly stacks: readonly ParticleStack[];
  readonly particles: readonly ReadyParticle[];
  /** Grid of the map: that of the first particle. Pixels, angstrom. */
  readonly box: number;
  readonly voxelSize: number;
}

/**
 * Reads particles and opens their stacks, of which no image is read. Warns of a defocus that is odd.
 *
 * @throws FileError, FormatError for a file, a missing column or a stack that is too short; UnsupportedError for optics beyond a CTF
 */
export async function readReadyParticles(
  plan: ReconstructPlan,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<ReadyParticles> {
  const path = plan.particles;
  const set = await readParticleFile(files, path);
  checkColumns(set, plan);
  const doubt = plan.ctf ? ctfDoubt(set, path) : undefined;
  if (doubt) report.warn(doubt);
  const names = [...new Set(set.particles.map(({ image }) => image!.stack))];
  const stacks = await openStacks(files, names, path, plan.images);
  tellStackRemarks(stacks, report);
  const numberOf = new Map(names.map((name, i) => [name, i]));
  const boxes = new Map<number, ParticleStack>();
  const particles = set.particles.map((particle, row): ReadyParticle => {
    const { image, opticsGroup, angles, origin = NO_ORIGIN, defocus, halfSet } = particle;
    const stack = numberOf.get(image!.stack)!;
    checkImage(particle, row, { set, stack: stacks[stack]!, boxes, path });
    const section = image!.index - 1;
    return { stack, section, group: opticsGroup, angles: angles!, origin, defocus, halfSet };
  });
  const unused = unusedDoubt(set, path);
  if (unused) report.warn(unused);
  const stackOf = (row: number): number => particles[row]!.stack;
  for (const doubts of [headerDoubts, poseDoubts]) {
    for (const line of doubts(set, stackOf, stacks, path)) report.warn(line);
  }
  particles.sort((a, b) => a.stack - b.stack || a.section - b.section);
  const first = set.particles[0]!.opticsGroup;
  const mtfs = await readMtfs(set.optics, plan, { files, report });
  return {
    groups: set.optics.map((group, i) => recordOf(group, boxes.get(i)?.box, mtfs?.[i])),
    ...{ stacks, particles, box: boxes.get(first)!.box, voxelSize: set.optics[first]!.pixelSize },
  };
}

const NO_ORIGIN = { x: 0, y: 0 };

function checkColumns({ optics, particles }: ParticleSet, plan: ReconstructPlan): void {
  const { particles: path, ctf } = plan;
  const missing = (what: string, expected: string): never => {
    throw new FormatError(path, "columns", `no ${what}`, expected);
  };
  if (particles.length === 0) throw new FormatError(path, "particles", 0, "at least one");
  if (particles.some(({ image }) => !image))
    missing("images (rlnImageName, blob/path)", "particles with images");
  if (particles.some(({ angles }) => !angles)) {
    missing("orientations (rlnAngleRot, Tilt and Psi, alignments3D/pose)", "particles with orientations");
  }
  if (ctf && particles.some(({ defocus }) => !defocus)) {
    missing(
      "CTF (rlnDefocusU, V and Angle, ctf/df1_A)",
      "the CTF of every particle, unless `ctf` is turned off",
    );
  }
  const used = new Set(particles.map(({ opticsGroup }) => opticsGroup));
  for (const [i, { name, further }] of optics.entries()) {
    if (!used.has(i) || !further || !ctf) continue;
    throw new UnsupportedError(
      `${path}: optics group ${name}: found ${further.join(", ")}, expected none: only the CTF is corrected for`,
    );
  }
}

interface ImageCheck {
  readonly set: ParticleSet;
  readonly stack: ParticleStack;
  /** A stack with images of each group. */
  readonly boxes: Map<number, ParticleStack>;
  readonly path: string;
}

function checkImage(
  { image, opticsGroup }: Particle,
  row: number,
  { set, stack, boxes, path }: ImageCheck,
): void {
  const { index } = image!;
  if (index > stack.images) {
    const place = `image of particle ${row + 1}`;
    throw new FormatError(path, place, index, `1 to ${stack.images}, the images of ${stack.path}`);
  }
  const known = boxes.get(opticsGroup);
  const { imageSize, name } = set.optics[opticsGroup]!;
  if (known === undefined) {
    if (imageSize !== undefined && imageSize !== stack.box) {
      throw new FormatError(
        path,
        `rlnImageSize of optics group ${name}`,
        imageSize,
        `${stack.box}, as in ${stack.path}`,
      );
    }
    boxes.set(opticsGroup, stack);
  } else if (known.box !== stack.box) {
    const expected = `${known.box}, as in ${known.path}, of one size in one optics group`;
    throw new FormatError(stack.path, `pixels of an image of optics group ${name}`, stack.box, expected);
  }
}

/** @param box absent for a group without particles */
function recordOf(group: OpticsGroup, box = 0, mtf: TransferCurve | undefined): GroupRecord {
  const { pixelSize, voltage, sphericalAberration, amplitudeContrast, isDark = false } = group;
  const record = { box, pixelSize, voltage, sphericalAberration, amplitudeContrast, isDark };
  return mtf ? { ...record, mtf } : record;
}
