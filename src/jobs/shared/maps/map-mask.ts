import { centre, type Volume } from "../../../array/image.js";

/** Share of the voxels above half the maximum that have the maximum itself: one voxel of a map, the whole core of a mask. */
const PLATEAU = 0.25;
/** Voxels: a small map may have its maximum twice. */
const FEW = 10;

/** Says that what is given as a map is probably a mask, or the regions of a segmentation: one value fills its inside. */
export function maskDoubt({ data }: Volume, path: string): string | undefined {
  const most = data.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let [above, same] = [0, 0];
  for (const value of data) {
    if (value === most) same++;
    if (value > most / 2) above++;
  }
  if (same < Math.max(FEW, PLATEAU * above)) return undefined;
  return `${path}: ${same} voxels have its greatest density, as in a mask or a segmentation: expected the density map of a particle`;
}

/**
 * Radius, in sides of the box, within which voxels are looked at: programs set what lies outside the sphere that the box holds to 0,
 * as relion_reconstruct does, and that does not matter.
 */
const WITHIN = 0.4;
/** Share of these voxels: a sphere of three quarters of the box leaves fewer at 0. */
const MASKED = 0.2;

/**
 * Says that two maps were both masked before: both are exactly 0 in the same voxels, where half maps have noise. Their masks correlate.
 *
 * @param path of the second
 */
export function maskedDoubt(
  first: Volume,
  second: Volume,
  { path, other }: { readonly path: string; readonly other: string },
): string | undefined {
  const [sections, rows, columns] = first.shape;
  const radius = (WITHIN * columns) ** 2;
  let [seen, empty] = [0, 0];
  for (let z = 0, i = 0; z < sections; z++) {
    for (let y = 0; y < rows; y++) {
      const zy = (z - centre(sections)) ** 2 + (y - centre(rows)) ** 2;
      for (let x = 0; x < columns; x++, i++) {
        if (zy + (x - centre(columns)) ** 2 > radius) continue;
        seen++;
        if (first.data[i] === 0 && second.data[i] === 0) empty++;
      }
    }
  }
  if (!(empty > MASKED * seen)) return undefined;
  const share = ((100 * empty) / seen).toFixed(0);
  return (
    `${path}: it and ${other} are 0 in the same ${share} % of the voxels around their centre, as after masking: the mask ` +
    "correlates too, and the resolution looks better than it is; expected maps that were not masked, and the mask given as `mask`"
  );
}
