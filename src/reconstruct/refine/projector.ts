import { resampleVolume } from "../../array/fft/resample.js";
import type { Volume } from "../../array/image.js";
import { type Projector, prepareProjector } from "../../physics/projection/projector.js";

/** Shells beyond the limit that are kept, so that nothing is lost below it. */
const SPARE = 2;
/** Of its box: a volume is cut to fewer voxels only where that saves much. */
const WORTHWHILE = 0.75;

/**
 * The volume made ready for slices with as few voxels as hold its frequencies up to a limit, as every thread keeps its transform.
 * Slices are those of the whole volume: sums over its voxels, not over the fewer and larger ones.
 *
 * @param limit frequency steps of the box
 */
export function projectorUpTo(volume: Volume, limit: number): Projector {
  const box = volume.shape[0];
  const least = 2 * (Math.ceil(limit) + SPARE);
  if (box % 2 === 1 || least > WORTHWHILE * box) return prepareProjector(volume);
  const cut = resampleVolume(volume, (volume.voxelSize * box) / least, least);
  const projector = prepareProjector(cut, { pixelSize: volume.voxelSize });
  // the scale is applied to the transform once, not to every slice
  const factor = (projector.scale * box) / least;
  const { data } = projector.cube;
  for (let i = 0; i < data.length; i++) data[i]! *= factor;
  return { ...projector, scale: 1 };
}
