import { irfft3, rfft3 } from "../array/fft/fft.js";
import { halfColumns } from "../array/spectrum/half.js";
import { blobTransform } from "./blob.js";
import { eachRow, halfSpectrumRow, type ReconstructionGrid } from "./grid.js";
import { fitsConvolver, iterateInverse } from "./gridding-wasm.js";

/** As relion_reconstruct's default. */
const ITERATIONS = 10;
/** Convolved weights count as at least this much, and inverse weights at most that: nothing is divided by 0. */
const LEAST_WEIGHT = 1e-6;
const LARGEST_INVERSE = 1e20;

/**
 * Factors by which the data of each sample are multiplied in place of dividing by its weight. They are found by iteration, so
 * that factor times weight, convolved with a blob, is 1 everywhere within the reach; from the reach on they are 0. Weights are
 * those of a real map, whose halves of the plane x = 0 agree. The convolution is done as a product in real space.
 *
 * Source: Pipe & Menon 1999, Magn. Reson. Med. 41:179, equation 14, as relion_reconstruct applies it.
 */
export function griddingInverse(weight: Float32Array, grid: ReconstructionGrid): Float32Array {
  if (!fitsConvolver(grid)) return griddingInversePlain(weight, grid);
  const limits = { least: LEAST_WEIGHT, most: LARGEST_INVERSE };
  return iterateInverse(weight, grid, blobOfSquares(grid), ITERATIONS, limits);
}

/** The same in plain TypeScript, against which gridding-wasm.ts is tested, and which is used for transforms too large for it. */
export function griddingInversePlain(weight: Float32Array, grid: ReconstructionGrid): Float32Array {
  const { padded } = grid;
  const shape = [padded, padded, padded] as const;
  const spectrum = { data: new Float32Array(2 * padded * padded * halfColumns(padded)), shape };
  const real = new Float32Array(padded ** 3);
  const blob = blobOfSquares(grid);
  const inverse = new Float32Array(weight.length);
  eachRow(grid, (start, last) => inverse.fill(1, start, start + last + 1));
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const { data } = spectrum;
    data.fill(0);
    eachRow(grid, (start, last, y, z) => {
      const to = halfSpectrumRow(grid, y, z);
      for (let x = 0; x <= last; x++) data[to + 2 * x] = weight[start + x]! * inverse[start + x]!;
    });
    irfft3(spectrum, 1, real);
    multiplyRadially(real, padded, blob);
    rfft3({ data: real, shape, voxelSize: 1 }, data);
    eachRow(grid, (start, last, y, z) => {
      const from = halfSpectrumRow(grid, y, z);
      for (let x = 0; x <= last; x++) {
        const [re, im] = [data[from + 2 * x]!, data[from + 2 * x + 1]!];
        const next = inverse[start + x]! / Math.max(LEAST_WEIGHT, Math.sqrt(re * re + im * im));
        inverse[start + x] = Math.min(LARGEST_INVERSE, next);
      }
    });
  }
  return inverse;
}

/**
 * The blob's transform at each squared distance from the middle, in voxels of the padded box. RELION's transforms are of three
 * samples more than twice the reach, and it divides distances by the padded size all the same, so that its blob is so much wider or
 * narrower; its table of the blob's transform ends at half that size.
 */
function blobOfSquares({ padded, box, step, reach }: ReconstructionGrid): Float32Array {
  const unit = (2 * reach + 3) / padded / box;
  return Float32Array.from({ length: 3 * (padded >> 1) ** 2 + 1 }, (_, square) => {
    const distance = unit * Math.sqrt(square);
    return distance < step / 2 ? blobTransform(distance) : 0;
  });
}

/** Multiplies a cube about its sample 0 by a function of the squared distance, a whole number. */
function multiplyRadially(data: Float32Array, n: number, ofSquare: Float32Array): void {
  for (let z = 0, i = 0; z < n; z++) {
    const dz = Math.min(z, n - z);
    for (let y = 0; y < n; y++) {
      const dy = Math.min(y, n - y);
      const beside = dz * dz + dy * dy;
      for (let x = 0; x < n; x++, i++) {
        const dx = x < n - x ? x : n - x;
        data[i]! *= ofSquare[beside + dx * dx]!;
      }
    }
  }
}
