import { type Layout, layout } from "../../array/fft/layout.js";
import { sliceWasm } from "../../array/wasm.generated.js";
import { instantiate, type Memory, PlannedMemory } from "../../array/wasm-memory.js";
import { fillBricks, gridOf } from "./slice-bricks.js";
import { highestStep, type SliceRequest } from "./slice-reference.js";
import type { SpectrumCube } from "./spectrum-cube.js";

/** Functions of kernels/slice.as.ts and those of fft.as.ts that it passes on. Addresses and counts are whole numbers. */
export interface SliceKernels {
  readonly memory: Memory;
  useBricks(at: number, across: number, down: number, zero: number): void;
  orderTiles(
    ...args: [
      ...[poses: number, poseCount: number, tiles: number, tileCount: number],
      ...[keys: number, counts: number, keyCount: number, order: number],
    ]
  ): void;
  sliceTiles(
    ...args: [
      ...[order: number, count: number, poses: number, tiles: number, tileCount: number, keys: number],
      ...[box: number, highest: number, radius: number, blockBytes: number],
    ]
  ): void;
  weighted(
    ...args: [
      ...[from: number, to: number, blocks: number, blockBytes: number, rows: number],
      ...[rowWeights: number, columnWeights: number],
    ]
  ): void;
  threshold(image: number, pixels: number, level: number, inside: number): number;
  transformGroups(
    ...args: [plan: number, at: number, count: number, groupBytes: number, stride: number, work: number]
  ): void;
  toSpectrum(blocks: number, blockBytes: number, half: number, rows: number, to: number): void;
  inverseRows(
    ...args: [
      ...[plan: number, blocks: number, blockBytes: number, lines: number, stage: number],
      ...[columns: number, scale: number, work: number],
    ]
  ): void;
}

/** Cubes beyond this are sliced where they are. */
const MOST_BYTES = 2 ** 30;
/** As kernels/slice.as.ts has them. */
const TILE = 4;
const POSE_BYTES = 64;

/** A cube's copy in WebAssembly memory lives as long as the cube. */
const slicers = new WeakMap<Float32Array, Slicer>();

/** Whether a cube is sliced by WebAssembly. */
export const fitsSlicer = (cube: SpectrumCube): boolean => cube.data.byteLength <= MOST_BYTES;

/** The slicer of a cube. */
export function slicerOf(cube: SpectrumCube): Slicer {
  let slicer = slicers.get(cube.data);
  if (!slicer) {
    slicer = new Slicer(cube);
    slicers.set(cube.data, slicer);
  }
  return slicer;
}

/** As slicePlain to a few 100,000ths of the largest sample nearby, several times faster. */
export const sliceFast = (cube: SpectrumCube, request: SliceRequest): Float32Array =>
  slicerOf(cube).slice(request);

/** Where the slices of a call lie; what is above is free. */
export interface Slices extends Layout {
  /** The first; one lies `sliceBytes` after the other. */
  readonly at: number;
  readonly sliceBytes: number;
  readonly end: number;
}

/** One WebAssembly instance with a cube in bricks (see kernels/slice.as.ts) and above them the slices of the moment. */
export class Slicer {
  readonly kernels: SliceKernels;
  readonly memory: PlannedMemory;
  /** Bricks, in the groups of 64 by which tiles are ordered. */
  private readonly keys: number;

  constructor(cube: SpectrumCube) {
    this.kernels = instantiate<SliceKernels>(sliceWasm);
    this.memory = new PlannedMemory(this.kernels.memory);
    const { across, down, bytes } = gridOf(cube);
    const bricks = this.memory.allocate(bytes);
    fillBricks(this.memory.buffer, bricks, cube);
    this.kernels.useBricks(bricks, across, down, cube.reach + 1);
    this.keys = 64 * Math.ceil(across / 4) * Math.ceil(down / 4) ** 2;
  }

  /** One slice as a half spectrum. */
  slice(request: SliceRequest): Float32Array {
    const { box } = request;
    const { at, half, blockBytes, end } = this.fill([request]);
    this.memory.reserve(end + 8 * half * box + 64);
    this.kernels.toSpectrum(at, blockBytes, half, box, end);
    return this.memory.views.floats.slice(end / 4, end / 4 + 2 * half * box);
  }

  /** Slices of one box and radius, as the inverse transform takes them. They are there until the next call. */
  fill(requests: readonly SliceRequest[]): Slices {
    const { box, radius } = requests[0]!;
    // plans stay: they must be there before slices take the room above them
    this.memory.plan(box);
    const shape = layout([1, box, box]);
    const sliceBytes = shape.blocks * shape.blockBytes;
    const tiles = tilesWithin(box, radius);
    const count = requests.length * (tiles.length / 2);
    const phaseBytes = 32 * shape.blocks + 8 * Math.ceil(box / 2) * 2;
    const at = this.memory.free;
    const poses = at + requests.length * sliceBytes + 64;
    const phases = poses + requests.length * POSE_BYTES;
    const tilesAt = phases + requests.length * phaseBytes;
    const order = tilesAt + 4 * tiles.length;
    const keys = order + 4 * count;
    const counts = keys + 4 * count;
    const end = 64 * Math.ceil((counts + 4 * (this.keys + 1)) / 64);
    this.memory.reserve(end);
    const { floats, words } = this.memory.views;
    floats.fill(0, at / 4, poses / 4);
    new Int32Array(words.buffer, tilesAt, tiles.length).set(tiles);
    for (const [i, request] of requests.entries()) {
      const phase = phases + i * phaseBytes;
      const pose = poses + i * POSE_BYTES;
      new Float64Array(words.buffer, pose, 6).set(request.matrix.slice(0, 6));
      words.set([at + i * sliceBytes, phase, phase + 32 * shape.blocks], pose / 4 + 12);
      writeColumnPhases(floats, phase / 4, request.columnPhases);
      floats.set(request.rowPhases, phase / 4 + 8 * shape.blocks);
    }
    const tileCount = tiles.length / 2;
    const inOrder = requests.length > 1;
    if (inOrder) {
      this.kernels.orderTiles(poses, requests.length, tilesAt, tileCount, keys, counts, this.keys + 1, order);
    } else for (let i = 0; i < count; i++) words[order / 4 + i] = i;
    this.kernels.sliceTiles(
      ...([order, count, poses, tilesAt, tileCount, inOrder ? keys : 0] as const),
      ...([box, highestStep(box), radius, shape.blockBytes] as const),
    );
    return { ...shape, at, sliceBytes, end };
  }
}

const tileLists = new Map<string, Int32Array>();

/** First ky and kx of every tile that reaches into the radius. */
function tilesWithin(box: number, radius: number): Int32Array {
  const known = tileLists.get(`${box} ${radius}`);
  if (known) return known;
  const highest = highestStep(box);
  const tiles: number[] = [];
  for (let ky = -highest; ky <= highest; ky += TILE) {
    const nearest = ky > 0 ? ky : Math.min(0, ky + TILE - 1);
    for (let kx = 0; kx <= highest; kx += TILE) {
      if (kx * kx + nearest * nearest <= radius * radius) tiles.push(ky, kx);
    }
  }
  if (tileLists.size >= 16) tileLists.clear();
  const list = Int32Array.from(tiles);
  tileLists.set(`${box} ${radius}`, list);
  return list;
}

/** Four real, then four imaginary parts for each block of columns. */
function writeColumnPhases(floats: Float32Array, to: number, phases: Float32Array): void {
  for (let column = 0; 2 * column < phases.length; column++) {
    const place = to + 8 * (column >> 2) + (column & 3);
    floats[place] = phases[2 * column]!;
    floats[place + 4] = phases[2 * column + 1]!;
  }
}
