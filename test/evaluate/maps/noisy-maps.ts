import { irfft3, rfft3 } from "../../../src/array/fft/fft.js";
import type { Volume } from "../../../src/array/image.js";
import { filterRadially } from "../../../src/array/spectrum/shells.js";
import { Random } from "../../../src/core/random.js";
import { toyVolume } from "../../helpers/toy-map.js";

/** Gaussian noise in a cube whose amplitudes fall off as exp(-B / 4 d²), d in 1/angstrom; deviation 1. */
export function colouredNoise(box: number, voxelSize: number, bFactor: number, seed: number): Volume {
  const data = Random.of(seed, "noise").fillNormal(new Float32Array(box ** 3));
  const spectrum = rfft3({ data, shape: [box, box, box], voxelSize });
  filterRadially(spectrum, (radius) => Math.exp((-bFactor / 4) * (radius / (box * voxelSize)) ** 2));
  const noise = irfft3(spectrum, voxelSize);
  const deviation = Math.sqrt(noise.data.reduce((sum, v) => sum + v * v, 0) / noise.data.length);
  return { ...noise, data: noise.data.map((v) => v / deviation) };
}

/** Two half maps of a toy particle: the same density under two independent noises of this deviation. */
export function halfMaps(box: number, voxelSize: number, noise: number, seed = 1): [Volume, Volume] {
  const clean = sharpened(toyVolume(box, voxelSize), voxelSize);
  return [1, 2].map((half) => {
    const added = colouredNoise(box, voxelSize, 50, 10 * seed + half);
    return { ...clean, data: clean.data.map((value, i) => value + noise * added.data[i]!) };
  }) as [Volume, Volume];
}

/** The blobs of the toy with more power at high frequencies, so that the curves fall over many shells. */
function sharpened(volume: Volume, voxelSize: number): Volume {
  const spectrum = rfft3(volume);
  const box = volume.shape[0];
  filterRadially(spectrum, (radius) => Math.exp(600 * (radius / (box * voxelSize)) ** 2));
  return irfft3(spectrum, voxelSize);
}
