import { kMeans1d } from "../array/cluster.js";
import { gaussianBlur, localMean } from "../array/filter.js";
import type { Image } from "../array/image.js";
import { bin, sampleBilinear } from "../array/resample.js";
import { integerInRange } from "../core/check.js";

export interface IceGradientOptions {
  /** Groups of intensity, 2 to 16; IceBreaker's example uses 16, eight follow a field as well with less memory of noise. */
  readonly groups?: number;
  /** Cells of the grid along the longer side, 8 to 256. */
  readonly cells?: number;
}

/**
 * Ice gradient W of a micrograph in the way of IceBreaker (Olek et al. 2022, Structure 30:522): local means over a grid
 * of patches are grouped by k-means of their intensity; each patch takes its group's mean over the highest one; a broad
 * smooth makes the field continuous. Thick ice is dark, so W falls where ice is thick.
 *
 * Particles are darker than ice too: patches are smoothed over their neighbours before they are grouped, so that what
 * counts is the level of a region. Intensities must be proportional to counts for the size of W to mean transmission;
 * after a micrograph was normalised only its pattern does.
 *
 * @param image a micrograph, protein dark, positive on average
 * @returns W in (0, 1] over the same field of view, on a grid of at most `cells` along the longer side
 * @throws DomainError for options outside their range or a micrograph smaller than 64 pixels a side
 */
export function iceGradient(image: Image, { groups = 8, cells = 64 }: IceGradientOptions = {}): Image {
  const [rows, columns] = image.shape;
  integerInRange("ice gradient: shorter side of the micrograph", Math.min(rows, columns), 64, 1 << 20);
  integerInRange("ice gradient: groups", groups, 2, 16);
  integerInRange("ice gradient: cells", cells, 8, 256);
  const patches = bin(image, Math.max(1, Math.floor(Math.max(rows, columns) / cells)));
  // a window of a tenth of the field: broader than a particle, narrower than a gradient
  const window = 2 * Math.max(1, Math.round(Math.max(...patches.shape) / 20)) + 1;
  const level = localMean(patches, window);
  const { centres, labels } = kMeans1d(level.data, groups);
  const brightest = centres[centres.length - 1]!;
  const darkest = centres[0]!;
  // an offset keeps W positive where a normalised micrograph has negative levels
  const offset = darkest > 0 ? 0 : (brightest - darkest) / 9 - darkest;
  const grouped = Float32Array.from(labels, (label) => (centres[label]! + offset) / (brightest + offset));
  const smooth = gaussianBlur({ data: grouped, shape: patches.shape }, window);
  return { data: smooth.data.map((w) => Math.min(1, w)), shape: patches.shape };
}

/** A field on a coarse grid, drawn at a picture's size. */
export function enlarge(field: Image, shape: readonly [rows: number, columns: number]): Image {
  const [rows, columns] = shape;
  const data = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const v = ((y + 0.5) * field.shape[0]) / rows - 0.5;
    for (let x = 0; x < columns; x++) {
      data[y * columns + x] = sampleBilinear(field, ((x + 0.5) * field.shape[1]) / columns - 0.5, v);
    }
  }
  return { data, shape };
}
