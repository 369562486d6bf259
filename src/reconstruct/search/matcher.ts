import { searchWasm } from "../../array/wasm.generated.js";
import { instantiate, type Memory, PlannedMemory } from "../../array/wasm-memory.js";
import type { RotationMatrix } from "../../core/rotation.js";
import type { Projector } from "../../physics/projection/projector.js";
import type { Frequencies } from "./frequencies.js";

/** Functions of kernels/search.as.ts. Addresses, strides and counts are whole numbers. */
interface SearchKernels {
  readonly memory: Memory;
  sliceAt(
    ...args: [
      ...[origin: number, strideY: number, strideZ: number, poses: number, poseCount: number],
      ...[frequencies: number, count: number, out: number],
    ]
  ): void;
  products(
    ...args: [
      ...[left: number, leftCount: number, right: number, rightCount: number],
      ...[bytes: number, out: number],
    ]
  ): void;
  energies(slices: number, sliceCount: number, weights: number, count: number, out: number): void;
}

/**
 * Slices of a prepared volume at the frequencies of a search, and their scores against images: plain arithmetic in a
 * WebAssembly instance that holds the volume's transform. Slices are those of `centralSlice` with the particle's centre at
 * the origin of phases: all real parts, then all imaginary parts.
 */
export class Matcher {
  private readonly kernels = instantiate<SearchKernels>(searchWasm);
  private readonly memory: PlannedMemory;
  private readonly cube: number;
  private readonly strideY: number;
  private readonly lists = new Map<Frequencies, number>();

  constructor(private readonly projector: Projector) {
    this.memory = new PlannedMemory(this.kernels.memory);
    const { data, reach } = projector.cube;
    const at = this.memory.allocate(data.byteLength + 16);
    this.memory.views.floats.set(data, at / 4);
    this.strideY = 8 * (reach + 2);
    this.cube = at + (reach + 1) * this.strideY * (2 * reach + 3) + (reach + 1) * this.strideY;
  }

  /** Slices one after the other, [orientations, 2, frequencies.kx.length]. */
  slices(matrices: readonly RotationMatrix[], frequencies: Frequencies): Float32Array {
    const list = this.place(frequencies);
    const out = this.makeSlices(matrices, frequencies, list);
    const length = 2 * frequencies.kx.length * matrices.length;
    return this.memory.views.floats.slice(out / 4, out / 4 + length);
  }

  /**
   * The logarithm of each orientation's and each shift's probability, but for a constant of the image:
   * Re Σ conj(slice) image - Σ weight |slice|².
   *
   * @param images [shifts, 2, frequencies.kx.length]: 2 CTF / σ² times the image's transform, moved by each shift
   * @param weights CTF² / σ² of each frequency
   * @returns [orientations, shifts]
   */
  scores(
    matrices: readonly RotationMatrix[],
    frequencies: Frequencies,
    images: Float32Array,
    weights: Float32Array,
  ): Float32Array {
    const list = this.place(frequencies);
    const length = frequencies.kx.length;
    const rows = 2 * Math.ceil(matrices.length / 2);
    const shifts = images.length / (2 * length);
    const columns = 4 * Math.ceil(shifts / 4);
    const slices = this.makeSlices(matrices, frequencies, list);
    const imagesAt = slices + 8 * length * rows;
    const weightsAt = imagesAt + 8 * length * columns;
    const productsAt = weightsAt + 4 * length;
    const energiesAt = productsAt + 4 * rows * columns;
    this.memory.reserve(energiesAt + 4 * rows + 64);
    const { floats } = this.memory.views;
    floats.set(images, imagesAt / 4);
    floats.set(weights, weightsAt / 4);
    this.kernels.products(slices, rows, imagesAt, columns, 8 * length, productsAt);
    this.kernels.energies(slices, matrices.length, weightsAt, length, energiesAt);
    const out = new Float32Array(matrices.length * shifts);
    for (let i = 0; i < matrices.length; i++) {
      const energy = floats[energiesAt / 4 + i]!;
      const row = productsAt / 4 + i * columns;
      for (let j = 0; j < shifts; j++) out[i * shifts + j] = floats[row + j]! - energy;
    }
    return out;
  }

  /** The address of a list of frequencies, which stays. */
  private place(frequencies: Frequencies): number {
    let at = this.lists.get(frequencies);
    if (at === undefined) {
      const { kx, ky } = frequencies;
      at = this.memory.allocate(8 * kx.length);
      this.memory.views.floats.set(kx, at / 4);
      this.memory.views.floats.set(ky, at / 4 + kx.length);
      this.lists.set(frequencies, at);
    }
    return at;
  }

  /** Slices at the bottom of the free memory, an even number of them. @returns their address */
  private makeSlices(matrices: readonly RotationMatrix[], frequencies: Frequencies, list: number): number {
    const { step, scale } = this.projector;
    const poses = this.memory.free;
    const out = poses + 64 * Math.ceil((24 * matrices.length) / 64);
    const length = frequencies.kx.length;
    this.memory.reserve(out + 8 * length * (matrices.length + 1));
    const { floats } = this.memory.views;
    for (const [i, matrix] of matrices.entries()) {
      for (let j = 0; j < 6; j++) floats[poses / 4 + 6 * i + j] = step * matrix[j]!;
    }
    this.kernels.sliceAt(
      ...([this.cube, this.strideY, this.strideY * (2 * this.projector.cube.reach + 3)] as const),
      ...([poses, matrices.length, list, length, out] as const),
    );
    if (scale !== 1) {
      const values = floats.subarray(out / 4, out / 4 + 2 * length * matrices.length);
      for (let i = 0; i < values.length; i++) values[i]! *= scale;
    }
    return out;
  }
}
