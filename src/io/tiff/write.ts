import { zlibSync } from "fflate";
import { inRange } from "../../core/check.js";
import { DomainError, ShapeError } from "../../core/errors.js";
import { packLzw } from "./lzw.js";

export type TiffCompression = "none" | "lzw" | "deflate";

/** A grey picture to encode; its array decides the samples: 8 or 16-bit unsigned, 16-bit signed or 32-bit float. */
export interface TiffPicture {
  readonly shape: readonly [rows: number, columns: number];
  readonly samples: Uint8Array | Uint16Array | Int16Array | Float32Array;
  /** Angstrom; absent: not written. */
  readonly pixelSize?: number;
  /** Default none. */
  readonly compression?: TiffCompression;
}

const COMPRESSION_TAG = { none: 1, lzw: 5, deflate: 8 } as const;
/** Field types. */
const [SHORT, LONG, RATIONAL] = [3, 4, 5];
const ANGSTROM_IN_CENTIMETRE = 1e8;
/** Bytes of a strip before it is packed, about: readers want small ones. */
const STRIP_BYTES = 65536;

/**
 * The bytes of a TIFF 6.0 file, little endian, in strips. Row 0 of the picture becomes the file's last row: RELION turns the
 * slow axis over when it reads a TIFF, and so does readTiff.
 *
 * @throws ShapeError if the samples do not fill the shape, DomainError for an empty picture or a pixel size below 0.05 angstrom
 */
export function encodeTiff(picture: TiffPicture): Uint8Array {
  const { shape, samples, pixelSize, compression = "none" } = picture;
  const [rows, columns] = shape;
  if (!(rows >= 1 && columns >= 1)) throw new DomainError("TIFF shape", shape, "at least one row and column");
  if (samples.length !== rows * columns)
    throw new ShapeError("encodeTiff", shape, `${samples.length} samples`);
  if (pixelSize !== undefined) inRange("pixelSize", pixelSize, "angstrom", 0.05, 1e6);
  const rowsPerStrip = Math.max(1, Math.floor(STRIP_BYTES / (columns * samples.BYTES_PER_ELEMENT)));
  const turned = littleEndianRowsTurned(picture);
  const rowBytes = columns * samples.BYTES_PER_ELEMENT;
  const strips: Uint8Array[] = [];
  for (let row = 0; row < rows; row += rowsPerStrip) {
    const strip = turned.subarray(row * rowBytes, Math.min(rows, row + rowsPerStrip) * rowBytes);
    strips.push(pack(strip, compression));
  }
  const tags: Tag[] = [
    [256, LONG, [columns]],
    [257, LONG, [rows]],
    [258, SHORT, [8 * samples.BYTES_PER_ELEMENT]],
    [259, SHORT, [COMPRESSION_TAG[compression]]],
    [262, SHORT, [1]], // black is 0
    [273, LONG, strips.map(() => 0)], // offsets, filled in by assemble
    [277, SHORT, [1]],
    [278, LONG, [rowsPerStrip]],
    [279, LONG, strips.map(({ length }) => length)],
    ...(pixelSize === undefined ? [] : resolutionTags(pixelSize)),
    [339, SHORT, [sampleFormat(samples)]],
  ];
  return assemble(tags, strips);
}

type Tag = readonly [tag: number, type: number, values: readonly number[]];

const sampleFormat = (samples: TiffPicture["samples"]): number => {
  if (samples instanceof Float32Array) return 3;
  return samples instanceof Int16Array ? 2 : 1;
};

/** Pixels per centimetre, where RELION writes and reads the pixel size. */
function resolutionTags(pixelSize: number): Tag[] {
  // numerator and denominator as large as 32 bits allow
  const denominator = Math.min(4e9, Math.max(1, Math.floor(40 * pixelSize)));
  const rational = [Math.round((ANGSTROM_IN_CENTIMETRE * denominator) / pixelSize), denominator];
  return [
    [282, RATIONAL, rational],
    [283, RATIONAL, rational],
    [296, SHORT, [3]],
  ];
}

function littleEndianRowsTurned({ shape: [rows, columns], samples }: TiffPicture): Uint8Array {
  const width = samples.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const out = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    const from = (rows - 1 - row) * columns * width;
    out.set(bytes.subarray(from, from + columns * width), row * columns * width);
  }
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 || width === 1) return out;
  for (let i = 0; i < out.length; i += width) out.subarray(i, i + width).reverse();
  return out;
}

function pack(strip: Uint8Array, compression: TiffCompression): Uint8Array {
  if (compression === "deflate") return zlibSync(strip, { level: 6 });
  return compression === "lzw" ? packLzw(strip) : strip;
}

/** Header, directory, values that do not fit into it, strips. */
function assemble(tags: readonly Tag[], strips: readonly Uint8Array[]): Uint8Array {
  const valueBytes = ([, type, values]: Tag): number => (type === SHORT ? 2 : 4) * values.length;
  const directory = 8;
  let end = directory + 2 + 12 * tags.length + 4;
  const places = tags.map((tag) => {
    const bytes = valueBytes(tag);
    if (bytes <= 4) return undefined;
    const place = end;
    end += bytes + (bytes & 1);
    return place;
  });
  const offsets: number[] = [];
  for (const strip of strips) {
    offsets.push(end);
    end += strip.length;
  }
  const out = new Uint8Array(end);
  const view = new DataView(out.buffer);
  out.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, directory, true);
  view.setUint16(directory, tags.length, true);
  for (const [i, [tag, type, given]] of tags.entries()) {
    const at = directory + 2 + 12 * i;
    const values = tag === 273 ? offsets : given;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, type === RATIONAL ? values.length / 2 : values.length, true);
    const place = places[i];
    if (place !== undefined) view.setUint32(at + 8, place, true);
    for (const [k, value] of values.entries()) {
      const to = place ?? at + 8;
      if (type === SHORT) view.setUint16(to + 2 * k, value, true);
      else view.setUint32(to + 4 * k, value, true);
    }
  }
  for (const [i, strip] of strips.entries()) out.set(strip, offsets[i]!);
  return out;
}
