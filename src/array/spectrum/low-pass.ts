import { irfft3, rfft3 } from "../fft/fft.js";
import type { Volume } from "../image.js";
import { filterRadially, lowPassAt } from "./shells.js";

/** The cube without frequencies beyond a shell, see `lowPassAt`. */
export function lowPassed(map: Volume, shell: number): Volume {
  const spectrum = rfft3(map);
  filterRadially(spectrum, lowPassAt(shell));
  return irfft3(spectrum, map.voxelSize);
}

/** The shell of a cube nearest to a resolution, angstrom. */
export const shellAt = ({ shape, voxelSize }: Volume, resolution: number): number =>
  Math.round((shape[0] * voxelSize) / resolution);
