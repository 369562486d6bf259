import { zeros } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { imageKinds, writeImages } from "../../../src/dataset/images.js";
import { joinDataset } from "../../../src/dataset/join.js";
import { writePart } from "../../../src/dataset/part.js";
import type { DatasetJob, ParticleDraft } from "../../../src/dataset/records.js";
import { openDataset } from "../../../src/dataset/writer.js";
import { nodeFiles } from "../../../src/runtime/files.js";

/** Angstrom per pixel of the dataset. */
export const TINY_PIXEL_SIZE = 2;

/** Particles by hand: coordinate and origin, and where the particle therefore sits. */
export const TINY_PARTICLES = [
  { x: 30, y: 20, originX: 8, originY: -6, at: { x: 26, y: 23 } },
  { x: 41, y: 44, originX: -3, originY: 10, at: { x: 42.5, y: 39 } },
] as const;

/** A dataset of one micrograph, said to be clean, 64 x 72 pixels, with those particles, whose origins are far from 0. */
export async function writeTinyDataset(dir: string): Promise<void> {
  const job: DatasetJob = {
    ...{
      program: "cryogem 9.9.9",
      command: "simulate",
      options: { noise: { snr: "inf" } },
      seed: 1,
      inputs: [],
      count: 1,
    },
    optics: {
      ...{ pixelSize: TINY_PIXEL_SIZE, voltage: 300 },
      ...{ sphericalAberration: 2.7, amplitudeContrast: 0.1 },
    },
    particleDiameter: 20,
  };
  const defocus = { defocusU: 15_000, defocusV: 14_800, defocusAngle: 30, phaseShift: 0 };
  const particles = TINY_PARTICLES.map(
    ({ at: _, ...place }): ParticleDraft => ({
      ...{
        micrograph: 1,
        ...place,
        ...defocus,
        rot: 0,
        tilt: 0,
        psi: 0,
        matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      },
      ...{ depth: 0, structure: 0, visibleFraction: 1, overlap: 0 },
    }),
  );
  await openDataset(nodeFiles, dir, job, imageKinds(false));
  const [micrograph, mask] = [zeros(64, 72), zeros(64, 72)];
  Random.of(1, "tiny dataset").fillNormal(micrograph.data);
  await writeImages(nodeFiles, dir, 1, { micrograph, mask }, { mode: "float32", pixelSize: TINY_PIXEL_SIZE });
  await writePart(nodeFiles, dir, {
    micrograph: {
      ...{ index: 1, path: "micrographs/000001.mrc", shape: [64, 72], iceMean: 1 },
      ...{ particles: particles.length, ...defocus },
    },
    particles,
  });
  await joinDataset(nodeFiles, dir);
}
