import { irfft3, rfft3 } from "../../../src/array/fft/fft.js";
import type { Volume } from "../../../src/array/image.js";
import { filterRadially } from "../../../src/array/spectrum/shells.js";
import { Random } from "../../../src/core/random.js";
import { createMask } from "../../../src/evaluate/maps/mask.js";
import { toyVolume } from "../../helpers/toys/map.js";

/** Gaussian noise in a cube whose amplitudes fall off as exp(-B / 4 d²), d in 1/angstrom; deviation 1. */
export function colouredNoise(box: number, voxelSize: number, bFactor: number, seed: number): Volume {
  const data = Random.of(seed, "noise").fillNormal(new Float32Array(box ** 3));
  const spectrum = rfft3({ data, shape: [box, box, box], voxelSize });
  filterRadially(spectrum, (radius) => Math.exp((-bFactor / 4) * (radius / (box * voxelSize)) ** 2));
  const noise = irfft3(spectrum, voxelSize);
  const deviation = Math.sqrt(noise.data.reduce((sum, v) => sum + v * v, 0) / noise.data.length);
  return { ...noise, data: noise.data.map((v) => v / deviation) };
}

/** A particle of the toy's outline filled with grain of all sizes, as a protein's density: about 1 inside, 0 outside. */
export function grainyParticle(box: number, voxelSize: number): Volume {
  const outline = createMask(toyVolume(box, voxelSize), { threshold: 0.5, softEdge: 2 });
  const grain = colouredNoise(box, voxelSize, 100, 7);
  return { ...outline, data: outline.data.map((value, i) => value * (1 + 0.7 * grain.data[i]!)) };
}

/** Two half maps: the grainy particle, damped by a B factor of 600, under two independent noises of this deviation. */
export function halfMaps(box: number, voxelSize: number, noise: number, seed = 1): [Volume, Volume] {
  const spectrum = rfft3(grainyParticle(box, voxelSize));
  filterRadially(spectrum, (radius) => Math.exp(-150 * (radius / (box * voxelSize)) ** 2));
  const clean = irfft3(spectrum, voxelSize);
  return [1, 2].map((half) => {
    const added = colouredNoise(box, voxelSize, 50, 10 * seed + half);
    return { ...clean, data: clean.data.map((value, i) => value + noise * added.data[i]!) };
  }) as [Volume, Volume];
}
