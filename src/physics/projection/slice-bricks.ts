import type { SpectrumCube } from "./spectrum-cube.js";

/** Cells along an edge of a brick, corners along it, and 16-bit words of a brick with its unit: see kernels/slice.as.ts. */
const CELLS = 8;
const CORNERS = CELLS + 1;
const BRICK_WORDS = 2 * CORNERS ** 3 + 2;
/** The largest sample of a brick. */
const LARGEST = 32_767;

/** Bricks of a cube along x and along y and z, and their bytes. */
export function gridOf({ reach }: SpectrumCube): {
  readonly across: number;
  readonly down: number;
  readonly bytes: number;
} {
  const across = Math.ceil((reach + 1) / CELLS);
  const down = Math.ceil((2 * reach + 2) / CELLS);
  return { across, down, bytes: 2 * across * down * down * BRICK_WORDS };
}

/**
 * Copies a cube into bricks; what lies beyond it is 0. Each brick has a unit of its own, so that its largest sample is the
 * largest 16-bit integer: samples are off by at most a 65,000th of that.
 */
export function fillBricks(buffer: ArrayBuffer, at: number, cube: SpectrumCube): void {
  const { data, reach } = cube;
  const { across, down, bytes } = gridOf(cube);
  const width = reach + 2;
  const side = 2 * reach + 3;
  const bricks = new Int16Array(buffer, at, bytes / 2);
  const units = new Float32Array(buffer, at, bytes / 4);
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
        const within = z < side && y < side ? count : 0;
        for (let i = 0; i < within; i++) {
          const value = data[from + i]!;
          samples[to + i] = value;
          const size = value < 0 ? -value : value;
          if (size > largest) largest = size;
        }
        for (let i = within; i < 2 * CORNERS; i++) samples[to + i] = 0;
      }
    }
    const start = brick * BRICK_WORDS;
    const scale = largest > 0 ? LARGEST / largest : 0;
    // rounds: what is positive is cut off to a whole number
    for (let i = 0; i < samples.length; i++) {
      bricks[start + i] = ((samples[i]! * scale + (LARGEST + 0.5)) | 0) - LARGEST;
    }
    units[(start + samples.length) / 2] = largest / LARGEST;
  }
}
