import { zeros } from "../../src/array/image.js";
import { eulerToMatrix } from "../../src/core/rotation.js";
import { imageKinds, writeImages } from "../../src/dataset/images.js";
import { joinDataset } from "../../src/dataset/join.js";
import { writePart } from "../../src/dataset/part.js";
import type { DatasetJob, MicrographPart, ParticleDraft } from "../../src/dataset/records.js";
import { openDataset } from "../../src/dataset/writer.js";
import { nodeFiles as files } from "../../src/runtime/files.js";

/** A dataset of three micrographs. */
export const job: DatasetJob = {
  program: "cryogem 9.9.9",
  command: "simulate",
  options: { count: 3, snr: 0.1 },
  seed: 5,
  inputs: [{ path: "map.mrc", sha256: "ab".repeat(32) }],
  optics: { pixelSize: 2, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
  particleDiameter: 100,
  count: 3,
};
export const kinds = imageKinds(false);

export const draft = (micrograph: number, x: number): ParticleDraft => ({
  micrograph,
  x,
  y: 20 + x,
  originX: 0.25,
  originY: -0.5,
  rot: 10.5,
  tilt: 20,
  psi: -30,
  matrix: eulerToMatrix({ rot: 10.5, tilt: 20, psi: -30 }),
  depth: 100,
  defocusU: 14_900,
  defocusV: 14_700,
  defocusAngle: 33,
  phaseShift: 0,
  structure: 1,
  visibleFraction: 0.75,
  overlap: 0,
});

/** Micrograph 2 has no particle: that must not break anything. */
const part = (index: number): MicrographPart => {
  const particles = index === 2 ? [] : [draft(index, index), draft(index, index + 7), draft(index, 30)];
  return {
    micrograph: {
      index,
      path: `micrographs/00000${index}.mrc`,
      shape: [40, 48],
      iceMean: 0.9,
      particles: particles.length,
      defocusU: 15_000,
      defocusV: 14_800,
      defocusAngle: 33,
      phaseShift: 0,
    },
    particles,
  };
};

/** Makes one micrograph of the dataset in a folder. */
export async function make(dir: string, index: number): Promise<void> {
  const micrograph = zeros(40, 48);
  micrograph.data.forEach((_, i) => {
    micrograph.data[i] = Math.sin(i * index);
  });
  await writeImages(
    files,
    dir,
    index,
    { micrograph, mask: zeros(40, 48) },
    { mode: "float32", pixelSize: 2 },
  );
  await writePart(files, dir, part(index));
}

/** Makes the whole dataset, or what is missing of it. */
export async function makeAll(dir: string): Promise<void> {
  for (const index of (await openDataset(files, dir, job, kinds)).missing) await make(dir, index);
  await joinDataset(files, dir);
}
