import { zlibSync } from "fflate";
import { DomainError, ShapeError } from "../../core/errors.js";
import { writePngChunks } from "./chunks.js";
import { encodePngHeader } from "./header.js";

/**
 * small: each row by the best of PNG's five filters. fast: by the better of two, and packed lightly: a fifth of the time, for
 * pictures that are many, large or noisy.
 */
export type PngEffort = "small" | "fast";

/** A picture to encode: Uint8Array means 8 bits a sample, Uint16Array 16 bits. */
export interface PngPicture {
  readonly shape: readonly [rows: number, columns: number];
  /** 1 grey, 3 RGB. */
  readonly channels: 1 | 3;
  /** `channels` samples a pixel, row by row. */
  readonly samples: Uint8Array | Uint8ClampedArray | Uint16Array;
}

/**
 * The bytes of a PNG file; the same picture always gives the same bytes.
 * @throws ShapeError if the samples do not fill the shape, DomainError for an empty picture
 */
export function encodePng({ shape, channels, samples }: PngPicture, effort: PngEffort = "small"): Uint8Array {
  const [rows, columns] = shape;
  if (!(rows >= 1 && columns >= 1)) throw new DomainError("PNG shape", shape, "at least one row and column");
  if (samples.length !== rows * columns * channels) {
    throw new ShapeError("encodePng", shape, `${samples.length} samples of ${channels} channels`);
  }
  const isWide = samples instanceof Uint16Array;
  const header = encodePngHeader({
    ...{ columns, rows, bitDepth: isWide ? 16 : 8 },
    ...{ colourType: channels === 3 ? 2 : 0, isInterlaced: false },
  });
  const lines = isWide ? bigEndian(samples) : samples;
  const step = channels * (isWide ? 2 : 1);
  const isFast = effort === "fast";
  const filtered = isFast ? filterRowsFast(lines, rows) : filterRows(lines, rows, step);
  return writePngChunks([
    { type: "IHDR", data: header },
    { type: "IDAT", data: zlibSync(filtered, { level: isFast ? 1 : 6 }) },
    { type: "IEND", data: new Uint8Array(0) },
  ]);
}

function bigEndian(samples: Uint16Array): Uint8Array {
  const out = new Uint8Array(samples.length * 2);
  for (let i = 0; i < samples.length; i++) {
    out[2 * i] = samples[i]! >> 8;
    out[2 * i + 1] = samples[i]! & 255;
  }
  return out;
}

/** Filters each row by the filter whose residuals, as signed bytes, have the least sum of magnitudes. */
function filterRows(lines: Uint8Array | Uint8ClampedArray, rows: number, step: number): Uint8Array {
  const rowBytes = lines.length / rows;
  const out = new Uint8Array(lines.length + rows);
  const trial = new Uint8Array(rowBytes);
  // Rows with a border of zeros on the left, which stands for the pixels outside the picture; so does the row above the first.
  let above = new Uint8Array(step + rowBytes);
  let row = new Uint8Array(step + rowBytes);
  for (let y = 0; y < rows; y++) {
    row.set(lines.subarray(y * rowBytes, (y + 1) * rowBytes), step);
    let least = Number.POSITIVE_INFINITY;
    for (let filter = 0; filter < 5; filter++) {
      const sum = filterRow(filter, row, above, step, trial);
      if (sum >= least) continue;
      least = sum;
      out[y * (rowBytes + 1)] = filter;
      out.set(trial, y * (rowBytes + 1) + 1);
    }
    [above, row] = [row, above];
  }
  return out;
}

/** Each row as it is, or as differences from the row above where those are smaller than the distances from grey. */
function filterRowsFast(lines: Uint8Array | Uint8ClampedArray, rows: number): Uint8Array {
  const rowBytes = lines.length / rows;
  const out = new Uint8Array(lines.length + rows);
  for (let y = 0; y < rows; y++) {
    const from = y * rowBytes;
    const to = y * (rowBytes + 1);
    let differences = 0;
    let distances = 0;
    for (let i = from; i < from + rowBytes; i++) {
      differences += Math.abs(lines[i]! - (y > 0 ? lines[i - rowBytes]! : 0));
      distances += Math.abs(lines[i]! - 128);
    }
    const up = y > 0 && differences < distances;
    out[to] = up ? 2 : 0;
    if (up)
      for (let i = 0; i < rowBytes; i++) out[to + 1 + i] = lines[from + i]! - lines[from + i - rowBytes]!;
    else out.set(lines.subarray(from, from + rowBytes), to + 1);
  }
  return out;
}

/** Fills `out` with the residuals of one filter and returns the sum of their magnitudes. */
function filterRow(
  filter: number,
  row: Uint8Array,
  above: Uint8Array,
  step: number,
  out: Uint8Array,
): number {
  let sum = 0;
  for (let i = 0, at = step; i < out.length; i++, at++) {
    const guess = filter === 0 ? 0 : predict(filter, row[i]!, above[at]!, above[i]!);
    const residual = (row[at]! - guess) & 255;
    out[i] = residual;
    sum += residual < 128 ? residual : 256 - residual;
  }
  return sum;
}

/** What a row filter adds to a byte, from its neighbours. */
function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const guess = left + up - corner;
  const [fromLeft, fromUp, fromCorner] = [
    Math.abs(guess - left),
    Math.abs(guess - up),
    Math.abs(guess - corner),
  ];
  if (fromLeft <= fromUp && fromLeft <= fromCorner) return left;
  return fromUp <= fromCorner ? up : corner;
}
