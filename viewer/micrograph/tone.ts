import { gaussianBlur, type Image } from "../../src/index.js";
import type { Window } from "./tiles.js";

/** How values become grey. */
export interface Tone {
  /** Per cent of the pixels that are black, and as many that are white. */
  readonly clip: number;
  readonly gamma: number;
  readonly isInverted: boolean;
}

/** Values of a window in rising order, some of them: percentiles are read from it. */
export type Sorted = Float32Array;

const SAMPLES = 20_000;

/** Standard deviation of the Gaussian whose amplitude at 1/resolution is one half, in units of the resolution. */
const SIGMA = Math.sqrt(2 * Math.LN2) / (2 * Math.PI);
/** A blur narrower than this, in pixels of the level below, is done on a coarser level. */
const WIDEST = 3;

/** The coarsest level that still holds what a low-pass filter at `resolution` angstrom leaves. */
export function levelOfFilter(resolution: number, pixelSize: number, levels: number): number {
  const sigma = (SIGMA * resolution) / pixelSize;
  return Math.min(levels - 1, Math.max(0, Math.floor(Math.log2(sigma / WIDEST)) + 1));
}

/** A window under a Gaussian low-pass filter: half of the amplitude is left at `resolution` angstrom. */
export function filtered(window: Window, resolution: number, pixelSize: number): Window {
  const sigma = (SIGMA * resolution) / (pixelSize * 2 ** window.level);
  const image: Image = { data: window.data, shape: [window.height, window.width] };
  return { ...window, data: gaussianBlur(image, sigma).data };
}

/** Some of the values, evenly taken and sorted. */
export function sorted(values: Float32Array): Sorted {
  const step = Math.max(1, values.length / SAMPLES);
  const out = new Float32Array(Math.floor(values.length / step));
  for (let i = 0; i < out.length; i++) out[i] = values[Math.floor(i * step)]!;
  return out.sort();
}

/** Black and white: the values below and above which `clip` per cent lie. */
export function rangeOf(values: Sorted, clip: number): readonly [black: number, white: number] {
  const at = (share: number): number => values[Math.round(share * (values.length - 1))]!;
  const [black, white] = [at(clip / 100), at(1 - clip / 100)];
  // a mask has two values, and most of its pixels one of them
  if (white > black) return [black, white];
  const [least, most] = [values[0]!, values[values.length - 1]!];
  return most > least ? [least, most] : [least - 0.5, least + 0.5];
}

/** Values of an image, row by row, as a picture. */
export function pictureOf(
  values: Float32Array,
  [rows, columns]: readonly [number, number],
  range: readonly [black: number, white: number],
  tone: Tone,
): ImageData {
  const picture = new ImageData(columns, rows);
  paint(values, range, tone, new Uint32Array(picture.data.buffer));
  return picture;
}

const GREYS = 4096;

/** Draws values as opaque grey pixels. */
export function paint(
  values: Float32Array,
  [black, white]: readonly [number, number],
  tone: Tone,
  out: Uint32Array,
): void {
  const table = new Uint32Array(GREYS);
  for (let i = 0; i < GREYS; i++) {
    const share = (i / (GREYS - 1)) ** tone.gamma;
    const grey = Math.round(255 * (tone.isInverted ? 1 - share : share));
    table[i] = (0xff << 24) | (grey << 16) | (grey << 8) | grey;
  }
  const scale = (GREYS - 1) / (white - black);
  for (let i = 0; i < values.length; i++) {
    const at = (values[i]! - black) * scale + 0.5;
    out[i] = table[at <= 0 ? 0 : at >= GREYS - 1 ? GREYS - 1 : at | 0]!;
  }
}
