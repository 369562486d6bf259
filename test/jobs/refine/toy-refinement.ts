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
  /** Every second particle is of an optics group of this box and pixel size, in a stack of its own, `second.mrcs`. */
  readonly second?: { readonly box: number; readonly pixelSize: number };
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
  const { count, box = 32, symmetry = "C1", noise = 1.5, halves, seed = 1, shell = 4, second } = options;
  const first = { box, pixelSize: TOY_PIXEL };
  const groups = second ? [first, second] : [first];
  const names = ["particles.mrcs", "second.mrcs"];
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
    const opticsGroup = i % groups.length;
    const own = groups[opticsGroup]!;
    const finer = TOY_PIXEL / own.pixelSize;
    const matrix = eulerToMatrix(angles);
    const clean = blobProjection(own.box, enlarged(blobs, finer), matrix, finer * shift.x, finer * shift.y);
    const spectrum = rfft2(clean);
    const transfer = ctf({ ...optics, ...defocus });
    visitFrequencies(clean.shape, (at, kx, ky) => {
      const value = transfer(kx / own.pixelSize, ky / own.pixelSize);
      spectrum.data[2 * at]! *= value;
      spectrum.data[2 * at + 1]! *= value;
    });
    const { data } = irfft2(spectrum);
    // a smaller pixel sees fewer electrons
    const deviation = finer * noise * standardDeviation(data);
    images.push(data.map((value) => (value + random.normal(0, deviation)) / deviation));
    return {
      image: { index: Math.floor(i / groups.length) + 1, stack: names[opticsGroup]! },
      opticsGroup,
      defocus,
      angles,
      origin: { x: -shift.x * TOY_PIXEL, y: -shift.y * TOY_PIXEL },
      ...(halves && { halfSet: halves(i) }),
    };
  });
  const set = {
    optics: groups.map((own, g) => ({
      ...{ name: `group${g + 1}`, pixelSize: own.pixelSize, imageSize: own.box },
      ...optics,
    })),
    particles,
  };
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("reference.mrc"), writeMrc({ ...lowPassed(truth, shell), kind: "volume" }));
  for (const [g, own] of groups.entries()) {
    const some = images.filter((_, i) => i % groups.length === g);
    writeStack(at(names[g]!), some, own.box, own.pixelSize);
  }
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

export function writeStack(
  path: string,
  images: readonly Float32Array[],
  box: number,
  voxelSize = TOY_PIXEL,
): void {
  const data = new Float32Array(images.length * box * box);
  for (const [i, image] of images.entries()) data.set(image, i * box * box);
  const shape = [images.length, box, box] as const;
  writeFileSync(path, writeMrc({ data, shape, voxelSize, kind: "stack" }));
}

export function lowPassed(map: Volume, shell: number): Volume {
  const spectrum = rfft3(map);
  filterRadially(spectrum, lowPassAt(shell));
  return irfft3(spectrum, map.voxelSize);
}

/** The same body in pixels so many times finer. */
const enlarged = (blobs: readonly Blob[], by: number): Blob[] =>
  blobs.map(({ x, y, z, width, height }) => ({
    ...{ x: by * x, y: by * y, z: by * z },
    ...{ width: by * width, height: height / by },
  }));

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
