import { frequency } from "../array/fft.js";
import { type Layout, layout } from "../array/fft-layout.js";
import { centre, type Image } from "../array/image.js";
import { canvasWasm } from "../array/wasm.generated.js";
import { instantiate, PlannedMemory } from "../array/wasm-memory.js";
import type { CanvasKernels } from "./canvas-kernels.js";
import { ctfPhase } from "./ctf.js";
import type { CtfFilter } from "./ctf-filter.js";
import type { Footprint } from "./footprint.js";
import { samplesAlong } from "./ice.js";
import type { Imaged, MicrographInputs } from "./micrograph-inputs.js";
import { nearestInside, supportWindow } from "./placement.js";
import { projectMany } from "./project-many.js";
import { fitsSlicer } from "./slice-wasm.js";

/** Canvases beyond this go the plain way. */
const MOST_PIXELS = 2 ** 28;
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

/** A particle on the canvas. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly footprint: Footprint;
}

/** Addresses of the arrays of one micrograph. */
interface Places extends Layout {
  readonly canvas: number;
  readonly counts: number;
  readonly image: number;
  readonly inside: number;
  readonly window: number;
  readonly tables: number;
  readonly spectrum: number;
  readonly work: number;
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
    const p = this.places(inputs, shape);
    const { buffer } = this.memory;
    new Uint8Array(buffer, p.canvas, p.image - p.canvas).fill(0);
    const spots = this.place(inputs, shape, p);
    const placed = spots.map((spot) => this.describe(spot, inputs.shape, shape, p));
    if (inputs.ice) this.multiplyIce(inputs.ice, inputs.shape, shape, p);
    this.filter(filter, shape, inputs.shape[0], p);
    return { clean: this.frame(inputs.shape, shape, p), mask: this.mask(inputs.shape, shape, p), placed };
  }

  private places(
    { projectors, ice, shape: [frameRows, frameColumns] }: MicrographInputs,
    [rows, columns]: readonly [number, number],
  ): Places {
    const { memory } = this;
    const workBytes = Math.max(memory.plan(rows).workBytes, memory.plan(columns).workBytes);
    const spectrumLayout = layout([1, rows, columns]);
    const largest = Math.max(1, ...projectors.map(({ box }) => box));
    const round = (bytes: number): number => 64 * Math.ceil(bytes / 64) + 64;
    const canvas = memory.free;
    const counts = canvas + round(4 * columns * 8 * Math.ceil(rows / 8));
    const image = counts + round(rows * columns);
    const inside = image + round(4 * largest * largest);
    const window = inside + round(largest * largest);
    const tables = window + round(4 * largest * largest);
    // of the ice: its pixels, a line between two of its rows, three tables of the canvas's columns; or the CTF's tables
    const iceBytes = ice ? 4 * (ice.data.length + ice.shape[1] + 3 * columns) : 0;
    const ctfBytes = 64 + 12 * rows + 16 * spectrumLayout.blocks;
    const spectrum = 4096 * Math.ceil((tables + round(Math.max(iceBytes, ctfBytes))) / 4096);
    const blockBytes = spectrumLayout.blocks * spectrumLayout.blockBytes;
    const work = spectrum + Math.max(round(blockBytes), round(4 * frameRows * frameColumns));
    memory.reserve(work + 32 * columns + 128 + workBytes + 256);
    return { ...spectrumLayout, canvas, counts, image, inside, window, tables, spectrum, work };
  }

  /** Adds every particle to the canvas and its footprint to the counts; in the order of the particles. */
  private place(
    { particles, projectors }: MicrographInputs,
    [rows, columns]: readonly [number, number],
    p: Places,
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
      projectMany(projector, poses, (i, image, footprint) => {
        const { index, x, y } = own[i]!;
        spots[index] = { x, y, footprint };
        floats.set(image, p.image / 4);
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
        this.onCounts(spots[index]!, [rows, columns], p, (inside, counts, height, width) => {
          kernels.addCounts(inside, box, counts, columns, height, width);
        });
      });
    }
    return spots;
  }

  /** Calls back for each part of a footprint that lies in one piece on the canvas, within `end` if given. */
  private onCounts(
    { x, y, footprint: { box, inside } }: Spot,
    [rows, columns]: readonly [number, number],
    p: Places,
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
    p: Places,
  ): Imaged["placed"][number] {
    const { box } = spot.footprint;
    let total = 0;
    let shared = 0;
    let visible = 0;
    const count = (inside: number, counts: number, height: number, width: number, level: number): number =>
      this.kernels.countAbove(inside, box, counts, canvas[1], height, width, level);
    this.onCounts(spot, canvas, p, (inside, counts, height, width) => {
      total += count(inside, counts, height, width, 0);
      shared += count(inside, counts, height, width, 1);
    });
    const addVisible = (inside: number, counts: number, height: number, width: number): void => {
      visible += count(inside, counts, height, width, 0);
    };
    this.onCounts(spot, canvas, p, addVisible, frame);
    const fraction = (part: number): number => (total === 0 ? 0 : part / total);
    return { x: spot.x, y: spot.y, visible: fraction(visible), overlap: fraction(shared) };
  }

  private multiplyIce(
    ice: Image,
    frame: readonly [number, number],
    [rows, columns]: readonly [number, number],
    p: Places,
  ): void {
    const [height, width] = ice.shape;
    const { floats, words } = this.memory.views;
    const down = samplesAlong(height, frame[0]);
    const across = samplesAlong(width, frame[1]);
    const line = p.tables + 4 * ice.data.length;
    const first = line + 4 * width;
    const second = first + 4 * columns;
    const fractions = second + 4 * columns;
    floats.set(ice.data, p.tables / 4);
    const fromColumn = nearestInside(columns, frame[1]);
    for (let x = 0; x < columns; x++) {
      const column = fromColumn[x]!;
      words[first / 4 + x] = line + 4 * across.index[column]!;
      words[second / 4 + x] = line + 4 * across.next[column]!;
      floats[fractions / 4 + x] = across.fraction[column]!;
    }
    for (const [y, row] of nearestInside(rows, frame[0]).entries()) {
      this.kernels.multiplyIceRow(
        ...([p.canvas + 4 * y * columns, columns, p.tables + 4 * width * down.index[row]!] as const),
        ...([p.tables + 4 * width * down.next[row]!, down.fraction[row]!, width] as const),
        ...([line, first, second, fractions] as const),
      );
    }
  }

  /** Multiplies the canvas by the CTF; of the result the first `frameRows` rows are made. */
  private filter(
    filter: CtfFilter & { readonly highest: number },
    [rows, columns]: readonly [number, number],
    frameRows: number,
    p: Places,
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
    const columnPlan = this.memory.plan(columns).address;
    const rowPlan = this.memory.plan(rows).address;
    const padded = 8 * Math.ceil(rows / 8);
    this.kernels.forwardRows(columnPlan, p.canvas, columns, padded, p.spectrum, p.blockBytes, p.work);
    this.kernels.filterColumns(
      ...([rowPlan, p.spectrum, used, p.blockBytes, rows, p.work] as const),
      ...([p.tables, p.tables + 64, rowWeights, columnWeights] as const),
    );
    new Uint8Array(buffer, p.spectrum + used * p.blockBytes, (p.blocks - used) * p.blockBytes).fill(0);
    const scale = 1 / (rows * columns);
    this.kernels.inverseRows(
      ...([columnPlan, p.spectrum, p.blockBytes, frameRows, p.canvas, columns, scale, p.work] as const),
    );
  }

  private frame(
    [rows, columns]: readonly [number, number],
    [, width]: readonly [number, number],
    p: Places,
  ): Image {
    const { floats } = this.memory.views;
    const data = new Float32Array(rows * columns);
    for (let y = 0; y < rows; y++) {
      const from = p.canvas / 4 + y * width;
      data.set(floats.subarray(from, from + columns), y * columns);
    }
    return { data, shape: [rows, columns] };
  }

  private mask(
    [rows, columns]: readonly [number, number],
    [, width]: readonly [number, number],
    p: Places,
  ): Image {
    for (let y = 0; y < rows; y++) {
      this.kernels.maskRow(p.counts + y * width, p.spectrum + 4 * y * columns, columns);
    }
    const from = p.spectrum / 4;
    return { data: this.memory.views.floats.slice(from, from + rows * columns), shape: [rows, columns] };
  }
}
