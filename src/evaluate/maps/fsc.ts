import { frequency, halfColumns, rfft3 } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { DomainError, ShapeError } from "../../core/errors.js";

/** Fourier shell correlation, shell by shell from zero to Nyquist. */
export interface FscCurve {
  /** 1/angstrom, shell s at s / (size · voxelSize). */
  readonly frequencies: Float64Array;
  /** -1 to 1; 0 in a shell where a volume has no power. */
  readonly correlation: Float64Array;
}

/**
 * Fourier shell correlation of two cubic volumes: in each shell, the normalised sum of products of their transforms.
 * Shell s holds the frequencies whose distance from zero, in samples, rounds to s.
 *
 *   FSC(s) = Re Σ A conj(B) / sqrt(Σ |A|² Σ |B|²)
 *
 * Source: Harauz & van Heel 1986, Optik 73:146. Mask the volumes first where a masked curve is wanted.
 *
 * @throws ShapeError unless both are cubes of one size; DomainError if their voxel sizes differ by over 0.1 %
 */
export function fourierShellCorrelation(a: Volume, b: Volume): FscCurve {
  const size = a.shape[0];
  if ([...a.shape, ...b.shape].some((n) => n !== size)) {
    throw new ShapeError("Fourier shell correlation", [a.shape, b.shape], "two cubes of one size");
  }
  if (Math.abs(a.voxelSize - b.voxelSize) > 1e-3 * a.voxelSize) {
    throw new DomainError(
      "voxel size of the second map",
      b.voxelSize,
      `${a.voxelSize} angstrom as in the first`,
    );
  }
  const shells = Math.floor(size / 2) + 1;
  const sums = shellSums(rfft3(a).data, rfft3(b).data, size);
  return {
    frequencies: Float64Array.from({ length: shells }, (_, s) => s / (size * a.voxelSize)),
    correlation: Float64Array.from({ length: shells }, (_, s) => {
      const energy = Math.sqrt(sums[3 * s + 1]! * sums[3 * s + 2]!);
      return energy > 0 ? sums[3 * s]! / energy : 0;
    }),
  };
}

/** Per shell: the sum of products, and of both energies. Half spectra count their mirrored columns twice. */
function shellSums(a: Float32Array, b: Float32Array, size: number): Float64Array {
  const shells = Math.floor(size / 2) + 1;
  const width = halfColumns(size);
  const sums = new Float64Array(3 * shells);
  for (let z = 0; z < size; z++) {
    const kz = frequency(z, size) * size;
    for (let y = 0; y < size; y++) {
      const ky = frequency(y, size) * size;
      for (let x = 0; x < width; x++) {
        const shell = Math.floor(Math.sqrt(kz * kz + ky * ky + x * x) + 0.5);
        if (shell >= shells) continue;
        const weight = x === 0 || 2 * x === size ? 1 : 2;
        const i = 2 * ((z * size + y) * width + x);
        sums[3 * shell]! += weight * (a[i]! * b[i]! + a[i + 1]! * b[i + 1]!);
        sums[3 * shell + 1]! += weight * (a[i]! * a[i]! + a[i + 1]! * a[i + 1]!);
        sums[3 * shell + 2]! += weight * (b[i]! * b[i]! + b[i + 1]! * b[i + 1]!);
      }
    }
  }
  return sums;
}

/** Where an FSC curve falls below a threshold. */
export interface FscResolution {
  /** Angstrom: at the first crossing, linear between shells; at Nyquist where the curve never falls below. */
  readonly resolution: number;
  /** False where the curve stays above the threshold up to Nyquist: the true resolution is then finer. */
  readonly crossed: boolean;
}

/**
 * Resolution at a threshold: 0.143 between half maps (Rosenthal & Henderson 2003, J. Mol. Biol. 333:721), 0.5 between
 * a map and the truth. Infinity if already the first shell after zero lies below.
 */
export function resolutionAt({ frequencies, correlation }: FscCurve, threshold: number): FscResolution {
  for (let s = 1; s < correlation.length; s++) {
    if (correlation[s]! >= threshold) continue;
    if (s === 1) return { resolution: Number.POSITIVE_INFINITY, crossed: true };
    const before = correlation[s - 1]!;
    const part = (before - threshold) / (before - correlation[s]!);
    const at = frequencies[s - 1]! + part * (frequencies[s]! - frequencies[s - 1]!);
    return { resolution: 1 / at, crossed: true };
  }
  return { resolution: 1 / frequencies[frequencies.length - 1]!, crossed: false };
}

/** Area under the curve over frequency as a fraction of Nyquist: the mean correlation, zero frequency left out. */
export function fscArea({ correlation }: FscCurve): number {
  let sum = 0;
  for (let s = 1; s < correlation.length; s++) sum += correlation[s]!;
  return sum / (correlation.length - 1);
}
