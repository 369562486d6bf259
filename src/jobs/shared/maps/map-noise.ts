import { padOrCropVolume } from "../../../array/fft/resample.js";
import type { Volume } from "../../../array/image.js";
import { lowPassed, shellAt } from "../../../array/spectrum/low-pass.js";
import { mapDiameter } from "./density-map.js";

/** Angstrom: finer sampling is averaged first, which makes the filter fast for maps of any size. */
const SAMPLING = 4;
/** Angstrom: coarse enough to leave little of the noise, as for masks. */
const LOW_PASS = 15;
/**
 * Diameters whose ratio is more differ by noise. The ratios of maps of the EMDB (1099, 3197, 5625), of models and of apoferritin as
 * refined and as sharpened are 0.95 to 1.00; 2.0 of a map with white noise as strong as its own standard deviation.
 */
const MOST_WIDER = 1.2;

/** A map whose solvent is so noisy that some of it counts as particle. */
export interface NoisyMap {
  /** Angstrom: as the map is, and of its particle alone. */
  readonly diameter: number;
  readonly ofParticle: number;
}

/**
 * Tells whether noise around the particle is as dense as the particle: then the map's diameter, and the footprints and masks of
 * particles simulated from it, are those of the noise. Maps that were sharpened and not masked are so.
 *
 * @param volume the solvent at 0
 * @returns undefined for a map whose particle stands out of its noise
 */
export function noiseOfMap(volume: Volume): NoisyMap | undefined {
  const diameter = mapDiameter(volume);
  const coarse = averaged(volume, Math.floor(SAMPLING / volume.voxelSize));
  const cube = padOrCropVolume(coarse, Math.max(...coarse.shape));
  const ofParticle = mapDiameter(lowPassed(cube, shellAt(cube, LOW_PASS)));
  return diameter > MOST_WIDER * ofParticle ? { diameter, ofParticle } : undefined;
}

/** What to say of it, and what to do. */
export const noiseDoubt = ({ diameter, ofParticle }: NoisyMap): string =>
  `noise around the particle is as dense as the particle, so that it seems ${diameter.toFixed(0)} angstrom across in place of ` +
  `${ofParticle.toFixed(0)}, in labels and footprints too: mask the map (\`cryogem mask\`, then relion_image_handler --multiply), ` +
  "or take one that was not sharpened";

/** Means of blocks of voxels; what is left over at the far faces is dropped. */
function averaged(volume: Volume, block: number): Volume {
  if (block <= 1) return volume;
  const [, rows, columns] = volume.shape;
  const shape = volume.shape.map((n) => Math.max(1, Math.floor(n / block))) as [number, number, number];
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  for (let z = 0; z < shape[0] * block; z++) {
    for (let y = 0; y < shape[1] * block; y++) {
      const from = (z * rows + y) * columns;
      const to = (Math.floor(z / block) * shape[1] + Math.floor(y / block)) * shape[2];
      for (let x = 0; x < shape[2] * block; x++) {
        data[to + Math.floor(x / block)]! += volume.data[from + x]! / block ** 3;
      }
    }
  }
  return { data, shape, voxelSize: volume.voxelSize * block };
}
