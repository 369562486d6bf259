import type { Image } from "./image.js";
import { quantile } from "./statistics.js";

/**
 * Deviations from the median beyond which a pixel of a micrograph is no noise. Of 49 real micrographs (EMPIAR-10146, EMPIAR-10028 and
 * four other sources, dirt and ice crystals among them) one, half of it without any signal, has lone pixels beyond; ten deviations
 * are reached by a pixel or two of EMPIAR-10028.
 */
const FAR = 12;

/** So many pixels tell the median and the deviation. */
const SAMPLED = 100_000;

/** Quantiles one deviation of normal values below and above their median. */
const ONE_DEVIATION = [0.1587, 0.8413] as const;

/** Share of a row or column that has one value, from which on it is blank. */
const BLANK = 0.9;

/** Share of the rows, or of the columns, that may be blank: of an image that lacks more the rest says too little of it. */
const MOST_BLANK = 0.1;

/** A pixel far from all others. */
export interface HotPixel {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** An image whose defects are filled in. */
export interface MendedImage {
  readonly image: Image;
  /** Pixels that were replaced, and the farthest of them; absent where there was none. */
  readonly hotPixels: number;
  readonly farthest?: HotPixel;
  /** Rows and columns that were replaced. */
  readonly blankLines: number;
}

/**
 * Fills in what a detector or a motion correction left without signal: rows and columns of one value, as dead ones and borders, by the
 * mirror image of what lies beside them; hot pixels, far from all others and alone, by the median of the eight around each. One pixel of
 * a million counts makes the standard deviation of a micrograph that of this pixel, and a picker takes it, or a dead column, for the
 * strongest particles. What is dark or bright over more than a few pixels, as dirt, stays.
 *
 * @returns the image itself where it has no defects
 */
export function withoutDefects(image: Image): MendedImage {
  const { image: whole, blankLines } = withoutBlankLines(image);
  return { ...withoutHotPixels(whole), blankLines };
}

function withoutHotPixels(image: Image): Omit<MendedImage, "blankLines"> {
  const { data, shape } = image;
  const step = Math.ceil(data.length / SAMPLED);
  const sample = Float32Array.from({ length: Math.ceil(data.length / step) }, (_, i) => data[i * step]!);
  const [low, middle, high] = [ONE_DEVIATION[0], 0.5, ONE_DEVIATION[1]].map((share) =>
    quantile(sample, share),
  ) as [number, number, number];
  const limit = (FAR * (high - low)) / 2;
  const found: HotPixel[] = [];
  // most pixels of a frame with few counts are 0: that tells no deviation
  if (limit > 0) {
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!;
      if (Math.abs(value - middle) <= limit) continue;
      const [x, y] = [i % shape[1], Math.floor(i / shape[1])];
      if (Math.abs(value - aroundOf(image, x, y)) > limit) found.push({ x, y, value });
    }
  }
  if (found.length === 0) return { image, hotPixels: 0 };
  const mended = Float32Array.from(data);
  for (const { x, y } of found) mended[y * shape[1] + x] = aroundOf(image, x, y);
  const distance = ({ value }: HotPixel): number => Math.abs(value - middle);
  const farthest = found.reduce((a, b) => (distance(b) > distance(a) ? b : a));
  return { image: { data: mended, shape }, hotPixels: found.length, farthest };
}

/** Median of the pixels around one, of those that the image has. */
function aroundOf({ data, shape: [rows, columns] }: Image, x: number, y: number): number {
  const around: number[] = [];
  for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u++) {
      if (u !== x || v !== y) around.push(data[v * columns + u]!);
    }
  }
  return quantile(around, 0.5);
}

/** Lines of an image along one axis: line i begins at i * start, its pixels are `step` apart. */
interface Lines {
  readonly count: number;
  readonly length: number;
  readonly start: number;
  readonly step: number;
}

function withoutBlankLines(image: Image): { readonly image: Image; readonly blankLines: number } {
  const [rows, columns] = image.shape;
  const axes: readonly Lines[] = [
    { count: rows, length: columns, start: columns, step: 1 },
    { count: columns, length: rows, start: 1, step: columns },
  ];
  let data = image.data;
  let blankLines = 0;
  for (const lines of axes) {
    const blank = Array.from({ length: lines.count }, (_, i) => isBlank(image.data, i, lines));
    const count = blank.filter((is) => is).length;
    if (count === 0 || count > MOST_BLANK * lines.count) continue;
    if (data === image.data) data = Float32Array.from(data);
    for (const [i, is] of blank.entries()) if (is) copyLine(data, mirrorOf(blank, i), i, lines);
    blankLines += count;
  }
  return blankLines === 0 ? { image, blankLines } : { image: { data, shape: image.shape }, blankLines };
}

/** Whether nearly all of a line is one value: the one that a majority has, if any has it, wins the vote of pairs (Boyer & Moore). */
function isBlank(data: Float32Array, line: number, { length, start, step }: Lines): boolean {
  const first = line * start;
  let [candidate, votes] = [data[first]!, 0];
  for (let i = 0; i < length; i++) {
    const value = data[first + i * step]!;
    if (votes === 0) candidate = value;
    votes += value === candidate ? 1 : -1;
  }
  let same = 0;
  for (let i = 0; i < length; i++) if (data[first + i * step] === candidate) same++;
  return same >= BLANK * length;
}

/** The line that takes the place of a blank one: as far on the other side of the nearer end of the blank band as it lies on this side. */
function mirrorOf(blank: readonly boolean[], line: number): number {
  let [before, after] = [line, line];
  while (blank[before]) before--;
  while (blank[after]) after++;
  const isBefore = before >= 0 && (after >= blank.length || line - before <= after - line);
  const mirrored = isBefore ? 2 * before + 1 - line : 2 * after - 1 - line;
  return blank[mirrored] === false ? mirrored : isBefore ? before : after;
}

function copyLine(data: Float32Array, from: number, to: number, { length, start, step }: Lines): void {
  for (let i = 0; i < length; i++) data[to * start + i * step] = data[from * start + i * step]!;
}
