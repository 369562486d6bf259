/** What the benches of refinement share. */
import { irfft3, rfft3 } from "../src/array/fft/fft.js";
import { centre, type Volume } from "../src/array/image.js";
import { filterRadially, lowPassAt } from "../src/array/spectrum/shells.js";

/** The volume without frequencies above 1 / resolution, with a cosine edge two shells wide. */
export function lowPass(volume: Volume, resolution: number): Volume {
  const spectrum = rfft3(volume);
  filterRadially(spectrum, lowPassAt((volume.shape[0] * volume.voxelSize) / resolution));
  return irfft3(spectrum, volume.voxelSize);
}

/** 1 within a radius (angstrom) of the centre, 0 from five voxels beyond it on, a cosine between. */
export function softSphere(volume: Volume, radius: number): Volume {
  const n = volume.shape[0];
  const data = volume.data.map((_, i) => {
    const place = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))];
    const distance = Math.sqrt(place.reduce((sum, v) => sum + (v - centre(n)) ** 2, 0));
    const t = Math.min(1, Math.max(0, (distance - radius / volume.voxelSize) / 5));
    return 0.5 + 0.5 * Math.cos(Math.PI * t);
  });
  return { ...volume, data };
}
