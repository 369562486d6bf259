import { type Layout, layout } from "../array/fft/layout.js";
import { centre } from "../array/image.js";
import { frequency, halfColumns } from "../array/spectrum/half.js";
import { insertWasm } from "../array/wasm.generated.js";
import { instantiate, type Memory, MOST_BYTES, PlannedMemory } from "../array/wasm-memory.js";
import { ctfPhase } from "../physics/optics/ctf.js";
import { bricksOf, readBricks } from "./bricks.js";
import type { ReconstructionGrid } from "./grid.js";
import { placeSlice, type SlicePlacement } from "./insert-reference.js";
import type { ImageGroup, ParticleView, WeightedSlice } from "./slice.js";
import { emptySums, type FourierSums } from "./sums.js";

/** Functions of kernels/insert.as.ts and of those of fft.as.ts that it passes on. Addresses and counts are whole numbers. */
interface Kernels {
  readonly memory: Memory;
  useVolume(at: number, bricksAcross: number, bricksDown: number, zero: number): void;
  forwardRows(
    ...args: [
      ...[plan: number, stage: number, columns: number, lines: number],
      ...[blocks: number, blockBytes: number, work: number],
    ]
  ): void;
  filterParticle(
    ...args: [
      ...[plan: number, blocks: number, count: number, blockBytes: number, rows: number, work: number],
      ...[optics: number, ky: number, rowWeights: number, columnWeights: number],
      ...[rowPhases: number, columnPhases: number, weights: number, factors: number],
    ]
  ): void;
  useList(at: number, most: number, bricks: number): void;
  clearList(): void;
  listSlice(place: number, rows: number, matrix: number): void;
  addListed(
    ...args: [
      ...[slices: number, sliceBytes: number, blockBytes: number, weights: number],
      ...[rows: number, matrices: number],
    ]
  ): void;
}

/** Whether the sums of a grid fit into WebAssembly memory. */
export const fitsInserter = (grid: ReconstructionGrid): boolean => bricksOf(grid).bytes <= MOST_BYTES;

/**
 * How many slices are added to the volume together. Their bytes limit them, to 300 of 128 x 128 pixels: the more there are, the more
 * samples each brick of the volume serves while it is in the cache. Their number is limited by the bits of a name in
 * kernels/insert.as.ts.
 */
const WAITING_BYTES = 32 * 2 ** 20;
const MOST_WAITING = 1024;

/** Bytes of a worker's memory beside the sums, at most about. */
export const INSERTER_BYTES = 2 * WAITING_BYTES;

/** Where the parts of images of one size lie. */
interface Places extends Layout {
  readonly box: number;
  readonly plan: number;
  /** Of the first of the slices that wait: its blocks, and behind them its weights. */
  readonly slices: number;
  readonly sliceBytes: number;
  readonly weights: number;
  readonly most: number;
  readonly matrices: number;
  readonly stage: number;
  readonly rowWeights: number;
  readonly columnWeights: number;
  readonly rowPhases: number;
  readonly columnPhases: number;
  readonly ky: number;
  readonly optics: number;
  readonly work: number;
}

/** One WebAssembly instance that holds the sums of a grid in bricks, and above them the slices that wait to be added. */
export class Inserter {
  private readonly kernels = instantiate<Kernels>(insertWasm);
  private readonly memory = new PlannedMemory(this.kernels.memory);
  private readonly bricks: number;
  /** Of the images that wait, all of one size, and how many they are. */
  private places: Places | undefined;
  private waiting = 0;
  /** 1 / MTF of a group, address of a plane in the order of the weights. */
  private readonly factors = new WeakMap<ImageGroup, number>();

  constructor(private readonly grid: ReconstructionGrid) {
    const { across, down, bytes } = bricksOf(grid);
    this.bricks = this.memory.allocate(bytes);
    this.kernels.useVolume(this.bricks, across, down, grid.reach + 1);
  }

  /** Adds a particle image: as sliceOfParticle and insertPlain, to a few millionths. */
  addParticle(pixels: Float32Array, group: ImageGroup, view: ParticleView): void {
    const { box } = group;
    const factors = this.factorsOf(group);
    const p = this.placesOf(box);
    const slice = this.nextSlice(p);
    this.writeOptics(p, group, view);
    const { floats } = this.memory.views;
    for (let row = 0; row < box; row += p.stageLines) {
      const lines = Math.min(p.stageLines, box - row);
      floats.set(pixels.subarray(row * box, (row + lines) * box), p.stage / 4);
      this.kernels.forwardRows(p.plan, p.stage, box, lines, slice + 32 * row, p.blockBytes, p.work);
    }
    this.kernels.filterParticle(
      ...([p.plan, slice, p.blocks, p.blockBytes, box, p.work] as const),
      ...([p.optics, p.ky, p.rowWeights, p.columnWeights] as const),
      ...([p.rowPhases, p.columnPhases, slice + p.weights, factors] as const),
    );
    this.list(p, placeSlice(this.grid, group, view.matrix));
  }

  /** Adds a slice that is ready: as insertPlain. */
  addSlice(slice: WeightedSlice, box: number, placement: SlicePlacement): void {
    const p = this.placesOf(box);
    const first = this.nextSlice(p);
    const { floats } = this.memory.views;
    const columns = halfColumns(box);
    for (let row = 0, i = 0; row < box; row++) {
      for (let column = 0; column < columns; column++, i++) {
        const block = column >> 2;
        const lane = column & 3;
        const at = (first + block * p.blockBytes) / 4 + 8 * row + lane;
        floats[at] = slice.data[2 * i]!;
        floats[at + 4] = slice.data[2 * i + 1]!;
        floats[(first + p.weights) / 4 + 4 * (block * box + row) + lane] = slice.weight[i]!;
      }
    }
    this.list(p, placement);
  }

  /** A copy of what was added up. */
  sums(): FourierSums {
    this.addWaiting();
    const sums = emptySums(this.grid);
    const { bytes } = bricksOf(this.grid);
    readBricks(this.memory.views.floats.subarray(this.bricks / 4, (this.bricks + bytes) / 4), sums);
    return sums;
  }

  clear(): void {
    this.waiting = 0;
    if (this.places) this.kernels.clearList();
    const { bytes } = bricksOf(this.grid);
    this.memory.views.floats.fill(0, this.bricks / 4, (this.bricks + bytes) / 4);
  }

  /** Where the next slice goes. */
  private nextSlice(p: Places): number {
    if (this.waiting === p.most) this.addWaiting();
    return p.slices + this.waiting * p.sliceBytes;
  }

  /** Lists the slice that lies where the next one goes. */
  private list({ box, matrices }: Places, { steps, radius }: SlicePlacement): void {
    const matrix = matrices + 64 * this.waiting;
    new Float64Array(this.memory.buffer, matrix, 7).set([...steps, radius]);
    this.kernels.listSlice(this.waiting, box, matrix);
    this.waiting++;
  }

  private addWaiting(): void {
    const p = this.places;
    if (!p || this.waiting === 0) return;
    this.kernels.addListed(p.slices, p.sliceBytes, p.blockBytes, p.weights, p.box, p.matrices);
    this.waiting = 0;
  }

  private writeOptics(
    p: Places,
    { box, pixelSize }: ImageGroup,
    { ctf, shiftX, shiftY, weight = 1 }: ParticleView,
  ): void {
    const turn = 1 / (2 * Math.PI);
    // without a CTF the phase is a quarter of a turn, whose sine is 1
    const { xx, xy, yy, quartic, offset } = ctf ? ctfPhase(ctf) : NO_CTF;
    const step = 1 / (box * pixelSize);
    const optics = new Float64Array(this.memory.buffer, p.optics, 8);
    optics.set([xx * turn, xy * turn, yy * turn, quartic * turn, offset * turn, step, 0, weight]);
    const { floats } = this.memory.views;
    const bFactor = ctf?.bFactor ?? 0;
    const envelope = (k: number): number => (bFactor === 0 ? 1 : Math.exp((-bFactor * k * k) / 4));
    const ky = new Float64Array(this.memory.buffer, p.ky, box);
    for (let row = 0; row < box; row++) {
      ky[row] = frequency(row, box) / pixelSize;
      floats[p.rowWeights / 4 + row] = envelope(ky[row]!);
    }
    for (let column = 0; column < 4 * p.blocks; column++) {
      floats[p.columnWeights / 4 + column] = envelope(column * step);
    }
    this.writePhases(p, box, centre(box) + shiftX, centre(box) + shiftY);
  }

  /** exp(2πi k · shift), turned by a step at a time in 64 bits. */
  private writePhases(p: Places, box: number, x: number, y: number): void {
    const { floats } = this.memory.views;
    const stepX = (2 * Math.PI * x) / box;
    const [cosX, sinX] = [Math.cos(stepX), Math.sin(stepX)];
    for (let column = 0, re = 1, im = 0; column < 4 * p.blocks; column++) {
      const at = p.columnPhases / 4 + 8 * (column >> 2) + (column & 3);
      floats[at] = re;
      floats[at + 4] = im;
      [re, im] = [re * cosX - im * sinX, re * sinX + im * cosX];
    }
    const stepY = (2 * Math.PI * y) / box;
    const [cosY, sinY] = [Math.cos(stepY), Math.sin(stepY)];
    const rows = p.rowPhases / 4;
    for (let ky = 0, re = 1, im = 0; ky <= box >> 1; ky++) {
      const mirror = (box - ky) % box;
      floats[rows + 2 * mirror] = re;
      floats[rows + 2 * mirror + 1] = -im;
      floats[rows + 2 * ky] = re;
      floats[rows + 2 * ky + 1] = im;
      [re, im] = [re * cosY - im * sinY, re * sinY + im * cosY];
    }
  }

  /** 1 / MTF of a group's samples, 0 for none. */
  private factorsOf(group: ImageGroup): number {
    const { box, mtf } = group;
    if (!mtf) return 0;
    const known = this.factors.get(group);
    if (known !== undefined) return known;
    const blocks = Math.ceil(halfColumns(box) / 4);
    // what lies above is moved up
    this.addWaiting();
    this.places = undefined;
    const at = this.memory.allocate(16 * blocks * box);
    const { floats } = this.memory.views;
    for (let column = 0; column < 4 * blocks; column++) {
      for (let row = 0; row < box; row++) {
        const ky = frequency(row, box);
        const kx = column / box;
        floats[at / 4 + 4 * ((column >> 2) * box + row) + (column & 3)] =
          1 / mtf(Math.sqrt(kx * kx + ky * ky));
      }
    }
    this.factors.set(group, at);
    return at;
  }

  private placesOf(box: number): Places {
    if (this.places?.box === box) return this.places;
    this.addWaiting();
    const { address, workBytes } = this.memory.plan(box);
    const shape = layout([1, box, box]);
    let end = this.memory.free;
    const take = (bytes: number): number => {
      const at = end;
      end = 64 * Math.ceil((end + bytes) / 64);
      return at;
    };
    const weights = 64 * Math.ceil((shape.blocks * shape.blockBytes + 256) / 64);
    const sliceBytes = weights + 16 * shape.blocks * box;
    const most = Math.max(1, Math.min(MOST_WAITING, Math.floor(WAITING_BYTES / sliceBytes)));
    const groups = most * shape.blocks * box;
    const { across, down } = bricksOf(this.grid);
    const bricks = across * down * down;
    const places: Places = {
      ...{ ...shape, box, plan: address, sliceBytes, weights, most },
      slices: take(most * sliceBytes),
      matrices: take(64 * most),
      stage: take(4 * box * (shape.stageLines + 8) + 64),
      rowWeights: take(4 * box),
      columnWeights: take(16 * shape.blocks),
      rowPhases: take(8 * box),
      columnPhases: take(32 * shape.blocks),
      ky: take(8 * box),
      optics: take(64),
      work: take(32 * box + 128 + workBytes + 256),
    };
    const list = take(12 * groups + 4 * (bricks + 1));
    this.memory.reserve(end);
    this.kernels.useList(list, groups, bricks);
    this.places = places;
    return places;
  }
}

const NO_CTF = { xx: 0, xy: 0, yy: 0, quartic: 0, offset: Math.PI / 2 };
