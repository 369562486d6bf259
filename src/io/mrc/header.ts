import { FormatError, UnsupportedError } from "../../core/errors.js";
import { unpackedName } from "../bytes/unpack.js";
import { type MrcMode, mrcModeOf, mrcRowBytes } from "./modes.js";
import { headerText, MRC_HEADER_BYTES, type MrcWords, openWords } from "./words.js";

export { MRC_HEADER_BYTES } from "./words.js";

/** The header of an MRC2014 (or older CCP4/MRC) file. Source: Cheng et al. 2015, J. Struct. Biol. 192:146. */
export interface MrcHeader {
  /** Counts as stored: sections, rows, columns of the file, slowest first. */
  readonly storedShape: readonly [sections: number, rows: number, columns: number];
  /** Axis (1 = x, 2 = y, 3 = z) along columns, rows and sections of the file. */
  readonly axes: readonly [column: number, row: number, section: number];
  /** Counts once x is the fastest axis and z the slowest. */
  readonly shape: readonly [sections: number, rows: number, columns: number];
  /** One image; a stack of them; or a volume. `.mrcs` and MZ = 1 mean a stack. */
  readonly kind: "image" | "stack" | "volume";
  readonly mode: MrcMode;
  readonly littleEndian: boolean;
  /** Mode 0 holds unsigned bytes: by IMOD's flag, or by a maximum that signed ones cannot hold. */
  readonly isUnsigned: boolean;
  /** Angstrom along x, y, z; zeros where the header gives none. */
  readonly voxelSize: readonly [x: number, y: number, z: number];
  /** Degrees: alpha, beta, gamma of the cell. */
  readonly cellAngles: readonly [number, number, number];
  /** Index of the first column, row and section in the cell, along x, y, z. */
  readonly start: readonly [x: number, y: number, z: number];
  /** ORIGIN words, angstrom, x, y, z. */
  readonly origin: readonly [x: number, y: number, z: number];
  readonly spaceGroup: number;
  readonly version: number;
  readonly labels: readonly string[];
  readonly statistics: MrcStatistics;
  /** Four letters that say what the extended header is, or "". */
  readonly extendedType: string;
  readonly extendedBytes: number;
  /** Offset of the first sample. */
  readonly dataOffset: number;
  /** Bytes of one stored section. */
  readonly sectionBytes: number;
  /** Where the file departs from MRC2014 in a way that changes nothing here. */
  readonly remarks: readonly string[];
}

/** Extremes, mean and standard deviation of the stored samples. */
export interface MrcStatistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly rms: number;
}

/** The remark of bytes of which the header does not tell how they are meant; without meaning where none of them is beyond 127. */
export const UNKNOWN_SIGN =
  "words 20-21 (DMIN DMAX) do not say whether the bytes of mode 0 have a sign: they are read as MRC2014 has them, -128 to 127";

const IMOD_STAMP = 1146047817;

/**
 * Parses and checks the fixed header.
 *
 * @param bytes the file, or at least its first 1024 bytes
 * @param fileBytes length of the whole file, which the header must account for; a few bytes may stand behind the data
 * @throws FormatError for a word outside the format, a truncated or over-long file
 * @throws UnsupportedError for a stack of volumes
 */
export function parseMrcHeader(bytes: Uint8Array, fileBytes: number, path: string): MrcHeader {
  const fail = (at: string, found: unknown, expected: string): never => {
    throw new FormatError(path, at, found, expected);
  };
  if (bytes.length < MRC_HEADER_BYTES) fail("file size", bytes.length, `at least ${MRC_HEADER_BYTES} bytes`);
  const remarks: string[] = [];
  const words = openWords(bytes, fileBytes, path, remarks);
  const { int, float, isOld } = words;

  const storedShape = [int(3), int(2), int(1)] as const;
  if (storedShape.some((n) => n <= 0))
    fail("words 1-3 (NX NY NZ)", [int(1), int(2), int(3)], "three positive counts");
  const mode = mrcModeOf(int(4)) ?? fail("word 4 (MODE)", int(4), "0, 1, 2, 6, 12 or 101");
  const axes = readAxes(words, path, remarks);
  const promisedExtended = int(24);
  if (promisedExtended < 0) fail("word 24 (NSYMBT)", promisedExtended, "a count of bytes");

  const sectionBytes = mrcRowBytes(mode, storedShape[2]) * storedShape[1];
  // a header that was copied without what stands behind it, as in juglab/cryoCARE_pip, issue 43
  const isCopied = promisedExtended > 0 && fileBytes === MRC_HEADER_BYTES + sectionBytes * storedShape[0];
  if (isCopied) remarks.push(`word 24 (NSYMBT) says ${promisedExtended} bytes, which the file has not got`);
  const extendedBytes = isCopied ? 0 : promisedExtended;
  const dataOffset = MRC_HEADER_BYTES + extendedBytes;
  const promised = dataOffset + sectionBytes * storedShape[0];
  const excess = fileBytes - promised;
  const extendedType = headerText(bytes, 104, 4);
  // more may be a section or an extended header that the header does not count, and the data would be read at a wrong place
  const isFew = excess < Math.min(sectionBytes, MRC_HEADER_BYTES);
  if (excess > 0 && isFew && (extendedBytes > 0 || extendedType === ""))
    remarks.push(`${excess} bytes stand behind the data, and are passed over`);
  else if (excess !== 0) fail("file size", fileBytes, `${promised} bytes, from the header`);

  const along = (values: readonly number[], axis: number): number => values[axes.indexOf(axis)]!;
  const counts = [storedShape[2], storedShape[1], storedShape[0]];
  const starts = [int(5), int(6), int(7)];
  const kind = kindOf(storedShape[0], int(10), path);
  if (kind !== "volume" && axes[2] !== 3) fail("word 19 (MAPS)", axes[2], "3 in a file of images");
  if (int(23) > 400 && storedShape[0] !== int(10)) {
    throw new UnsupportedError(
      `${path}: word 23 (ISPG): found ${int(23)}, a stack of volumes, expected one volume a file`,
    );
  }
  return {
    storedShape,
    axes,
    shape: [along(counts, 3), along(counts, 2), along(counts, 1)],
    kind,
    mode,
    littleEndian: words.littleEndian,
    isUnsigned: mode === "int8" && holdsUnsigned(words, remarks),
    voxelSize: readVoxelSize(words, path),
    cellAngles: [float(14), float(15), float(16)],
    start: [along(starts, 1), along(starts, 2), along(starts, 3)],
    origin: isOld ? [float(54), float(55), float(53)] : [float(50), float(51), float(52)],
    spaceGroup: int(23),
    version: int(28),
    labels: readLabels(bytes, int(56)),
    statistics: { min: float(20), max: float(21), mean: float(22), rms: isOld ? 0 : float(55) },
    extendedType,
    extendedBytes,
    dataOffset,
    sectionBytes,
    remarks,
  };
}

/**
 * Mode 0 is signed since 2014. IMOD says in a flag of its own that it is not; before 2000 it never was, and some programs still write
 * it so: their maximum is one that signed bytes cannot hold.
 */
function holdsUnsigned({ int, float, isOld }: MrcWords, remarks: string[]): boolean {
  if (int(39) === IMOD_STAMP && !isOld) return (int(40) & 1) === 0;
  const [least, most] = [float(20), float(21)];
  const isUnsigned = most > 127 && most <= 255 && (isOld || (least >= 0 && least < most));
  if (isUnsigned && !isOld)
    remarks.push(
      "words 20-21 (DMIN DMAX) go beyond 127, which signed bytes cannot hold: mode 0 is read as unsigned, 0 to 255",
    );
  // also what MRC2014 writes where the extremes are not known: DMAX below DMIN
  if (!isUnsigned && !(least < most)) remarks.push(UNKNOWN_SIGN);
  return isUnsigned;
}

function readAxes({ int }: MrcWords, path: string, remarks: string[]): [number, number, number] {
  const axes: [number, number, number] = [int(17), int(18), int(19)];
  if (axes.every((axis) => axis === 0)) {
    remarks.push("words 17-19 (MAPC MAPR MAPS) are zero");
    return [1, 2, 3];
  }
  if (axes.toSorted().join() !== "1,2,3") {
    throw new FormatError(path, "words 17-19 (MAPC MAPR MAPS)", axes, "1, 2 and 3 in some order");
  }
  return axes;
}

/** CELLA over MX MY MZ, or zeros where either is not set. */
function readVoxelSize({ int, float }: MrcWords, path: string): [number, number, number] {
  const intervals = [int(8), int(9), int(10)] as const;
  const cell = [float(11), float(12), float(13)] as const;
  if (intervals.some((n) => n < 0)) {
    throw new FormatError(path, "words 8-10 (MX MY MZ)", intervals, "three counts");
  }
  if (!cell.every((length) => length >= 0 && length < 1e9)) {
    throw new FormatError(
      path,
      "words 11-13 (CELLA)",
      cell.map(String).join(" "),
      "three lengths in angstrom",
    );
  }
  const size = (i: 0 | 1 | 2): number => (intervals[i] > 0 ? cell[i] / intervals[i] : 0);
  return [size(0), size(1), size(2)];
}

function kindOf(sections: number, intervals: number, path: string): MrcHeader["kind"] {
  const name = unpackedName(path);
  if (sections === 1) return /\.mrcs$/i.test(name) ? "stack" : "image";
  return intervals === 1 || /\.(mrcs|st)$/i.test(name) ? "stack" : "volume";
}

function readLabels(bytes: Uint8Array, count: number): string[] {
  const labels: string[] = [];
  for (let i = 0; i < Math.min(Math.max(count, 0), 10); i++) {
    const label = headerText(bytes, 224 + 80 * i, 80);
    if (label) labels.push(label);
  }
  return labels;
}
