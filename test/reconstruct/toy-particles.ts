import type { Volume } from "../../src/array/image.js";
import type { Random } from "../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../src/core/rotation.js";
import { project } from "../../src/physics/projection/project.js";
import { prepareProjector } from "../../src/physics/projection/projector.js";
import type { ImageGroup, ParticleView } from "../../src/reconstruct/slice.js";
import { blobVolume, randomBlobs } from "../physics/blobs.js";

export interface ToyParticle {
  readonly pixels: Float32Array;
  readonly view: ParticleView;
}

/** A body without symmetry and images of it from everywhere, each with its shift and CTF, without noise. */
export function toyParticles(
  box: number,
  count: number,
  random: Random,
): { readonly volume: Volume; readonly group: ImageGroup; readonly particles: readonly ToyParticle[] } {
  const volume = blobVolume(box, randomBlobs(box, 12, random), 3);
  const projector = prepareProjector(volume);
  const particles = Array.from({ length: count }, () => {
    const view = randomView(random);
    return { pixels: project(projector, view.matrix, view).data, view };
  });
  return { volume, group: { box, pixelSize: 3 }, particles };
}

export function randomView(random: Random): ParticleView {
  const defocusU = random.uniform(6000, 20_000);
  return {
    matrix: eulerToMatrix(uniformRotation(random)),
    shiftX: random.normal(0, 1.5),
    shiftY: random.normal(0, 1.5),
    ctf: {
      ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, phaseShift: 0 },
      ...{ defocusU, defocusV: defocusU - 800, defocusAngle: random.uniform(0, 180) },
    },
  };
}

/** White noise. */
export const noiseImage = (box: number, random: Random): Float32Array =>
  Float32Array.from({ length: box * box }, () => random.normal());
