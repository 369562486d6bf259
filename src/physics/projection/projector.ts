import { fftFriendlySize } from "../../array/fft/fft.js";
import { centre, type Volume } from "../../array/image.js";
import { inRange } from "../../core/check.js";
import { DomainError } from "../../core/errors.js";
import { type SpectrumCube, transformToCube } from "./spectrum-cube.js";

/** A volume made ready for Fourier slices: its padded transform, about its centre, and the geometry of its projections. */
export interface Projector {
  /** Transform of the padded, gridding-corrected volume, its centre at the phase origin. */
  readonly cube: SpectrumCube;
  /** Angstrom per voxel of the volume. */
  readonly voxelSize: number;
  /** Angstrom per pixel of the projections. */
  readonly pixelSize: number;
  /** Rows and columns of a projection. */
  readonly box: number;
  /** Samples of the padded transform per frequency step of a projection. */
  readonly step: number;
  /** Highest frequency of a projection, in its own frequency steps: Nyquist, or where the volume's frequencies end. */
  readonly radius: number;
  /** What the slice is multiplied by: 1 unless the pixel size differs from the voxel size. */
  readonly scale: number;
  /** Density of the particle itself: sum of V² over sum of V, where V > 0. */
  readonly particleDensity: number;
  /** Pixels from the centre within which the particle lies: beyond, no density reaches a hundredth of the highest. */
  readonly extent: number;
}

/** How a volume is prepared for projection. */
export interface ProjectorOptions {
  /** Factor of zero padding before the transform; 2 as RELION. */
  readonly padding?: number;
  /** Angstrom per pixel of the projections; absent = the volume's voxel size. */
  readonly pixelSize?: number;
}

/**
 * Prepares a volume for projection by central slices.
 *
 * The volume, centred at floor(n / 2) along each axis, is divided by the transform of the trilinear kernel
 * (sinc² of x / padded size along each axis), zero-padded and transformed once.
 *
 * @param volume any shape; projections are squares of its longest axis, or as many pixels as cover it at `pixelSize`
 * @throws DomainError for a padding below 1, a pixel or voxel size that is not positive, or a volume of zeros
 */
export function prepareProjector(volume: Volume, options: ProjectorOptions = {}): Projector {
  const padding = inRange("padding", options.padding ?? 2, "", 1, 8);
  const voxelSize = inRange("voxelSize", volume.voxelSize, "angstrom", 1e-3, 1e3);
  const pixelSize = inRange("pixelSize", options.pixelSize ?? voxelSize, "angstrom", 1e-3, 1e3);
  const particleDensity = densityOfParticle(volume.data);
  const size = Math.max(...volume.shape);
  const padded = fftFriendlySize(Math.ceil(padding * size));
  const same = Math.abs(pixelSize / voxelSize - 1) < 1e-6;
  const box = same ? size : 2 * Math.ceil((size * voxelSize) / pixelSize / 2);
  const stretch = same ? 1 : (box * pixelSize) / (size * voxelSize);
  const step = padded / size / stretch;
  const nyquist = Math.min(box / 2, (size / 2) * stretch);
  const { cube, radius } = transformToCube(padAboutOrigin(volume, padded), nyquist * step);
  return {
    cube,
    voxelSize,
    pixelSize: same ? voxelSize : pixelSize,
    box,
    step,
    radius: radius / step,
    scale: same ? 1 : (voxelSize / pixelSize) ** 2,
    particleDensity,
    extent: (extentOf(volume) * voxelSize) / (same ? voxelSize : pixelSize),
  };
}

/** Sum of V² over sum of V where V > 0: the density at which most of the particle lies. @throws DomainError where nothing is positive */
export function densityOfParticle(data: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    if (value > 0) {
      sum += value;
      squares += value * value;
    }
  }
  if (!(sum > 0 && Number.isFinite(squares))) {
    throw new DomainError("volume", sum, "finite densities, some of them positive (white particle)");
  }
  return squares / sum;
}

/** Voxels from the centre to the farthest density that reaches a hundredth of the highest. */
function extentOf({ data, shape: [sections, rows, columns] }: Volume): number {
  let highest = 0;
  for (const value of data) highest = Math.max(highest, Math.abs(value));
  let farthest = 0;
  for (let z = 0; z < sections; z++) {
    for (let y = 0; y < rows; y++) {
      const zy = (z - centre(sections)) ** 2 + (y - centre(rows)) ** 2;
      for (let x = 0; x < columns; x++) {
        if (Math.abs(data[(z * rows + y) * columns + x]!) < 0.01 * highest) continue;
        farthest = Math.max(farthest, zy + (x - centre(columns)) ** 2);
      }
    }
  }
  return Math.sqrt(farthest);
}

/** The cube of `padded` samples whose sample 0 is the volume's centre, negative coordinates at the far end. */
function padAboutOrigin(volume: Volume, padded: number): Volume {
  const [sections, rows, columns] = volume.shape;
  const data = new Float32Array(padded ** 3);
  const [wz, wy, wx] = [sections, rows, columns].map((n) => griddingCorrection(n, padded));
  for (let z = 0; z < sections; z++) {
    const toZ = (z - centre(sections) + padded) % padded;
    for (let y = 0; y < rows; y++) {
      const to = (toZ * padded + ((y - centre(rows) + padded) % padded)) * padded;
      const from = (z * rows + y) * columns;
      const weight = wz![z]! * wy![y]!;
      for (let x = 0; x < columns; x++) {
        data[to + ((x - centre(columns) + padded) % padded)] = volume.data[from + x]! * weight * wx![x]!;
      }
    }
  }
  return { data, shape: [padded, padded, padded], voxelSize: volume.voxelSize };
}

/** 1 / sinc²(x / padded): linear interpolation between samples of a spectrum multiplies real space by sinc². */
function griddingCorrection(n: number, padded: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const t = (Math.PI * (i - centre(n))) / padded;
    return t === 0 ? 1 : (t / Math.sin(t)) ** 2;
  });
}
