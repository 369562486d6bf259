import type { ComputeRuntime, ComputeSession, HostTensor } from "../../core/ports.js";
import {
  add,
  type CompiledGraph,
  compile,
  concat,
  exp,
  gemm,
  input,
  mul,
  reduceMax,
  reduceSum,
  reshape,
  sub,
} from "../../tensor/index.js";
import type { Frequencies } from "./frequencies.js";
import type { Shift } from "./shifts.js";

/** Sizes of a dense search: images a run, orientations, shifts, frequencies. */
export interface DenseSizes {
  readonly images: number;
  readonly orientations: number;
  readonly shifts: number;
  readonly frequencies: number;
}

/**
 * The scores of every orientation and shift of several images as two matrix products: slices with the images moved by every
 * shift, and squared slices with squared CTFs (each over the noise). The graph returns only sums of the probabilities, over
 * shifts and over orientations, both relative to the probability of the likeliest pair.
 */
export function denseGraph({ images, orientations, shifts, frequencies }: DenseSizes): CompiledGraph {
  const slices = input("slices", [orientations, 2 * frequencies]);
  const squares = input("squares", [orientations, frequencies]);
  const re = input("re", [images, 1, frequencies]);
  const im = input("im", [images, 1, frequencies]);
  const weights = input("weights", [images, frequencies]);
  const cos = input("cos", [1, shifts, frequencies]);
  const sin = input("sin", [1, shifts, frequencies]);
  const prior = input("prior", [1, shifts, 1]);
  const moved = concat([sub(mul(re, cos), mul(im, sin)), add(mul(re, sin), mul(im, cos))], 2);
  const rows = reshape(moved, [images * shifts, 2 * frequencies]);
  const products = reshape(gemm(rows, slices, { transB: true }), [images, shifts, orientations]);
  const energies = reshape(gemm(weights, squares, { transB: true }), [images, 1, orientations]);
  const scores = add(sub(products, energies), prior);
  const highest = reduceMax(scores, { axes: [1, 2], keepDims: true });
  const relative = exp(sub(scores, highest));
  return compile({
    ofOrientation: reduceSum(relative, { axes: [1] }),
    ofShift: reduceSum(relative, { axes: [2] }),
  });
}

/** One image as `descend.weighted` makes it. */
export interface DenseImage {
  readonly image: Float32Array;
  readonly weights: Float32Array;
}

/** Sums of relative probabilities of one image, over shifts and over orientations. */
export interface DenseResult {
  readonly ofOrientation: Float32Array;
  readonly ofShift: Float32Array;
}

/** Images a run: at some thousand orientations and some dozen shifts a few tens of megabytes of scores. */
const TOGETHER = 16;

/** A dense search on a device: the same orientations, shifts and frequencies for many images and several references. */
export class DenseSearch {
  private constructor(
    private readonly runtime: ComputeRuntime,
    private readonly session: ComputeSession<unknown>,
    private readonly sizes: DenseSizes,
    private readonly fixed: Readonly<Record<string, HostTensor>>,
  ) {}

  static async open(
    runtime: ComputeRuntime,
    orientations: number,
    shifts: readonly Shift[],
    frequencies: Frequencies,
  ): Promise<DenseSearch> {
    const length = frequencies.kx.length;
    const sizes = { images: TOGETHER, orientations, shifts: shifts.length, frequencies: length };
    const cos = new Float32Array(shifts.length * length);
    const sin = new Float32Array(shifts.length * length);
    for (const [j, { x, y }] of shifts.entries()) {
      for (let i = 0; i < length; i++) {
        const angle = (2 * Math.PI * (frequencies.kx[i]! * x + frequencies.ky[i]! * y)) / frequencies.box;
        cos[j * length + i] = Math.cos(angle);
        sin[j * length + i] = Math.sin(angle);
      }
    }
    const dims = [1, shifts.length, length];
    const fixed = { cos: floats(cos, dims), sin: floats(sin, dims) };
    return new DenseSearch(runtime, await runtime.load(denseGraph(sizes).model), sizes, fixed);
  }

  /**
   * @param slices [orientations, 2, frequencies] of one reference
   * @param prior logarithm of the probability of each shift
   * @param images any number
   */
  async run(
    slices: Float32Array,
    prior: ArrayLike<number>,
    images: readonly DenseImage[],
    visit: (index: number, result: DenseResult) => void,
  ): Promise<void> {
    const { orientations, shifts, frequencies } = this.sizes;
    const feeds = {
      ...this.fixed,
      slices: floats(slices, [orientations, 2 * frequencies]),
      squares: floats(squaresOf(slices, frequencies), [orientations, frequencies]),
      prior: floats(Float32Array.from(prior), [1, shifts, 1]),
    };
    for (let first = 0; first < images.length; first += TOGETHER) {
      const some = images.slice(first, first + TOGETHER);
      const outputs = await this.session.run({ ...feeds, ...batchOf(some, frequencies) });
      const orientation = (await this.runtime.toHost(outputs["ofOrientation"])).data as Float32Array;
      const shift = (await this.runtime.toHost(outputs["ofShift"])).data as Float32Array;
      for (let i = 0; i < some.length; i++) {
        visit(first + i, {
          ofOrientation: orientation.subarray(i * orientations, (i + 1) * orientations),
          ofShift: shift.subarray(i * shifts, (i + 1) * shifts),
        });
      }
      for (const tensor of Object.values(outputs)) this.runtime.dispose(tensor);
    }
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

const floats = (data: Float32Array, dims: readonly number[]): HostTensor => ({
  dtype: "float32",
  dims,
  data,
});

function squaresOf(slices: Float32Array, frequencies: number): Float32Array {
  const out = new Float32Array(slices.length / 2);
  for (let i = 0; i < out.length; i++) {
    const at = 2 * frequencies * Math.floor(i / frequencies) + (i % frequencies);
    out[i] = slices[at]! ** 2 + slices[at + frequencies]! ** 2;
  }
  return out;
}

/** A batch as the graph takes it; places without an image are 0. */
function batchOf(images: readonly DenseImage[], frequencies: number): Record<string, HostTensor> {
  const [re, im, weights] = [0, 0, 0].map(() => new Float32Array(TOGETHER * frequencies)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (const [i, { image, weights: own }] of images.entries()) {
    re.set(image.subarray(0, frequencies), i * frequencies);
    im.set(image.subarray(frequencies), i * frequencies);
    weights.set(own, i * frequencies);
  }
  const dims = [TOGETHER, 1, frequencies];
  return {
    re: floats(re, dims),
    im: floats(im, dims),
    weights: floats(weights, [TOGETHER, frequencies]),
  };
}
