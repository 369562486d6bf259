import { FormatError, UnsupportedError } from "../../core/errors.js";

/** What the tags of one TIFF image say, those that matter for its samples. */
export interface TiffDirectory {
  readonly columns: number;
  readonly rows: number;
  readonly bitsPerSample: number;
  readonly compression: number;
  /** 1 unsigned, 2 signed, 3 floating point. */
  readonly sampleFormat: number;
  /** 1 none, 2 differences along a row, 3 the same on the bytes of floats. */
  readonly predictor: number;
  /** Size of a strip or tile. A strip spans all columns; the last may be shorter. */
  readonly blockColumns: number;
  readonly blockRows: number;
  readonly isTiled: boolean;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
  readonly littleEndian: boolean;
  /** Angstrom, where the resolution is given per centimetre and is that of a micrograph, as RELION writes it. */
  readonly pixelSize?: number;
}

const TAG_NAMES: Readonly<Record<number, string>> = {
  256: "ImageWidth",
  257: "ImageLength",
  258: "BitsPerSample",
  259: "Compression",
  262: "PhotometricInterpretation",
  266: "FillOrder",
  273: "StripOffsets",
  274: "Orientation",
  277: "SamplesPerPixel",
  278: "RowsPerStrip",
  279: "StripByteCounts",
  282: "XResolution",
  283: "YResolution",
  296: "ResolutionUnit",
  317: "Predictor",
  322: "TileWidth",
  323: "TileLength",
  324: "TileOffsets",
  325: "TileByteCounts",
  339: "SampleFormat",
};

/** Bytes of the field types that occur: BYTE, SHORT, LONG, RATIONAL. */
const TYPE_BYTES: Readonly<Record<number, 1 | 2 | 4 | 8>> = { 1: 1, 3: 2, 4: 4, 5: 8 };

const CENTIMETRE = 3;
const ANGSTROM_IN_CENTIMETRE = 1e8;

type Tags = ReadonlyMap<number, readonly number[]>;

/**
 * The directory of a TIFF file's only image (TIFF 6.0).
 * @throws FormatError for a damaged file, several images or several samples a pixel, for values of which 0 is white, and for
 *   rows that do not begin at the top left; UnsupportedError for BigTIFF
 */
export function readTiffDirectory(bytes: Uint8Array, path: string): TiffDirectory {
  const order = String.fromCharCode(bytes[0] ?? 0, bytes[1] ?? 0);
  if (bytes.length < 8 || (order !== "II" && order !== "MM")) {
    throw new FormatError(path, "first 2 bytes", order, "II or MM");
  }
  const littleEndian = order === "II";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint16(2, littleEndian);
  if (version === 43)
    throw new UnsupportedError(
      `${path}: bytes 2-3 (version): found 43, a BigTIFF, expected 42, a TIFF of less than 4 GB`,
    );
  if (version !== 42) throw new FormatError(path, "bytes 2-3 (version)", version, "42");
  const { tags, next } = readTags(view, view.getUint32(4, littleEndian), littleEndian, path);
  if (next !== 0)
    throw new FormatError(
      path,
      "offset of the next image",
      next,
      "0: a single image, not the frames of a movie",
    );
  return { ...describe(tags, path), littleEndian };
}

function readTags(
  view: DataView,
  start: number,
  littleEndian: boolean,
  path: string,
): { tags: Tags; next: number } {
  const size = view.byteLength;
  const fail = (at: string, found: unknown, expected: string): never => {
    throw new FormatError(path, at, found, expected);
  };
  if (start < 8 || start + 6 > size)
    fail("bytes 4-7 (directory)", start, `an offset inside the file of ${size} bytes`);
  const count = view.getUint16(start, littleEndian);
  const end = start + 2 + 12 * count;
  if (end + 4 > size) fail("directory", `${count} entries`, "entries inside the file");
  const tags = new Map<number, readonly number[]>();
  for (let at = start + 2; at < end; at += 12) {
    const tag = view.getUint16(at, littleEndian);
    const name = TAG_NAMES[tag];
    if (name === undefined) continue;
    const width = TYPE_BYTES[view.getUint16(at + 2, littleEndian)];
    if (width === undefined)
      return fail(`${name}, type`, view.getUint16(at + 2, littleEndian), "1, 3, 4 or 5");
    const values = view.getUint32(at + 4, littleEndian);
    const from = values * width <= 4 ? at + 8 : view.getUint32(at + 8, littleEndian);
    if (values < 1 || from + values * width > size)
      fail(name, `${values} values at ${from}`, "values inside the file");
    tags.set(
      tag,
      Array.from({ length: values }, (_, i) => {
        const place = from + i * width;
        if (width === 1) return view.getUint8(place);
        if (width === 2) return view.getUint16(place, littleEndian);
        const whole = view.getUint32(place, littleEndian);
        return width === 4 ? whole : whole / view.getUint32(place + 4, littleEndian);
      }),
    );
  }
  return { tags, next: view.getUint32(end, littleEndian) };
}

function describe(tags: Tags, path: string): Omit<TiffDirectory, "littleEndian"> {
  const one = (tag: number, whenMissing?: number): number => {
    const value = tags.get(tag)?.[0] ?? whenMissing;
    if (value === undefined) throw new FormatError(path, TAG_NAMES[tag]!, "nothing", "this tag");
    return value;
  };
  const among = (tag: number, whenMissing: number, allowed: readonly number[], meaning?: string): number => {
    const value = one(tag, whenMissing);
    if (!allowed.includes(value)) {
      const expected = allowed.join(", ") + (meaning ? ` (${meaning})` : "");
      throw new FormatError(path, TAG_NAMES[tag]!, value, expected);
    }
    return value;
  };
  const positive = (tag: number, whenMissing?: number): number => {
    const value = one(tag, whenMissing);
    if (value < 1) throw new FormatError(path, TAG_NAMES[tag]!, value, "at least 1");
    return value;
  };
  among(277, 1, [1]);
  among(266, 1, [1]);
  // RELION 3.1 takes values and rows as they are stored, Pillow 9.4 inverts and turns them (tried): no reading suits both
  among(262, 1, [1], "black is 0: write the file anew so, as programs differ on others");
  among(274, 1, [1], "the first row is the top: write the file anew so, as programs differ on others");
  const [columns, rows] = [positive(256), positive(257)];
  const isTiled = tags.has(322);
  const [blockColumns, blockRows] = isTiled
    ? [positive(322), positive(323)]
    : [columns, Math.min(rows, positive(278, 0xffffffff))];
  const blocks = Math.ceil(columns / blockColumns) * Math.ceil(rows / blockRows);
  /** One number for each block. */
  const list = (tag: number): readonly number[] => {
    const values = tags.get(tag) ?? [];
    if (values.length !== blocks)
      throw new FormatError(path, TAG_NAMES[tag]!, `${values.length} values`, `${blocks}`);
    return values;
  };
  return {
    ...pixelSizeOf(one(296, 2) === CENTIMETRE ? [one(282, 0), one(283, one(282, 0))] : [0, 0], path),
    columns,
    rows,
    bitsPerSample: among(258, 1, [8, 16, 32]),
    compression: among(
      259,
      1,
      [1, 5, 8, 32773, 32946],
      "not packed, LZW, deflate, PackBits, deflate; 7 is JPEG, 50000 Zstandard",
    ),
    sampleFormat: among(339, 1, [1, 2, 3]),
    predictor: among(317, 1, [1, 2, 3]),
    blockColumns,
    blockRows,
    isTiled,
    offsets: list(isTiled ? 324 : 273),
    byteCounts: list(isTiled ? 325 : 279),
  };
}

/** Share by which the sides of a pixel may differ: files round. */
const SQUARE = 0.01;

/**
 * @param resolution pixels in a centimetre along x and y
 * @returns nothing where it is that of a screen or of paper, not of a micrograph
 * @throws FormatError for pixels that are not square
 */
function pixelSizeOf(
  resolution: readonly [x: number, y: number],
  path: string,
): Pick<TiffDirectory, "pixelSize"> {
  const [x, y] = resolution.map((pixels) => ANGSTROM_IN_CENTIMETRE / pixels) as [number, number];
  if (!(x > 0.05 && x < 100)) return {};
  if (Math.abs(y / x - 1) > SQUARE)
    throw new FormatError(
      path,
      "XResolution and YResolution, angstrom",
      [x, y],
      "one pixel size along both axes",
    );
  return { pixelSize: x };
}
