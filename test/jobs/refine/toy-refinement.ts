import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { irfft2, irfft3, rfft2, rfft3 } from "../../../src/array/fft/fft.js";
import type { Volume } from "../../../src/array/image.js";
import { visitFrequencies } from "../../../src/array/spectrum/half.js";
import { filterRadially, lowPassAt } from "../../../src/array/spectrum/shells.js";
import { standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, type RotationMatrix, uniformRotation } from "../../../src/core/rotation.js";
import { symmetryOperators } from "../../../src/core/symmetry.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import type { Particle, ParticleSet } from "../../../src/io/particles/particle.js";
import { writeParticlesStar } from "../../../src/io/particles/star-write.js";
import { ctf } from "../../../src/physics/optics/ctf.js";
import { type Blob, blobProjection, blobVolume, randomBlobs } from "../../physics/blobs.js";

export const TOY_PIXEL = 6;

export interface ToyOptions {
  readonly count: number;
  readonly box?: number;
  readonly symmetry?: string;
  /** Deviation of the noise over that of the clean image. */
  readonly noise?: number;
  readonly halves?: (i: number) => 1 | 2;
  readonly seed?: number;
  /** Of the low-pass filter of the reference; default 4. */
  readonly shell?: number;
}

export interface ToyRefinement {
  readonly star: string;
  readonly stack: string;
  readonly reference: string;
  readonly truth: Volume;
  readonly set: ParticleSet;
  readonly images: readonly Float32Array[];
}

/**
 * Particles of a body of Gaussian blobs, whose projections are known exactly, with CTF and white noise, as RELION would have
 * them: particles.star (no poses), particles.mrcs, reference.mrc (low-passed).
 */
export function toyRefinement(folder: string, options: ToyOptions): ToyRefinement {
  const { count, box = 32, symmetry = "C1", noise = 1.5, halves, seed = 1, shell = 4 } = options;
  const random = Random.of(seed, "toy refinement");
  const blobs = symmetric(randomBlobs(box, symmetry === "C1" ? 14 : 5, random), symmetryOperators(symmetry));
  const truth = blobVolume(box, blobs, TOY_PIXEL);
  const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
  const images: Float32Array[] = [];
  const particles = Array.from({ length: count }, (_, i): Particle => {
    const angles = uniformRotation(random);
    const shift = { x: random.normal(0, 1), y: random.normal(0, 1) };
    const mean = random.uniform(8000, 20_000);
    const defocus = {
      ...{ defocusU: mean + 300, defocusV: mean - 300, defocusAngle: random.uniform(0, 180), phaseShift: 0 },
    };
    const clean = blobProjection(box, blobs, eulerToMatrix(angles), shift.x, shift.y);
    const spectrum = rfft2(clean);
    const transfer = ctf({ ...optics, ...defocus });
    visitFrequencies([box, box], (at, kx, ky) => {
      const value = transfer(kx / TOY_PIXEL, ky / TOY_PIXEL);
      spectrum.data[2 * at]! *= value;
      spectrum.data[2 * at + 1]! *= value;
    });
    const { data } = irfft2(spectrum);
    const deviation = noise * standardDeviation(data);
    images.push(data.map((value) => (value + random.normal(0, deviation)) / deviation));
    return {
      image: { index: i + 1, stack: "particles.mrcs" },
      opticsGroup: 0,
      defocus,
      angles,
      origin: { x: -shift.x * TOY_PIXEL, y: -shift.y * TOY_PIXEL },
      ...(halves && { halfSet: halves(i) }),
    };
  });
  const set = { optics: [{ name: "g", pixelSize: TOY_PIXEL, imageSize: box, ...optics }], particles };
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("reference.mrc"), writeMrc({ ...lowPassed(truth, shell), kind: "volume" }));
  writeStack(at("particles.mrcs"), images, box);
  writeStar(at("particles.star"), set);
  return {
    ...{ star: at("particles.star"), stack: at("particles.mrcs"), reference: at("reference.mrc") },
    ...{ truth, set, images },
  };
}

/** Without the poses. */
export function writeStar(path: string, { optics, particles }: ParticleSet): void {
  const bare = particles.map(({ angles: _, origin: __, ...rest }) => rest);
  writeFileSync(path, writeParticlesStar({ optics, particles: bare }));
}

export function writeStack(path: string, images: readonly Float32Array[], box: number): void {
  const data = new Float32Array(images.length * box * box);
  for (const [i, image] of images.entries()) data.set(image, i * box * box);
  const shape = [images.length, box, box] as const;
  writeFileSync(path, writeMrc({ data, shape, voxelSize: TOY_PIXEL, kind: "stack" }));
}

export function lowPassed(map: Volume, shell: number): Volume {
  const spectrum = rfft3(map);
  filterRadially(spectrum, lowPassAt(shell));
  return irfft3(spectrum, map.voxelSize);
}

/** Each blob at all places that the operators bring it to. */
const symmetric = (blobs: readonly Blob[], operators: readonly RotationMatrix[]): Blob[] =>
  blobs.flatMap((blob) =>
    operators.map((r) => ({
      ...blob,
      x: r[0] * blob.x + r[1] * blob.y + r[2] * blob.z,
      y: r[3] * blob.x + r[4] * blob.y + r[5] * blob.z,
      z: r[6] * blob.x + r[7] * blob.y + r[8] * blob.z,
    })),
  );
