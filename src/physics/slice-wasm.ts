import { sliceWasm } from "../array/wasm.generated.js";
import { highestStep, type SliceRequest } from "./slice-reference.js";
import type { SpectrumCube } from "./spectrum-cube.js";

/** The part of WebAssembly used here: TypeScript declares it only together with a browser's whole document model. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  slice(
    ...args: [
      ...[bricks: number, across: number, down: number, middle: number, out: number, box: number],
      ...[highest: number, radius: number],
      ...[ax: number, ay: number, az: number, bx: number, by: number, bz: number],
      ...[columnPhases: number, rowPhases: number],
    ]
  ): void;
}

/** Cubes beyond this are sliced where they are. */
const MOST_BYTES = 2 ** 30;
const PAGE = 65_536;

let compiled: object | undefined;
/** A cube's copy in WebAssembly memory lives as long as the cube. */
const slicers = new WeakMap<Float32Array, Slicer>();

/** Whether a cube is sliced by WebAssembly. */
export const fitsSlicer = (cube: SpectrumCube): boolean => cube.data.byteLength <= MOST_BYTES;

/** As slicePlain to a few 100,000ths of the largest sample nearby, several times faster. */
export function sliceFast(cube: SpectrumCube, request: SliceRequest): Float32Array {
  let slicer = slicers.get(cube.data);
  if (!slicer) {
    slicer = new Slicer(cube);
    slicers.set(cube.data, slicer);
  }
  return slicer.slice(request);
}

/** Cells along an edge of a brick, corners along it, and 16-bit words of a brick with its unit. */
const CELLS = 8;
const CORNERS = CELLS + 1;
const BRICK_WORDS = 2 * CORNERS ** 3 + 2;
/** The largest sample of a brick. */
const LARGEST = 32_767;

/** One WebAssembly instance with a cube in bricks (see kernels/slice.as.ts) and above them what a slice needs. */
class Slicer {
  private readonly kernels: Kernels;
  private readonly reach: number;
  private readonly across: number;
  private readonly down: number;
  private readonly top: number;

  constructor(cube: SpectrumCube) {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(sliceWasm), (c) => c.charCodeAt(0)));
    this.kernels = new WebAssembly.Instance(compiled).exports as Kernels;
    this.reach = cube.reach;
    this.across = Math.ceil((cube.reach + 1) / CELLS);
    this.down = Math.ceil((2 * cube.reach + 2) / CELLS);
    const words = this.across * this.down * this.down * BRICK_WORDS;
    this.top = PAGE + 64 * Math.ceil(words / 32);
    this.reserve(this.top);
    fillBricks(this.kernels.memory.buffer, cube, this.across, this.down);
  }

  slice({ matrix: m, box, radius, columnPhases, rowPhases }: SliceRequest): Float32Array {
    const length = 2 * box * ((box >> 1) + 1);
    const columns = this.top;
    const rows = columns + columnPhases.byteLength;
    const out = rows + rowPhases.byteLength;
    this.reserve(out + 4 * length);
    const { buffer } = this.kernels.memory;
    new Float32Array(buffer, columns, columnPhases.length).set(columnPhases);
    new Float32Array(buffer, rows, rowPhases.length).set(rowPhases);
    const result = new Float32Array(buffer, out, length);
    result.fill(0);
    this.kernels.slice(
      ...([PAGE, this.across, this.down, this.reach + 1, out, box, highestStep(box), radius] as const),
      ...([m[0], m[1], m[2], m[3], m[4], m[5], columns, rows] as const),
    );
    return result.slice();
  }

  private reserve(bytes: number): void {
    const missing = bytes - this.kernels.memory.buffer.byteLength;
    if (missing > 0) this.kernels.memory.grow(Math.ceil(missing / PAGE));
  }
}

/**
 * Copies a cube into bricks; what lies beyond it is 0. Each brick has a unit of its own, so that its largest sample is the
 * largest 16-bit integer: samples are off by at most a 65,000th of that.
 */
function fillBricks(buffer: ArrayBuffer, { data, reach }: SpectrumCube, across: number, down: number): void {
  const width = reach + 2;
  const side = 2 * reach + 3;
  const bricks = new Int16Array(buffer, PAGE, across * down * down * BRICK_WORDS);
  const units = new Float32Array(buffer, PAGE, bricks.length / 2);
  const samples = new Float32Array(2 * CORNERS ** 3);
  for (let brick = 0; brick < across * down * down; brick++) {
    const x = (brick % across) * CELLS;
    const firstRow = (Math.floor(brick / across) % down) * CELLS;
    const firstSection = Math.floor(brick / across / down) * CELLS;
    const count = 2 * Math.min(CORNERS, width - x);
    let largest = 0;
    let to = 0;
    for (let z = firstSection; z < firstSection + CORNERS; z++) {
      for (let y = firstRow; y < firstRow + CORNERS; y++, to += 2 * CORNERS) {
        const from = 2 * ((z * side + y) * width + x);
        const isInside = z < side && y < side;
        for (let i = 0; i < 2 * CORNERS; i++) {
          const value = isInside && i < count ? data[from + i]! : 0;
          samples[to + i] = value;
          largest = Math.max(largest, Math.abs(value));
        }
      }
    }
    const start = brick * BRICK_WORDS;
    const scale = largest > 0 ? LARGEST / largest : 0;
    for (let i = 0; i < samples.length; i++) bricks[start + i] = Math.round(samples[i]! * scale);
    units[(start + samples.length) / 2] = largest / LARGEST;
  }
}
