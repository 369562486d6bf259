import type { Image } from "../../array/image.js";
import { indexOfNonFinite } from "../../array/statistics.js";
import { FormatError } from "../../core/errors.js";
import { TIFF_COMPRESSIONS } from "./compression.js";
import { readTiffDirectory, type TiffDirectory } from "./directory.js";

/** The image of a TIFF file, and its pixel size in angstrom where the file gives one. */
export interface TiffImage {
  readonly image: Image;
  readonly pixelSize?: number;
}

/**
 * Reads a grey TIFF of 8, 16 or 32-bit integers or 32-bit floats; not compressed, LZW, deflate or PackBits; strips or tiles.
 *
 * The last row of the file becomes row 0: RELION turns the slow axis of a TIFF over when it reads one, so that coordinates
 * agree with those of the same image as MRC.
 *
 * @param rowOrder "relion" (default), or "stored" to keep the file's first row first
 * @throws FormatError for a damaged file, several images, colour, NaN or infinity; UnsupportedError for BigTIFF
 */
export function readTiff(
  bytes: Uint8Array,
  path: string,
  rowOrder: "relion" | "stored" = "relion",
): TiffImage {
  const directory = readTiffDirectory(bytes, path);
  checkSizes(directory, bytes.length, path);
  const { rows, columns, blockColumns, blockRows } = directory;
  const data = new Float32Array(rows * columns);
  const across = Math.ceil(columns / blockColumns);
  for (const [i, offset] of directory.offsets.entries()) {
    const top = Math.floor(i / across) * blockRows;
    const left = (i % across) * blockColumns;
    const height = directory.isTiled ? blockRows : Math.min(blockRows, rows - top);
    const packed = bytes.subarray(offset, offset + directory.byteCounts[i]!);
    const samples = readBlock(
      packed,
      directory,
      height,
      `${directory.isTiled ? "tile" : "strip"} ${i}`,
      path,
    );
    for (let row = top; row < Math.min(rows, top + height); row++) {
      const target = rowOrder === "relion" ? rows - 1 - row : row;
      const from = (row - top) * blockColumns;
      for (let column = left; column < Math.min(columns, left + blockColumns); column++) {
        data[target * columns + column] = samples[from + column - left]!;
      }
    }
  }
  const bad = indexOfNonFinite(data);
  if (bad >= 0) throw new FormatError(path, `sample ${bad}`, data[bad], "a finite number");
  return { image: { data, shape: [rows, columns] }, pixelSize: directory.pixelSize };
}

/** Refuses an image larger than the file's bytes can stand for, before anything is allocated for it. */
function checkSizes(directory: TiffDirectory, fileBytes: number, path: string): void {
  const { offsets, byteCounts, blockColumns, blockRows, bitsPerSample, compression } = directory;
  const { expansion } = TIFF_COMPRESSIONS[compression]!;
  const blockBytes = (blockColumns * blockRows * bitsPerSample) / 8;
  const name = directory.isTiled ? "tile" : "strip";
  let packed = 0;
  for (const [i, offset] of offsets.entries()) {
    if (offset + byteCounts[i]! > fileBytes) {
      throw new FormatError(
        path,
        `${name} ${i}`,
        `bytes ${offset} to ${offset + byteCounts[i]!}`,
        `at most ${fileBytes}`,
      );
    }
    packed += byteCounts[i]!;
  }
  const promised = (directory.rows * directory.columns * bitsPerSample) / 8;
  if (packed > 2 * fileBytes) throw new FormatError(path, "byte counts", packed, `a sum below ${fileBytes}`);
  const tooLarge = (at: string, counts: readonly number[]): FormatError =>
    new FormatError(path, at, counts, `no more than ${packed} bytes of data can stand for`);
  if (promised > packed * expansion) {
    throw tooLarge("ImageWidth and ImageLength", [directory.columns, directory.rows]);
  }
  // A tile may reach over the edge of the image, but not beyond what the largest one can hold.
  const largest = byteCounts.reduce((most, count) => Math.max(most, count), 0);
  if (directory.isTiled && blockBytes > largest * expansion) {
    throw tooLarge("TileWidth and TileLength", [blockColumns, blockRows]);
  }
}

/** Samples of one strip or tile, `height` rows of blockColumns. */
function readBlock(
  packed: Uint8Array,
  directory: TiffDirectory,
  height: number,
  at: string,
  path: string,
): ArrayLike<number> {
  const { blockColumns, bitsPerSample, sampleFormat, predictor, littleEndian } = directory;
  const width = bitsPerSample / 8;
  const rowBytes = blockColumns * width;
  const bytes = TIFF_COMPRESSIONS[directory.compression]!.unpack(packed, {
    size: rowBytes * height,
    path,
    at,
  });
  if (predictor === 3) {
    if (sampleFormat !== 3) throw new FormatError(path, "Predictor", predictor, "1 or 2 for integers");
    for (let row = 0; row < height; row++)
      undoFloatPredictor(bytes.subarray(row * rowBytes, (row + 1) * rowBytes));
  }
  const samples = toSamples(bytes, directory, predictor === 3 ? HOST_IS_LITTLE : littleEndian, path);
  if (predictor === 2) {
    // Differences wrap around in the integers that hold them, which the typed array does by itself.
    for (let i = 0; i < samples.length; i++) if (i % blockColumns > 0) samples[i]! += samples[i - 1]!;
  }
  return samples;
}

const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array;

const ARRAYS: Readonly<
  Record<string, new (buffer: ArrayBufferLike, offset: number, length: number) => Samples>
> = {
  "8,1": Uint8Array,
  "8,2": Int8Array,
  "16,1": Uint16Array,
  "16,2": Int16Array,
  "32,1": Uint32Array,
  "32,2": Int32Array,
  "32,3": Float32Array,
};

function toSamples(
  bytes: Uint8Array,
  directory: TiffDirectory,
  littleEndian: boolean,
  path: string,
): Samples {
  const { bitsPerSample, sampleFormat, predictor } = directory;
  const width = bitsPerSample / 8;
  const make = ARRAYS[`${bitsPerSample},${sampleFormat}`];
  if (!make)
    throw new FormatError(
      path,
      "BitsPerSample and SampleFormat",
      [bitsPerSample, sampleFormat],
      "floats of 32 bits",
    );
  if (predictor === 2 && sampleFormat === 3) throw new FormatError(path, "Predictor", 2, "1 or 3 for floats");
  if (littleEndian !== HOST_IS_LITTLE) {
    for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
  }
  return new make(bytes.buffer, bytes.byteOffset, bytes.length / width);
}

/** Undoes predictor 3 in place: differences of bytes along the row, which holds first all highest bytes, then all second ones. */
function undoFloatPredictor(row: Uint8Array): void {
  for (let i = 1; i < row.length; i++) row[i] = (row[i]! + row[i - 1]!) & 255;
  const planes = new Uint8Array(row);
  const columns = row.length / 4;
  for (let i = 0; i < columns; i++) {
    for (let k = 0; k < 4; k++) row[4 * i + (HOST_IS_LITTLE ? 3 - k : k)] = planes[k * columns + i]!;
  }
}
