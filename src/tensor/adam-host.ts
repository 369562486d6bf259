import { adamWasm } from "../array/wasm.generated.js";
import { UsageError } from "../core/errors.js";
import type { HostTensor } from "../core/ports.js";
import type { AdamScalars } from "./adam.js";
import { sizeOf } from "./types.js";
import type { Value } from "./value.js";

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
    ]
  ): void;
  average(average: number, parameter: number, count: number, decay: number): void;
}

/** Adam on a parameter, for which nothing else in a step waits: neither the losses nor other parameters. */
export interface LateUpdate {
  /** State tensor; its moments are `m:<parameter>` and `v:<parameter>`. */
  readonly parameter: string;
  readonly gradient: Value;
  readonly scalars: AdamScalars;
  readonly beta1: number;
  readonly beta2: number;
  /** Its moving average: the state tensor, and the input of shape [1] that is the decay. */
  readonly average?: { readonly name: string; readonly decay: Value };
}

const PAGE = 65_536;
const MOST_BYTES = 2 ** 32 - PAGE;
/** Arrays begin at multiples of this, and a few unused numbers may follow them. */
const ALIGNMENT = 64;

/**
 * Late updates made on the host: the graph leaves the gradients in this memory, and one pass over it does what takes a graph
 * ten operations and 24 passes. Also, parameters are replaced where they lie.
 */
export class HostAdam {
  /** State tensors and gradients by name, views of one memory. */
  readonly state: Readonly<Record<string, HostTensor>>;
  readonly gradients: Readonly<Record<string, HostTensor>>;
  private readonly kernels: Kernels;

  /** Whether so many numbers can be held. */
  static fits(updates: readonly LateUpdate[]): boolean {
    return (
      updates.reduce((sum, update) => sum + arraysOf(update).length * bytesOf(update), PAGE) < MOST_BYTES
    );
  }

  constructor(private readonly updates: readonly LateUpdate[]) {
    const module = new WebAssembly.Module(Uint8Array.from(atob(adamWasm), (c) => c.charCodeAt(0)));
    this.kernels = new WebAssembly.Instance(module).exports as Kernels;
    const bytes = updates.reduce((sum, update) => sum + arraysOf(update).length * bytesOf(update), 0);
    this.kernels.memory.grow(Math.ceil(bytes / PAGE));
    const { buffer } = this.kernels.memory;
    const state: Record<string, HostTensor> = {};
    const gradients: Record<string, HostTensor> = {};
    let at = PAGE;
    for (const update of updates) {
      const { shape } = update.gradient.type;
      for (const name of arraysOf(update)) {
        const data = new Float32Array(buffer, at, sizeOf(shape));
        if (name === gradientName(update)) {
          gradients[name] = { dtype: "float32", dims: unshaped(update.gradient).type.shape, data };
        } else state[name] = { dtype: "float32", dims: shape, data };
        at += bytesOf(update);
      }
    }
    this.state = state;
    this.gradients = gradients;
  }

  /** What a graph has to compute for `step`: the gradients by name, in the shape in which they come about. */
  get outputs(): Readonly<Record<string, Value>> {
    return Object.fromEntries(
      this.updates.map((update) => [gradientName(update), unshaped(update.gradient)]),
    );
  }

  /** Moves the state on by the gradients that lie in memory. @param feeds of the step: Adam's scalars, the decay */
  step(feeds: Readonly<Record<string, HostTensor>>): void {
    const fed = (value: Value): number => {
      const { name } = (value as Value<"input">).attrs;
      const number = feeds[name]?.data[0];
      if (number === undefined) throw new UsageError(`training step: found no input '${name}'`);
      return number;
    };
    for (const update of this.updates) {
      const { parameter, scalars, beta1, beta2, average } = update;
      const [p, m, v] = [parameter, `m:${parameter}`, `v:${parameter}`].map((name) => this.address(name));
      const g = this.gradients[gradientName(update)]!.data.byteOffset;
      const count = bytesOf(update) / 4;
      const [stepSize, stepEpsilon] = [fed(scalars.stepSize), fed(scalars.stepEpsilon)];
      this.kernels.adam(p!, m!, v!, g, count, stepSize, stepEpsilon, beta1, beta2);
      if (average) this.kernels.average(this.address(average.name), p!, count, fed(average.decay));
    }
  }

  private address(name: string): number {
    return this.state[name]!.data.byteOffset;
  }
}

const gradientName = ({ parameter }: LateUpdate): string => `gradient:${parameter}`;

/** What was computed before it was given another shape: as a graph's output a reshape copies. */
export const unshaped = (value: Value): Value =>
  value.op === "reshape" ? unshaped(value.inputs[0]!) : value;

const arraysOf = (update: LateUpdate): readonly string[] => {
  const { parameter, average } = update;
  const names = [parameter, `m:${parameter}`, `v:${parameter}`, gradientName(update)];
  return average ? [...names, average.name] : names;
};

const bytesOf = ({ gradient }: LateUpdate): number =>
  Math.ceil((4 * sizeOf(gradient.type.shape)) / ALIGNMENT) * ALIGNMENT;
