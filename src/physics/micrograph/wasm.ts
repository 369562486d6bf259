import { centre, type Image } from "../../array/image.js";
import { frequency } from "../../array/spectrum/half.js";
import { canvasWasm } from "../../array/wasm.generated.js";
import { instantiate, PlannedMemory } from "../../array/wasm-memory.js";
import { ctfPhase } from "../optics/ctf.js";
import type { CtfFilter } from "../optics/ctf-filter.js";
import { projectMany } from "../projection/project-many.js";
import { fitsSlicer } from "../projection/slice-wasm.js";
import { supportWindow } from "../specimen/placement.js";
import { iceMultiplier } from "./canvas-ice.js";
import type { CanvasKernels } from "./canvas-kernels.js";
import { type CanvasLayout, layOutCanvas } from "./canvas-layout.js";
import { placeContaminants } from "./contaminants.js";
import type { Imaged, MicrographInputs } from "./inputs.js";

/** Canvases beyond this go the plain way. */
const MOST_PIXELS = 2 ** 28;
/** Rows that the kernels transform at a time. */
const LINES = 8;
/** An instance that has grown beyond this is let go after use, as WebAssembly memory never shrinks. */
const KEPT_BYTES = 3 * 2 ** 28;

let engine: Canvas | undefined;

/** Whether imageFast makes a micrograph: every particle at depth 0, a coherent beam, sizes that WebAssembly holds. */
export const fitsCanvas = (
  { particles, projectors, coherence }: MicrographInputs,
  [rows, columns]: readonly [number, number],
): boolean =>
  !(coherence?.focalSpread || coherence?.convergence) &&
  particles.every(({ depth }) => depth === 0) &&
  projectors.every(({ cube }) => fitsSlicer(cube)) &&
  rows * columns <= MOST_PIXELS;

/** As the plain way of simulateMicrograph, to 1e-5 of the strongest pixel, in a fraction of the time. */
export function imageFast(
  inputs: MicrographInputs,
  filter: CtfFilter & { readonly highest: number },
  canvas: readonly [rows: number, columns: number],
): Imaged {
  engine ??= new Canvas();
  const made = engine.make(inputs, filter, canvas);
  if (engine.bytes > KEPT_BYTES) engine = undefined;
  return made;
}

/** Part of an axis of a box and where it lies on a periodic canvas. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** The pixels `first` to `last` of a box with its centre at `at`: one run, or two where they pass the canvas's end. */
function segments(at: number, box: number, first: number, last: number, n: number): Segment[] {
  const start = (((at - centre(box) + first) % n) + n) % n;
  const length = last - first + 1;
  const before = Math.min(length, n - start);
  const one = { from: first, to: start, length: before };
  return before === length ? [one] : [one, { from: first + before, to: 0, length: length - before }];
}

/** A particle on the canvas: its box, 1 in the `total` pixels that it covers. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly box: number;
  readonly inside: Uint8Array;
  readonly total: number;
}

/** One WebAssembly instance (kernels/canvas.as.ts) with the arrays of one micrograph at a time. */
class Canvas {
  private readonly kernels = instantiate<CanvasKernels>(canvasWasm);
  private readonly memory = new PlannedMemory(this.kernels.memory);

  get bytes(): number {
    return this.memory.bytes;
  }

  make(
    inputs: MicrographInputs,
    filter: CtfFilter & { readonly highest: number },
    shape: readonly [rows: number, columns: number],
  ): Imaged {
    const p = layOutCanvas(this.memory, inputs, shape);
    const { buffer } = this.memory;
    new Uint8Array(buffer, p.canvas, p.image - p.canvas).fill(0);
    const spots = this.place(inputs, shape, p);
    const pixels = new Float32Array(buffer, p.canvas, shape[0] * shape[1]);
    placeContaminants({ data: pixels, shape }, inputs);
    const placed = spots.map((spot) => this.describe(spot, inputs.shape, shape, p));
    this.forward(inputs, shape, p);
    this.filterColumns(filter, shape, p);
    return { clean: this.inverse(inputs.shape, shape, p), mask: this.mask(inputs.shape, shape, p), placed };
  }

  /** Adds every particle to the canvas and its footprint to the counts; in the order of the particles. */
  private place(
    { particles, projectors }: MicrographInputs,
    [rows, columns]: readonly [number, number],
    p: CanvasLayout,
  ): Spot[] {
    const spots = new Array<Spot>(particles.length);
    const { kernels } = this;
    const floats = new Float32Array(this.memory.buffer);
    for (const [structure, projector] of projectors.entries()) {
      const { box } = projector;
      const own = particles.flatMap((particle, index) =>
        particle.structure === structure
          ? [{ index, x: Math.round(particle.x) + 0, y: Math.round(particle.y) + 0, particle }]
          : [],
      );
      const { weight, first, last } = supportWindow(projector);
      floats.set(weight, p.window / 4);
      const poses = own.map(({ x, y, particle }) => ({
        matrix: particle.matrix,
        ...{ shiftX: particle.x - x, shiftY: particle.y - y },
      }));
      projectMany(projector, poses, (i, image, inside, total) => {
        const { index, x, y, particle } = own[i]!;
        const spot = { x, y, box, inside: inside.slice(), total };
        spots[index] = spot;
        const { strength = 1 } = particle;
        floats.set(strength === 1 ? image : image.map((value) => strength * value), p.image / 4);
        for (const v of segments(y, box, first, last, rows)) {
          for (const u of segments(x, box, first, last, columns)) {
            const from = v.from * box + u.from;
            const to = v.to * columns + u.to;
            kernels.addImage(
              ...([p.image + 4 * from, p.window + 4 * from, box, p.canvas + 4 * to, columns] as const),
              ...([v.length, u.length] as const),
            );
          }
        }
        this.onCounts(spot, [rows, columns], p, (inside, counts, height, width) => {
          kernels.addCounts(inside, box, counts, columns, height, width);
        });
      });
    }
    return spots;
  }

  /** Calls back for each part of a footprint that lies in one piece on the canvas, within `end` if given. */
  private onCounts(
    { x, y, box, inside }: Spot,
    [rows, columns]: readonly [number, number],
    p: CanvasLayout,
    visit: (inside: number, counts: number, rows: number, columns: number) => void,
    end: readonly [rows: number, columns: number] = [rows, columns],
  ): void {
    new Uint8Array(this.memory.buffer, p.inside, box * box).set(inside);
    for (const v of segments(y, box, 0, box - 1, rows)) {
      const height = Math.min(v.length, end[0] - v.to);
      for (const u of segments(x, box, 0, box - 1, columns)) {
        const width = Math.min(u.length, end[1] - u.to);
        if (height <= 0 || width <= 0) continue;
        visit(p.inside + v.from * box + u.from, p.counts + v.to * columns + u.to, height, width);
      }
    }
  }

  /** Which fractions of a particle lie inside the frame and under others. */
  private describe(
    spot: Spot,
    frame: readonly [number, number],
    canvas: readonly [number, number],
    p: CanvasLayout,
  ): Imaged["placed"][number] {
    const { x, y, box, total } = spot;
    const count = (level: number, end: readonly [number, number]): number => {
      let found = 0;
      this.onCounts(
        spot,
        canvas,
        p,
        (inside, counts, height, width) => {
          found += this.kernels.countAbove(inside, box, counts, canvas[1], height, width, level);
        },
        end,
      );
      return found;
    };
    const [left, top] = [x - centre(box), y - centre(box)];
    const whole = left >= 0 && top >= 0 && left + box <= frame[1] && top + box <= frame[0];
    const fraction = (part: number): number => (total === 0 ? 0 : part / total);
    return { x, y, visible: fraction(whole ? total : count(0, frame)), overlap: fraction(count(1, canvas)) };
  }

  /** Multiplies the canvas by the ice gradient and transforms its rows, eight at a time: they stay in the cache meanwhile. */
  private forward(
    { ice, shape: frame }: MicrographInputs,
    [rows, columns]: readonly [number, number],
    p: CanvasLayout,
  ): void {
    const plan = this.memory.plan(columns).address;
    const multiply = ice && iceMultiplier(this.kernels, this.memory.views, ice, frame, [rows, columns], p);
    for (let y = 0; y < rows; y += LINES) {
      if (multiply) for (let i = y; i < Math.min(rows, y + LINES); i++) multiply(i);
      const [from, to] = [p.canvas + 4 * y * columns, p.spectrum + 32 * y];
      this.kernels.forwardRows(plan, from, columns, LINES, to, p.blockBytes, p.work);
    }
  }

  /** Transforms the columns, multiplies them by the CTF and transforms them back. */
  private filterColumns(
    filter: CtfFilter & { readonly highest: number },
    [rows, columns]: readonly [number, number],
    p: CanvasLayout,
  ): void {
    const { pixelSize, factor, highest, bFactor = 0 } = filter;
    const { xx, xy, yy, quartic, offset } = ctfPhase(filter);
    const step = 1 / (columns * pixelSize);
    const { buffer, views } = this.memory;
    const turns = [xx, xy, yy, quartic, offset].map((value) => value / (2 * Math.PI));
    new Float64Array(buffer, p.tables, 7).set([...turns, step, highest * highest]);
    const ky = Float64Array.from({ length: rows }, (_, i) => frequency(i, rows) / pixelSize);
    const envelope = (k: number): number => Math.exp((-bFactor * k * k) / 4);
    const rowWeights = p.tables + 64 + 8 * rows;
    const columnWeights = 16 * Math.ceil((rowWeights + 4 * rows) / 16);
    new Float64Array(buffer, p.tables + 64, rows).set(ky);
    views.floats.set(
      ky.map((k) => factor * envelope(k)),
      rowWeights / 4,
    );
    for (let x = 0; x < 4 * p.blocks; x++) views.floats[columnWeights / 4 + x] = envelope(x * step);
    const used = Math.min(p.blocks, (Math.floor(highest / step) >> 2) + 1);
    this.kernels.filterColumns(
      ...([this.memory.plan(rows).address, p.spectrum, used, p.blockBytes, rows, p.work] as const),
      ...([p.tables, p.tables + 64, rowWeights, columnWeights] as const),
    );
    new Uint8Array(buffer, p.spectrum + used * p.blockBytes, (p.blocks - used) * p.blockBytes).fill(0);
  }

  /** The rows and columns of the frame, eight rows at a time. */
  private inverse(
    [rows, columns]: readonly [number, number],
    canvas: readonly [number, number],
    p: CanvasLayout,
  ): Image {
    const { floats } = this.memory.views;
    const [height, width] = canvas;
    const plan = this.memory.plan(width).address;
    const scale = 1 / (height * width);
    const data = new Float32Array(rows * columns);
    for (let y = 0; y < rows; y += LINES) {
      const from = p.spectrum + 32 * y;
      this.kernels.inverseRows(plan, from, p.blockBytes, LINES, p.canvas, width, scale, p.work);
      for (let i = 0; i < Math.min(LINES, rows - y); i++) {
        const from = p.canvas / 4 + i * width;
        data.set(floats.subarray(from, from + columns), (y + i) * columns);
      }
    }
    return { data, shape: [rows, columns] };
  }

  private mask(
    [rows, columns]: readonly [number, number],
    [, width]: readonly [number, number],
    p: CanvasLayout,
  ): Image {
    const row = this.memory.views.floats.subarray(p.canvas / 4, p.canvas / 4 + columns);
    const data = new Float32Array(rows * columns);
    for (let y = 0; y < rows; y++) {
      this.kernels.maskRow(p.counts + y * width, p.canvas, columns);
      data.set(row, y * columns);
    }
    return { data, shape: [rows, columns] };
  }
}
