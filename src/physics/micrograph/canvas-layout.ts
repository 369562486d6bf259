import { type Layout, layout } from "../../array/fft/layout.js";
import type { PlannedMemory } from "../../array/wasm-memory.js";
import type { MicrographInputs } from "./inputs.js";

/** Addresses of the arrays of one micrograph in WebAssembly memory, and how its spectrum lies there. */
export interface CanvasLayout extends Layout {
  readonly canvas: number;
  /** How many particles cover each pixel of the canvas. */
  readonly counts: number;
  /** A box: its image, its footprint, its window. */
  readonly image: number;
  readonly inside: number;
  readonly window: number;
  /** First those of the ice, then those of the CTF. */
  readonly tables: number;
  readonly spectrum: number;
  readonly work: number;
}

const round = (bytes: number): number => 64 * Math.ceil(bytes / 64) + 64;

/** Reserves the memory of a micrograph above what stays there. */
export function layOutCanvas(
  memory: PlannedMemory,
  { projectors, ice }: MicrographInputs,
  [rows, columns]: readonly [rows: number, columns: number],
): CanvasLayout {
  const workBytes = Math.max(memory.plan(rows).workBytes, memory.plan(columns).workBytes);
  const spectrumLayout = layout([1, rows, columns]);
  const largest = Math.max(1, ...projectors.map(({ box }) => box));
  const canvas = memory.free;
  const counts = canvas + round(4 * columns * 8 * Math.ceil(rows / 8));
  const image = counts + round(rows * columns);
  const inside = image + round(4 * largest * largest);
  const window = inside + round(largest * largest);
  const tables = window + round(4 * largest * largest);
  // of the ice: its pixels, two of its rows as wide as the canvas, three tables of the canvas's columns
  const iceBytes = ice ? 4 * (ice.data.length + 5 * columns) : 0;
  const ctfBytes = 64 + 12 * rows + 16 * spectrumLayout.blocks;
  const spectrum = 4096 * Math.ceil((tables + round(Math.max(iceBytes, ctfBytes))) / 4096);
  const work = spectrum + round(spectrumLayout.blocks * spectrumLayout.blockBytes);
  memory.reserve(work + 32 * columns + 128 + workBytes + 256);
  return { ...spectrumLayout, canvas, counts, image, inside, window, tables, spectrum, work };
}
