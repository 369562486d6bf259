import { type Heap, type PlanAddress, writePlan } from "./fft/plan.js";

/** The part of WebAssembly used here: TypeScript declares it only together with a browser's whole document model. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** Memory of an instance, as WebAssembly hands it out. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Most bytes of a kernel's data. WebAssembly addresses 4 GiB; the rest is for plans and what a kernel works with. */
export const MOST_BYTES = 3.5 * 2 ** 30;

const compiled = new Map<string, object>();

/** A new instance of a module of wasm.generated.ts: its exports. Compiled once. */
export function instantiate<Kernels>(base64: string): Kernels {
  let module = compiled.get(base64);
  if (!module) {
    module = new WebAssembly.Module(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
    compiled.set(base64, module);
  }
  return new WebAssembly.Instance(module).exports as Kernels;
}

/** Memory of an instance with what stays in it at the bottom (plans of transforms, tables) and above it room for the moment. */
export class PlannedMemory {
  private top = 1024;
  private readonly plans = new Map<number, PlanAddress>();
  /** To be asked for again after anything that reserves memory. */
  views: Heap;

  constructor(private readonly memory: Memory) {
    this.views = viewsOf(memory);
  }

  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  /** The first address above what stays. */
  get free(): number {
    return 4096 * Math.ceil(this.top / 4096);
  }

  /** Reserves bytes that stay; a multiple of 64. */
  allocate(bytes: number): number {
    const address = this.top;
    this.top = 64 * Math.ceil((address + bytes) / 64);
    this.reserve(this.top);
    return address;
  }

  /** The plan of transforms of length n, which stays. */
  plan(n: number): PlanAddress {
    let plan = this.plans.get(n);
    if (!plan) {
      plan = writePlan(
        n,
        (bytes) => this.allocate(bytes),
        () => this.views,
      );
      this.plans.set(n, plan);
    }
    return plan;
  }

  /** Makes the memory reach to an address. */
  reserve(end: number): void {
    const missing = end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    this.memory.grow(Math.ceil(missing / 65_536));
    this.views = viewsOf(this.memory);
  }
}

const viewsOf = (memory: Memory): Heap => ({
  floats: new Float32Array(memory.buffer),
  words: new Uint32Array(memory.buffer),
});
