/** What the benches of refinement share. */
import { irfft3, rfft3 } from "../src/array/fft/fft.js";
import { frequency, halfColumns } from "../src/array/fft/fft.js";
import type { Volume } from "../src/array/image.js";

/** The volume without frequencies above 1 / resolution, a cosine edge two shells wide. */
export function lowPass(volume: Volume, resolution: number): Volume {
  const n = volume.shape[0];
  const limit = (n * volume.voxelSize) / resolution;
  const spectrum = rfft3(volume);
  const width = halfColumns(n);
  for (let i = 0; i < spectrum.data.length / 2; i++) {
    const [x, y, z] = [i % width, Math.floor(i / width) % n, Math.floor(i / (width * n))];
    const k = Math.sqrt(x ** 2 + (n * frequency(y, n)) ** 2 + (n * frequency(z, n)) ** 2);
    const t = Math.min(1, Math.max(0, (k - limit + 1) / 2));
    const factor = 0.5 + 0.5 * Math.cos(Math.PI * t);
    spectrum.data[2 * i]! *= factor;
    spectrum.data[2 * i + 1]! *= factor;
  }
  return irfft3(spectrum, volume.voxelSize);
}

/** 1 within a radius (angstrom) of the centre, 0 from five voxels beyond it on, a cosine between. */
export function softSphere(volume: Volume, radius: number): Volume {
  const n = volume.shape[0];
  const data = volume.data.map((_, i) => {
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))].map((v) => v - Math.floor(n / 2));
    const beyond = Math.sqrt(x! ** 2 + y! ** 2 + z! ** 2) - radius / volume.voxelSize;
    const t = Math.min(1, Math.max(0, beyond / 5));
    return 0.5 + 0.5 * Math.cos(Math.PI * t);
  });
  return { ...volume, data };
}
