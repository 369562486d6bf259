import { irfft3 } from "../array/fft/fft.js";
import { centre, type Volume } from "../array/image.js";
import { halfColumns } from "../array/spectrum/half.js";
import type { RotationMatrix } from "../core/rotation.js";
import { eachRow, halfSpectrumRow, type ReconstructionGrid } from "./grid.js";
import { griddingInverse } from "./gridding.js";
import type { FourierSums } from "./sums.js";
import { symmetrise } from "./symmetrise.js";
import { addWienerTerm, flooredInverse } from "./weights.js";

export interface MapOptions {
  /** How data are divided by weights: found by iteration (default), or each by its own, floored at a thousandth of its shell's mean. */
  readonly gridding?: "iterative" | "none";
  /** Of `symmetryOperators`; default none. */
  readonly symmetry?: readonly RotationMatrix[];
  /** Signal-to-noise ratio of the data at a frequency, 1/angstrom: the Wiener filter's. Absent: no filter. */
  readonly signalToNoise?: (frequency: number) => number;
}

/** The edge of the sphere beyond which a map is its background's mean: voxels over which it passes into that. */
const EDGE = 3;

/**
 * The map of what a BackProjector added up, as relion_reconstruct makes it: data over weights, inverse transform, a sphere of the
 * box's diameter with a soft edge, division by the transform of the trilinear kernel, sinc²(r / padded size).
 *
 * @returns box x box x box, white protein, on the scale of the images (a projection of the map has that of the images)
 */
export function mapFromSums(sums: FourierSums, options: MapOptions = {}): Volume {
  const { grid } = sums;
  const { data, weight } = symmetrise(sums, options.symmetry ?? []);
  if (options.signalToNoise) addWienerTerm(weight, grid, options.signalToNoise);
  const inverse = options.gridding === "none" ? flooredInverse(weight, grid) : griddingInverse(weight, grid);
  const volume = irfft3({ data: toSpectrum(data, inverse, grid), shape: cube(grid.padded) }, grid.voxelSize);
  return correctKernel(softSphere(cropCentre(volume, grid.box)), grid.padded);
}

const cube = (n: number): Volume["shape"] => [n, n, n];

/** The half spectrum in the order of irfft3 of data times inverse weights, whose origin lies at the volume's middle. */
function toSpectrum(data: Float32Array, inverse: Float32Array, grid: ReconstructionGrid): Float32Array {
  const out = new Float32Array(2 * grid.padded ** 2 * halfColumns(grid.padded));
  eachRow(grid, (start, last, y, z) => {
    const to = halfSpectrumRow(grid, y, z);
    for (let x = 0; x <= last; x++) {
      // a move by half the size turns every other sample around
      const factor = (x + y + z) & 1 ? -inverse[start + x]! : inverse[start + x]!;
      out[to + 2 * x] = data[2 * (start + x)]! * factor;
      out[to + 2 * x + 1] = data[2 * (start + x) + 1]! * factor;
    }
  });
  return out;
}

function cropCentre({ data, shape: [n], voxelSize }: Volume, box: number): Volume {
  const out = new Float32Array(box ** 3);
  const first = centre(n) - centre(box);
  for (let z = 0; z < box; z++) {
    for (let y = 0; y < box; y++) {
      const from = ((z + first) * n + y + first) * n + first;
      out.set(data.subarray(from, from + box), (z * box + y) * box);
    }
  }
  return { data: out, shape: cube(box), voxelSize };
}

/** Visits every voxel with its distance from the centre. */
function eachRadius({ data, shape: [n] }: Volume, visit: (i: number, radius: number) => void): void {
  const c = centre(n);
  for (let z = 0, i = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      const beside = (z - c) ** 2 + (y - c) ** 2;
      for (let x = 0; x < n; x++, i++) visit(i, Math.sqrt(beside + (x - c) ** 2));
    }
  }
  if (data.length !== n ** 3) throw new Error("eachRadius: not a cube");
}

/** Beyond half the box the mean of what lies there, over a raised cosine: RELION's softMaskOutsideMap. In place. */
function softSphere(volume: Volume): Volume {
  const { data } = volume;
  const radius = volume.shape[0] / 2;
  const outside = (r: number): number =>
    r < radius ? 0 : r > radius + EDGE ? 1 : 0.5 + 0.5 * Math.cos((Math.PI * (radius + EDGE - r)) / EDGE);
  let sum = 0;
  let total = 0;
  eachRadius(volume, (i, r) => {
    const share = outside(r);
    total += share;
    sum += share * data[i]!;
  });
  const level = sum / total;
  eachRadius(volume, (i, r) => {
    const share = outside(r);
    if (share > 0) data[i] = share * level + (1 - share) * data[i]!;
  });
  return volume;
}

/** Divides by sinc²(r / padded), in place. */
function correctKernel(volume: Volume, padded: number): Volume {
  eachRadius(volume, (i, r) => {
    const t = (Math.PI * r) / padded;
    if (r > 0) volume.data[i]! *= (t / Math.sin(t)) ** 2;
  });
  return volume;
}
