import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Volume } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { matrixToEuler } from "../../../src/core/rotation.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { type StarColumnInput, writeStar } from "../../../src/io/star/write.js";
import { noiseImage, toyParticles } from "../../reconstruct/toy-particles.js";

export interface ParticleFiles {
  /** Path of the STAR file. */
  readonly star: string;
  /** Path of the stack. */
  readonly stack: string;
  readonly volume: Volume;
  /** Columns of the particles, and of their optics. */
  readonly columns: Record<string, readonly (string | number)[]>;
  readonly optics: Record<string, readonly (string | number)[]>;
}

export interface ParticleFileOptions {
  readonly box?: number;
  readonly count?: number;
  readonly seed?: number;
  readonly mode?: "float32" | "float16";
}

/**
 * Images of a toy body with noise in `NAME.mrcs`, and their STAR file `NAME.star` as RELION 3.1 writes it, half sets by turns.
 * Noise keeps every frequency filled, so that a comparison of maps means something up to Nyquist.
 */
export function writeParticleFiles(
  folder: string,
  name: string,
  { box = 32, count = 300, seed = 1, mode = "float32" }: ParticleFileOptions = {},
): ParticleFiles {
  const random = Random.of(seed, "particle files");
  const { volume, group, particles } = toyParticles(box, count, random);
  const pixels = new Float32Array(count * box * box);
  for (const [i, particle] of particles.entries()) {
    const noise = noiseImage(box, random);
    pixels.set(
      particle.pixels.map((value, p) => value + noise[p]!),
      i * box * box,
    );
  }
  const stack = join(folder, `${name}.mrcs`);
  writeFileSync(
    stack,
    writeMrc({ data: pixels, shape: [count, box, box], voxelSize: group.pixelSize, kind: "stack", mode }),
  );
  const angles = particles.map(({ view }) => matrixToEuler(view.matrix));
  const columns = {
    rlnImageName: particles.map((_, i) => `${String(i + 1).padStart(6, "0")}@${name}.mrcs`),
    rlnMicrographName: particles.map((_, i) => `mic${i % 7}.mrc`),
    rlnOpticsGroup: particles.map(() => 1),
    rlnAngleRot: angles.map(({ rot }) => rot),
    rlnAngleTilt: angles.map(({ tilt }) => tilt),
    rlnAnglePsi: angles.map(({ psi }) => psi),
    rlnOriginXAngst: particles.map(({ view }) => -view.shiftX * group.pixelSize),
    rlnOriginYAngst: particles.map(({ view }) => -view.shiftY * group.pixelSize),
    rlnDefocusU: particles.map(({ view }) => view.ctf!.defocusU),
    rlnDefocusV: particles.map(({ view }) => view.ctf!.defocusV),
    rlnDefocusAngle: particles.map(({ view }) => view.ctf!.defocusAngle),
    rlnRandomSubset: particles.map((_, i) => (i % 2) + 1),
  };
  const optics = {
    rlnOpticsGroup: [1],
    rlnOpticsGroupName: ["opticsGroup1"],
    rlnImagePixelSize: [group.pixelSize],
    rlnImageSize: [box],
    rlnImageDimensionality: [2],
    rlnVoltage: [300],
    rlnSphericalAberration: [2.7],
    rlnAmplitudeContrast: [0.1],
  };
  const star = join(folder, `${name}.star`);
  writeFileSync(star, particleStar(optics, columns));
  return { star, stack, volume, columns, optics };
}

/** The STAR file of RELION 3.1 of these columns; columns that are undefined are left out. */
export function particleStar(
  optics: Readonly<Record<string, readonly (string | number)[] | undefined>>,
  particles: Readonly<Record<string, readonly (string | number)[] | undefined>>,
): string {
  const present = (columns: typeof particles) =>
    Object.fromEntries(Object.entries(columns).filter(([, values]) => values !== undefined)) as Record<
      string,
      StarColumnInput
    >;
  return writeStar([
    { name: "optics", columns: present(optics) },
    { name: "particles", columns: present(particles) },
  ]);
}
