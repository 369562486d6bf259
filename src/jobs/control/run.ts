import { FormatError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { writeMrc } from "../../io/mrc/write.js";
import type { Particle, ParticleSet } from "../../io/particles/particle.js";
import { writeParticlesStar } from "../../io/particles/star-write.js";
import { LABEL } from "../../io/star/names.js";
import { refuseBeyondMemory } from "../shared/memory.js";
import { darkDoubt, unusedDoubt } from "../shared/particles/image-doubt.js";
import { readParticleFile } from "../shared/particles/particle-set.js";
import { openStacks, type ParticleStack } from "../shared/particles/particle-stacks.js";
import type { ControlOptions } from "./options.js";
import { planParticleControl } from "./plan.js";

/** The file of spoilt particles that was written, and how many it holds. */
export interface ControlResult {
  readonly out: string;
  readonly particles: number;
}

/**
 * Writes particles that hold no structure: with the poses of others, or noise in place of their images.
 *
 * @throws OptionError for an option; FileError, FormatError for the particles, or where they lack what is to be spoilt
 */
export async function spoilParticles(given: ControlOptions, context: JobContext): Promise<ControlResult> {
  const options = planParticleControl(given);
  const { files, report } = context;
  const set = await readParticleFile(files, options.particles);
  if (!set.particles.every(({ image }) => image)) {
    throw new FormatError(
      options.particles,
      "data_particles",
      `no ${LABEL.image}`,
      "the images of the particles",
    );
  }
  for (const doubt of [unusedDoubt(set, options.particles), darkDoubt(set, options.particles)])
    if (doubt) report.warn(doubt);
  const names = [...new Set(set.particles.map(({ image }) => image!.stack))];
  const stacks = await openStacks(files, names, options.particles);
  const random = Random.of(options.seed, "control", options.kind);
  const particles =
    options.kind === "noise"
      ? await noiseParticles(set, stacks, options.out, random, context)
      : shuffledPoses(withPaths(set.particles, names, stacks), options.particles, random);
  await files.write(options.out, writeParticlesStar({ optics: set.optics, particles }));
  return { out: options.out, particles: particles.length };
}

/** The stacks by the paths under which they were found: the new file may lie in another folder. */
function withPaths(
  particles: readonly Particle[],
  names: readonly string[],
  stacks: readonly ParticleStack[],
): Particle[] {
  const paths = new Map(names.map((name, i) => [name, stacks[i]!.path]));
  return particles.map(({ image, ...rest }) => ({
    ...rest,
    image: { index: image!.index, stack: paths.get(image!.stack)! },
  }));
}

/** A cyclic order of all particles: each gets the pose of the next one in it, none its own. */
function shuffledPoses(particles: readonly Particle[], path: string, random: Random): Particle[] {
  if (!particles.every(({ angles }) => angles)) {
    throw new FormatError(path, "data_particles", `no ${LABEL.rot}`, "the orientations of the particles");
  }
  if (particles.length < 2) throw new FormatError(path, "particles", particles.length, "two or more");
  const order = random.shuffle(particles.map((_, i) => i));
  const next = new Map(order.map((i, place) => [i, order[(place + 1) % order.length]!]));
  return particles.map((particle, i) => {
    const { angles, origin } = particles[next.get(i)!]!;
    return { ...particle, angles, ...(origin && { origin }) };
  });
}

async function noiseParticles(
  { particles }: ParticleSet,
  stacks: readonly ParticleStack[],
  out: string,
  random: Random,
  context: JobContext,
): Promise<Particle[]> {
  const [first] = stacks;
  const { box } = first!;
  for (const stack of stacks) {
    if (stack.box !== box)
      throw new FormatError(stack.path, "words 1-2 (NX NY)", stack.box, `${box} as ${first!.path}`);
  }
  const count = particles.length;
  refuseBeyondMemory(
    {
      // the noise and its bytes as they are written
      bytes: 2 * 4 * count * box * box,
      option: "particles",
      what: `${count} images of ${box} x ${box} pixels`,
      instead: "take fewer particles",
    },
    context,
  );
  const data = random.fillNormal(new Float32Array(count * box * box));
  const path = `${out.slice(0, -".star".length)}.mrcs`;
  const voxelSize = first!.header.voxelSize[0] ?? 1;
  await context.files.write(path, writeMrc({ data, shape: [count, box, box], voxelSize, kind: "stack" }));
  const stack = path.slice(path.lastIndexOf("/") + 1);
  return particles.map((particle, i) => ({ ...particle, image: { index: i + 1, stack } }));
}
