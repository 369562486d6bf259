import { fftWasm } from "../wasm.generated.js";
import { instantiate, type Memory, PlannedMemory } from "../wasm-memory.js";
import { type Layout, layout, type Shape3d } from "./layout.js";

/** Functions of kernels/fft.as.ts. Addresses and counts are whole numbers, strides in bytes. */
interface Kernels {
  readonly memory: Memory;
  forwardRows(
    ...args: [plan: number, stage: number, columns: number, lines: number, ...blocks: Block, work: number]
  ): void;
  transformGroups(
    plan: number,
    at: number,
    count: number,
    groupBytes: number,
    stride: number,
    work: number,
  ): void;
  linesToStage(...args: [...blocks: Block, half: number, lines: number, stage: number, group: number]): void;
  stageToLines(...args: [stage: number, half: number, lines: number, ...blocks: Block]): void;
  inverseRows(
    ...args: [
      plan: number,
      ...blocks: Block,
      lines: number,
      stage: number,
      columns: number,
      scale: number,
      work: number,
    ]
  ): void;
}
type Block = [at: number, blockBytes: number];

/** Spectra beyond this come from memory rather than from a cache: longer runs of each block are read at a time. */
const CACHE_BYTES = 1 << 24;
/** An instance that has grown beyond this is let go after use, as WebAssembly memory never shrinks. */
const KEPT_BYTES = 3 * 2 ** 28;
let engine: Engine | undefined;

/** Half spectrum of a real array into `out`, unscaled; see fft.ts for the order. */
export function forwardWasm(data: Float32Array, shape: Shape3d, out: Float32Array): void {
  withEngine((e) => e.forward(data, shape, out));
}

/** Real array of a half spectrum into `out`, times `scale`. */
export function inverseWasm(data: Float32Array, shape: Shape3d, scale: number, out: Float32Array): void {
  withEngine((e) => e.inverse(data, shape, scale, out));
}

function withEngine(use: (engine: Engine) => void): void {
  engine ??= new Engine(instantiate<Kernels>(fftWasm));
  use(engine);
  if (engine.bytes > KEPT_BYTES) engine = undefined;
}

/** Where the parts of one transform lie. */
interface Places extends Layout {
  readonly at: number;
  readonly stage: number;
  readonly work: number;
}

/** One WebAssembly instance: plans at the bottom of its memory, above them what the transform of the moment needs. */
class Engine {
  private readonly memory: PlannedMemory;

  constructor(private readonly kernels: Kernels) {
    this.memory = new PlannedMemory(kernels.memory);
  }

  get bytes(): number {
    return this.memory.bytes;
  }

  forward(data: Float32Array, shape: Shape3d, out: Float32Array): void {
    const [sections, rows, columns] = shape;
    const plan = this.memory.plan(columns);
    const p = this.places(shape);
    const { floats } = this.memory.views;
    this.stripes(p, sections, rows, (line, lines, at) => {
      this.stage(p, data.subarray(line * columns, (line + lines) * columns), columns);
      this.kernels.forwardRows(plan.address, p.stage, columns, lines, at, p.blockBytes, p.work);
    });
    this.otherAxes(p, sections, rows);
    const group = p.bytes < CACHE_BYTES ? 8 : 16;
    this.stripes(p, sections, rows, (line, lines, at) => {
      this.kernels.linesToStage(at, p.blockBytes, p.half, lines, p.stage, group);
      const from = p.stage / 4;
      out.set(floats.subarray(from, from + 2 * p.half * lines), 2 * p.half * line);
    });
  }

  inverse(data: Float32Array, shape: Shape3d, scale: number, out: Float32Array): void {
    const [sections, rows, columns] = shape;
    const plan = this.memory.plan(columns);
    const p = this.places(shape);
    const { floats } = this.memory.views;
    this.stripes(p, sections, rows, (line, lines, at) => {
      const staged = this.stage(p, data.subarray(2 * p.half * line, 2 * p.half * (line + lines)), 2 * p.half);
      this.kernels.stageToLines(p.stage, p.half, staged, at, p.blockBytes);
    });
    this.otherAxes(p, sections, rows);
    this.stripes(p, sections, rows, (line, lines, at) => {
      this.kernels.inverseRows(plan.address, at, p.blockBytes, lines, p.stage, columns, scale, p.work);
      const from = p.stage / 4;
      out.set(floats.subarray(from, from + columns * lines), columns * line);
    });
  }

  /** Visits all lines in stripes that fit the stage: first line, number of lines, address in block 0. */
  private stripes(
    p: Places,
    sections: number,
    rows: number,
    visit: (line: number, lines: number, at: number) => void,
  ): void {
    for (let z = 0; z < sections; z++) {
      for (let y = 0; y < rows; y += p.stageLines) {
        visit(z * rows + y, Math.min(p.stageLines, rows - y), p.at + 32 * (z * p.sectionLines + y));
      }
    }
  }

  /** Brings lines of `width` floats to the stage, filled up with lines of zeros to a multiple of eight: how many. */
  private stage(p: Places, lines: Float32Array, width: number): number {
    const padded = 8 * Math.ceil(lines.length / width / 8);
    const at = p.stage / 4;
    this.memory.views.floats.set(lines, at);
    this.memory.views.floats.fill(0, at + lines.length, at + padded * width);
    return padded;
  }

  private otherAxes(p: Places, sections: number, rows: number): void {
    const rowPlan = this.memory.plan(rows).address;
    const sectionPlan = this.memory.plan(sections).address;
    const sectionBytes = 32 * p.sectionLines;
    if (sections === 1) {
      this.kernels.transformGroups(rowPlan, p.at, p.blocks, p.blockBytes, 32, p.work);
      return;
    }
    for (let b = 0; b < p.blocks; b++) {
      const at = p.at + b * p.blockBytes;
      this.kernels.transformGroups(rowPlan, at, sections, sectionBytes, 32, p.work);
      this.kernels.transformGroups(sectionPlan, at, rows, 32, sectionBytes, p.work);
    }
  }

  private places(shape: Shape3d): Places {
    const workBytes = Math.max(...shape.map((n) => this.memory.plan(n).workBytes));
    const planned = layout(shape);
    const at = this.memory.free;
    const stage = at + 64 * Math.ceil((planned.blocks * planned.blockBytes) / 64) + 64;
    const work = stage + planned.stageBytes + 64;
    this.memory.reserve(work + 32 * shape[2] + 128 + workBytes + 256);
    return { ...planned, at, stage, work };
  }
}
