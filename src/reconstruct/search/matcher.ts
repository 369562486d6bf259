import { searchWasm } from "../../array/wasm.generated.js";
import { instantiate, type Memory, PlannedMemory } from "../../array/wasm-memory.js";
import type { SpectrumCube } from "../../physics/projection/spectrum-cube.js";
import type { Frequencies } from "./frequencies.js";
import type { View } from "./view.js";

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

/** What slices are taken of: a prepared volume (a `Projector` is one), or a class average, of which slices are turned copies. */
export interface SliceSource {
  /** Samples of the padded transform; of a plane those at z = 0 alone. */
  readonly cube: SpectrumCube;
  readonly isPlane?: true;
  /** Samples of the transform per frequency step of the images. */
  readonly step: number;
  /** A factor that slices are multiplied by. */
  readonly scale: number;
}

/** A source in the memory of the kernels: address of the sample (0, 0, 0), strides in bytes. */
interface PlacedSource {
  readonly origin: number;
  readonly strideY: number;
  readonly strideZ: number;
  readonly step: number;
  readonly scale: number;
}

/**
 * Slices of references at the frequencies of a search, and their scores against images: plain arithmetic in a WebAssembly
 * instance that holds the references' transforms. Slices are those of `centralSlice` with the particle's centre at the origin of
 * phases: all real parts, then all imaginary parts.
 */
export class Matcher {
  private readonly kernels = instantiate<SearchKernels>(searchWasm);
  private readonly memory: PlannedMemory;
  private readonly sources: readonly PlacedSource[];
  private readonly lists = new Map<Frequencies, number>();
  private readonly held = new Map<readonly View[], { readonly of: Frequencies; readonly at: number }>();

  /** @param sources of views with reference 0, 1, … */
  constructor(sources: readonly SliceSource[]) {
    this.memory = new PlannedMemory(this.kernels.memory);
    this.sources = sources.map((source) => this.placeSource(source));
  }

  /** Slices one after the other, [views, 2, frequencies.kx.length]. */
  slices(views: readonly View[], frequencies: Frequencies): Float32Array {
    const list = this.place(frequencies);
    const out = this.makeSlices(views, frequencies, list);
    const length = 2 * frequencies.kx.length * views.length;
    return this.memory.views.floats.slice(out / 4, out / 4 + length);
  }

  /** Makes slices once that are compared with many images: `scores` of this very list of views takes them from memory. */
  hold(views: readonly View[], frequencies: Frequencies): void {
    const slices = this.slices(views, frequencies);
    // the kernel of products takes rows two at a time
    const at = this.memory.allocate(slices.byteLength + 8 * frequencies.kx.length);
    this.memory.views.floats.set(slices, at / 4);
    this.held.set(views, { of: frequencies, at });
  }

  /**
   * The logarithm of each view's and each shift's probability, but for a constant of the image:
   * Re Σ conj(slice) image - Σ weight |slice|².
   *
   * @param images [shifts, 2, frequencies.kx.length]: 2 CTF / σ² times the image's transform, moved by each shift
   * @param weights CTF² / σ² of each frequency
   * @returns [views, shifts]
   */
  scores(
    views: readonly View[],
    frequencies: Frequencies,
    images: Float32Array,
    weights: Float32Array,
  ): Float32Array {
    const list = this.place(frequencies);
    const length = frequencies.kx.length;
    const rows = 2 * Math.ceil(views.length / 2);
    const shifts = images.length / (2 * length);
    const columns = 4 * Math.ceil(shifts / 4);
    const held = this.held.get(views);
    const isHeld = held?.of === frequencies;
    const slices = isHeld ? held.at : this.makeSlices(views, frequencies, list);
    const imagesAt = isHeld ? this.memory.free : slices + 8 * length * rows;
    const weightsAt = imagesAt + 8 * length * columns;
    const productsAt = weightsAt + 4 * length;
    const energiesAt = productsAt + 4 * rows * columns;
    this.memory.reserve(energiesAt + 4 * rows + 64);
    const { floats } = this.memory.views;
    floats.set(images, imagesAt / 4);
    floats.set(weights, weightsAt / 4);
    this.kernels.products(slices, rows, imagesAt, columns, 8 * length, productsAt);
    this.kernels.energies(slices, views.length, weightsAt, length, energiesAt);
    const out = new Float32Array(views.length * shifts);
    for (let i = 0; i < views.length; i++) {
      const energy = floats[energiesAt / 4 + i]!;
      const row = productsAt / 4 + i * columns;
      for (let j = 0; j < shifts; j++) out[i * shifts + j] = floats[row + j]! - energy;
    }
    return out;
  }

  private placeSource({ cube, isPlane, step, scale }: SliceSource): PlacedSource {
    const { data, reach } = cube;
    const at = this.memory.allocate(data.byteLength + 16);
    this.memory.views.floats.set(data, at / 4);
    const strideY = 8 * (reach + 2);
    // the kernel also reads the sections beside a plane: with a stride of 0 they are the plane itself
    const strideZ = isPlane ? 0 : strideY * (2 * reach + 3);
    return { origin: at + (reach + 1) * (strideY + strideZ), strideY, strideZ, step, scale };
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

  /** Slices at the bottom of the free memory, with room for one more. @returns their address */
  private makeSlices(views: readonly View[], frequencies: Frequencies, list: number): number {
    const poses = this.memory.free;
    const out = poses + 64 * Math.ceil((24 * views.length) / 64);
    const length = frequencies.kx.length;
    this.memory.reserve(out + 8 * length * (views.length + 1));
    const { floats } = this.memory.views;
    for (let first = 0, end = 0; first < views.length; first = end) {
      const { reference } = views[first]!;
      while (end < views.length && views[end]!.reference === reference) end++;
      const { origin, strideY, strideZ, step, scale } = this.sources[reference]!;
      for (let i = first; i < end; i++) {
        const { matrix } = views[i]!;
        for (let j = 0; j < 6; j++) floats[poses / 4 + 6 * i + j] = step * matrix[j]!;
      }
      const to = out + 8 * length * first;
      this.kernels.sliceAt(
        ...([origin, strideY, strideZ, poses + 24 * first, end - first, list, length, to] as const),
      );
      if (scale === 1) continue;
      const values = floats.subarray(to / 4, to / 4 + 2 * length * (end - first));
      for (let i = 0; i < values.length; i++) values[i]! *= scale;
    }
    return out;
  }
}
