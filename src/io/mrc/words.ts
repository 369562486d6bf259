import { FormatError } from "../../core/errors.js";
import { mrcModeOf, mrcRowBytes } from "./modes.js";

/** Bytes of the fixed header: 256 words of 4 bytes, of which the last 200 are ten labels of 80. */
export const MRC_HEADER_BYTES = 1024;

/** A header's words, which are counted from 1. */
export interface MrcWords {
  readonly int: (word: number) => number;
  readonly float: (word: number) => number;
  readonly littleEndian: boolean;
  /** Words 53-55 are the origin, and not mark, byte order and deviation. */
  readonly isOld: boolean;
}

type Order = Omit<MrcWords, "isOld">;

/** First two bytes of MACHST: whether the file is little endian. */
const STAMPS: Readonly<Record<string, boolean>> = { "44 44": true, "44 41": true, "11 11": false };

/**
 * Finds the byte order: the one that MACHST names, unless mode and counts account for the size of the file only in the other one.
 * Many writers leave MACHST zero, or set it to bytes that mean nothing, and none had it before 2000.
 * @param remarks receives what departs from the format and can be read all the same
 * @throws FormatError where neither order makes sense
 */
export function openWords(bytes: Uint8Array, fileBytes: number, path: string, remarks: string[]): MrcWords {
  const view = new DataView(bytes.buffer, bytes.byteOffset, MRC_HEADER_BYTES);
  const order = (littleEndian: boolean): Order => ({
    int: (word) => view.getInt32((word - 1) * 4, littleEndian),
    float: (word) => view.getFloat32((word - 1) * 4, littleEndian),
    littleEndian,
  });
  const stamp = [...bytes.subarray(212, 216)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const named = STAMPS[stamp.slice(0, 5)];
  const mark = headerText(bytes, 208, 4);
  const orders = (named === false ? [false, true] : [true, false]).map(order);
  const fitting = orders.find((each) => promisedBytes(each) === fileBytes);
  const isMarked = mark.toUpperCase() === "MAP";
  if (!fitting && !isMarked && mark !== "") throw new FormatError(path, "word 53 (MAP)", mark, '"MAP "');
  const chosen = fitting ?? (named === undefined ? orders.find(isPlausible) : orders[0]);
  if (!chosen) {
    throw new FormatError(path, "word 54 (MACHST)", stamp, "44 44 (little endian) or 11 11 (big endian)");
  }
  const isOld = !isMarked && named === undefined && bytes.subarray(208, MARKS_END).some((byte) => byte !== 0);
  if (isOld) remarks.push("word 53 (MAP) is not set: written as before 2000, with the origin in words 53-55");
  else if (mark !== "MAP") remarks.push(`word 53 (MAP) is ${mark === "" ? "blank" : JSON.stringify(mark)}`);
  if (!isOld && named !== chosen.littleEndian) {
    const said = chosen.littleEndian ? "little endian" : "big endian";
    remarks.push(`word 54 (MACHST) is ${stamp}; mode and sizes say ${said}`);
  }
  return { ...chosen, isOld };
}

/** Where words 53-55 end. They held the origin as z, x, y before 2000. Source: IMOD's mrc_format.txt. */
const MARKS_END = 220;

/** Bytes of the whole file that a header promises; undefined where it is none. In the wrong byte order counts are absurdly large. */
export function promisedFileBytes(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, MRC_HEADER_BYTES);
  const sizes = [true, false]
    .map((littleEndian) => promisedBytes({ int: (word) => view.getInt32((word - 1) * 4, littleEndian) }))
    .filter((size) => size !== undefined);
  return sizes.length > 0 ? Math.min(...sizes) : undefined;
}

/** Bytes of the whole file by mode, counts and extended header; undefined where these mean nothing. */
function promisedBytes({ int }: Pick<MrcWords, "int">): number | undefined {
  const mode = mrcModeOf(int(4));
  if (!mode || [1, 2, 3].some((word) => int(word) <= 0) || int(24) < 0) return undefined;
  return MRC_HEADER_BYTES + int(24) + mrcRowBytes(mode, int(1)) * int(2) * int(3);
}

const isPlausible = ({ int }: Order): boolean =>
  mrcModeOf(int(4)) !== undefined && int(1) > 0 && int(1) < 1e6;

/** Printable ASCII up to the first zero byte, spaces at the end removed. */
export function headerText(bytes: Uint8Array, offset: number, length: number): string {
  let out = "";
  for (let i = offset; i < offset + length && bytes[i] !== 0; i++) {
    const byte = bytes[i]!;
    out += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "?";
  }
  return out.trimEnd();
}
