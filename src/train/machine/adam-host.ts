import { adamWasm } from "../../array/wasm.generated.js";
import { UsageError } from "../../core/errors.js";
import type { HostTensor } from "../../core/ports.js";
import { sizeOf, unshaped, type Value } from "../../tensor/index.js";
import { averageName, gradientName, momentNames } from "../state.js";
import type { Update } from "../update.js";

/** The part of WebAssembly used here: TypeScript declares it only together with a browser's whole document model. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  adam(
    ...args: [
      ...[parameter: number, first: number, second: number, gradient: number, count: number],
      ...[stepSize: number, stepEpsilon: number, beta1: number, beta2: number],
      share: number,
    ]
  ): void;
  length(values: number, count: number): number;
  rootSum(values: number, count: number): number;
  average(average: number, parameter: number, count: number, decay: number): void;
}

const PAGE = 65_536;
const MOST_BYTES = 2 ** 32 - PAGE;
/** Arrays begin at multiples of this, and a few unused numbers may follow them. */
const ALIGNMENT = 64;

/**
 * Updates made on the host: a graph leaves the gradients in this memory, and one pass over it does what takes a graph
 * ten operations and 24 passes. Also, parameters are replaced where they lie.
 */
export class HostAdam {
  /** Parameters, moments, averages, and gradients as `gradientName` names them: views of one memory. */
  readonly tensors: Readonly<Record<string, HostTensor>>;
  private readonly kernels: Kernels;

  /** Whether so many numbers can be held. */
  static fits(updates: readonly Update[]): boolean {
    return bytesOf(updates) + PAGE < MOST_BYTES;
  }

  constructor(private readonly updates: readonly Update[]) {
    const module = new WebAssembly.Module(Uint8Array.from(atob(adamWasm), (c) => c.charCodeAt(0)));
    this.kernels = new WebAssembly.Instance(module).exports as Kernels;
    this.kernels.memory.grow(Math.ceil(bytesOf(updates) / PAGE));
    const { buffer } = this.kernels.memory;
    const tensors: Record<string, HostTensor> = {};
    let at = PAGE;
    for (const update of updates) {
      const { shape } = update.gradient.type;
      for (const name of arraysOf(update)) {
        const isGradient = name === gradientName(update.parameter);
        const dims = isGradient ? unshaped(update.gradient).type.shape : shape;
        tensors[name] = { dtype: "float32", dims, data: new Float32Array(buffer, at, sizeOf(shape)) };
        at += arrayBytes(update);
      }
    }
    this.tensors = tensors;
  }

  /** Moves the state on by the gradients that lie in memory. @param feeds of the step: Adam's scalars, the decay */
  run(feeds: Readonly<Record<string, HostTensor>>): void {
    const fed = (value: Value): number => {
      const { name } = (value as Value<"input">).attrs;
      const number = feeds[name]?.data[0];
      if (number === undefined) throw new UsageError(`training step: found no input '${name}'`);
      return number;
    };
    for (const update of this.updates) {
      const { parameter, scalars, beta1, beta2, decay } = update;
      const [p, m, v] = [parameter, ...momentNames(parameter)].map((name) => this.address(name));
      const g = this.address(gradientName(parameter));
      const count = arrayBytes(update) / 4;
      const [stepSize, stepEpsilon] = [fed(scalars.stepSize), fed(scalars.stepEpsilon)];
      const { limit } = scalars;
      const share = limit ? this.taken(g, v!, count, fed(limit.ratio), fed(limit.free)) : 1;
      this.kernels.adam(p!, m!, v!, g, count, stepSize, stepEpsilon, beta1, beta2, share);
      if (decay) this.kernels.average(this.address(averageName(parameter)), p!, count, fed(decay));
    }
  }

  /** What is taken of a gradient: see `limited` in adam.ts. */
  private taken(gradient: number, second: number, count: number, ratio: number, free: number): number {
    const length = this.kernels.length(gradient, count);
    if (length === 0) return 1;
    return Math.min(1, (ratio * this.kernels.rootSum(second, count) + free) / length);
  }

  private address(name: string): number {
    return this.tensors[name]!.data.byteOffset;
  }
}

const arraysOf = ({ parameter, decay }: Update): readonly string[] => {
  const names = [parameter, ...momentNames(parameter), gradientName(parameter)];
  return decay ? [...names, averageName(parameter)] : names;
};

const arrayBytes = ({ gradient }: Update): number =>
  Math.ceil((4 * sizeOf(gradient.type.shape)) / ALIGNMENT) * ALIGNMENT;

const bytesOf = (updates: readonly Update[]): number =>
  updates.reduce((sum, update) => sum + arraysOf(update).length * arrayBytes(update), 0);
