import { FormatError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import type { Particle } from "../../io/particles/particle.js";
import { LABEL } from "../../io/star/names.js";
import type { RefinedParticle } from "../../reconstruct/refine/particle-image.js";
import { imageName } from "../shared/particles/image-name.js";
import { readParticleFile } from "../shared/particles/particle-set.js";

/** Where to begin to look for a particle: any of some orientations, about one shift. */
export type Start = Required<Pick<RefinedParticle, "angles" | "shift">>;

/**
 * The poses that a file proposes for particles, told by their images; a particle with several rows has several orientations, and the
 * shift of the first.
 *
 * @param path STAR or .cs
 * @param pixelSize angstrom, of the images
 * @throws FileError; FormatError for a file without images, angles or origins, or without one of the particles
 */
export async function readProposals(
  files: Files,
  path: string,
  particles: readonly Particle[],
  pixelSize: number,
): Promise<Start[]> {
  const proposed = await readParticleFile(files, path);
  requirePoses(proposed.particles[0], path);
  const byImage = new Map<string, Particle[]>();
  for (const particle of proposed.particles) {
    const name = imageName(particle);
    const own = byImage.get(name);
    if (own) own.push(particle);
    else byImage.set(name, [particle]);
  }
  return particles.map((particle) => {
    const name = imageName(particle);
    const own = byImage.get(name);
    if (!own) throw new FormatError(path, "images", `no ${name}`, "a pose for every particle");
    const { x, y } = own[0]!.origin!;
    return { angles: own.map(({ angles }) => angles!), shift: { x: -x / pixelSize, y: -y / pixelSize } };
  });
}

function requirePoses(first: Particle | undefined, path: string): void {
  if (!first) throw new FormatError(path, "particles", 0, "a pose for every particle");
  for (const [found, label] of [
    [first.image, LABEL.image],
    [first.angles, LABEL.rot],
    [first.origin, LABEL.originX],
  ] as const) {
    if (!found) throw new FormatError(path, "data_particles", `no ${label}`, "images, angles and origins");
  }
}
