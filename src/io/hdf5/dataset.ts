import { UnsupportedError } from "../../core/errors.js";
import { inflateZlib } from "../bytes/inflate.js";
import { type Hdf5Bytes, Hdf5Cursor } from "./cursor.js";
import { type Hdf5Message, MESSAGE, messageCursor, readMessages, walkTree } from "./objects.js";

/** A dense array of numbers. */
export interface Hdf5Dataset {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** A number's type: how to read one at an offset. */
interface NumberType {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

const MOST_EXPANSION = 1032;
const FILTERS = { deflate: 1, shuffle: 2, fletcher32: 3 } as const;

/**
 * The numbers of a dataset: compact, contiguous or in chunks; deflate, shuffle and checksums (which are not verified).
 * @throws FormatError for a damaged file; UnsupportedError for other types, filters and layouts
 */
export function readDataset(file: Hdf5Bytes, address: number): Hdf5Dataset {
  const messages = readMessages(file, address);
  const one = (type: number, what: string): Hdf5Cursor => {
    const message = messages.find((candidate) => candidate.type === type);
    if (!message) throw new Hdf5Cursor(file, address, "dataset").wrong(`no ${what}`, "this message");
    return messageCursor(file, message, what);
  };
  const shape = readShape(one(MESSAGE.dataspace, "dataspace"));
  const type = readType(one(MESSAGE.datatype, "datatype"));
  const filters = readFilters(file, messages);
  const count = shape.reduce((product, n) => product * n, 1);
  const layout = one(MESSAGE.layout, "layout");
  if (!(count * type.bytes <= file.bytes.length * MOST_EXPANSION)) {
    throw layout.wrong(`shape ${shape.join(" x ")}`, `no more than ${file.bytes.length} bytes can stand for`);
  }
  return { shape, data: readLayout(layout, shape, type, filters, count) };
}

function readShape(cursor: Hdf5Cursor): number[] {
  const version = cursor.u8();
  if (version !== 1 && version !== 2) throw cursor.wrong(`version ${version}`, "1 or 2");
  const rank = cursor.u8();
  cursor.skip(version === 1 ? 6 : 2);
  return Array.from({ length: rank }, () => cursor.length());
}

function readType(cursor: Hdf5Cursor): NumberType {
  const kind = cursor.u8() & 15;
  const bits = cursor.u8();
  cursor.skip(2);
  const bytes = cursor.u32();
  const littleEndian = (bits & 1) === 0;
  const isSigned = (bits & 8) !== 0;
  const read = (method: (view: DataView, at: number) => number): NumberType => ({ bytes, read: method });
  if (kind === 1 && bytes === 4) return read((view, at) => view.getFloat32(at, littleEndian));
  if (kind === 1 && bytes === 8) return read((view, at) => view.getFloat64(at, littleEndian));
  if (kind === 0 && bytes === 1) return read((view, at) => (isSigned ? view.getInt8(at) : view.getUint8(at)));
  if (kind === 0 && bytes === 2) {
    return read((view, at) =>
      isSigned ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian),
    );
  }
  if (kind === 0 && bytes === 4) {
    return read((view, at) =>
      isSigned ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian),
    );
  }
  throw new UnsupportedError(
    `${cursor.file.path}: HDF5 datatype: found numbers of class ${kind} and ${bytes} bytes, expected integers of 1, 2 or 4 bytes, floats of 4 or 8`,
  );
}

/** Numbers of the filters in the order in which they were applied. */
function readFilters(file: Hdf5Bytes, messages: readonly Hdf5Message[]): number[] {
  const message = messages.find(({ type }) => type === MESSAGE.filters);
  if (!message) return [];
  const cursor = messageCursor(file, message, "filters");
  const version = cursor.u8();
  const count = cursor.u8();
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.u16();
    const nameLength = version === 1 || id >= 256 ? cursor.u16() : 0;
    cursor.skip(2);
    const values = cursor.u16();
    cursor.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    cursor.skip(4 * values + (version === 1 && values % 2 === 1 ? 4 : 0));
    if (!(Object.values(FILTERS) as number[]).includes(id))
      throw new UnsupportedError(
        `${file.path}: HDF5 filter: found number ${id}, expected deflate (1), shuffle (2) or Fletcher32 (3)`,
      );
    return id;
  });
}

function readLayout(
  cursor: Hdf5Cursor,
  shape: readonly number[],
  type: NumberType,
  filters: readonly number[],
  count: number,
): Float32Array {
  const version = cursor.u8();
  if (version !== 3)
    throw new UnsupportedError(`${cursor.file.path}: HDF5 data layout: found version ${version}, expected 3`);
  const kind = cursor.u8();
  if (kind === 0) return decode(cursor.bytes(cursor.u16()), type, count, cursor);
  if (kind === 1) {
    const address = cursor.address();
    const size = cursor.length();
    // Data that were never written have no address and are zero.
    if (address === undefined) return new Float32Array(count);
    return decode(new Hdf5Cursor(cursor.file, address, "data").bytes(size), type, count, cursor);
  }
  if (kind !== 2) throw cursor.wrong(`layout ${kind}`, "0 to 2");
  const rank = cursor.u8() - 1;
  const tree = cursor.address();
  const chunk = Array.from({ length: Math.max(rank, 0) }, () => cursor.u32());
  if (rank !== shape.length || chunk.some((n) => n < 1))
    throw cursor.wrong(`chunks of ${chunk}`, `${shape.length} sizes`);
  return readChunks(cursor.file, { tree, shape, chunk, type, filters, count });
}

/** Where a chunked dataset lies, and what it is made of. */
interface Chunked {
  readonly tree: number | undefined;
  readonly shape: readonly number[];
  readonly chunk: readonly number[];
  readonly type: NumberType;
  readonly filters: readonly number[];
  readonly count: number;
}

function readChunks(file: Hdf5Bytes, { tree, shape, chunk, type, filters, count }: Chunked): Float32Array {
  const out = new Float32Array(count);
  if (tree === undefined || count === 0) return out;
  const elements = chunk.reduce((product, n) => product * n, 1);
  const chunks = shape.reduce((product, n, axis) => product * Math.ceil(n / chunk[axis]!), 1);
  let visited = 0;
  walkTree(
    file,
    tree,
    1,
    (address, { size, mask, offsets }) => {
      if (++visited > chunks)
        throw new Hdf5Cursor(file, address, "chunk").wrong(`${visited} chunks`, `at most ${chunks}`);
      const cursor = new Hdf5Cursor(file, address, "chunk");
      const packed = cursor.bytes(size);
      const bytes = unfilter(packed, filters, mask, {
        size: elements * type.bytes,
        width: type.bytes,
        cursor,
      });
      copyChunk(decode(bytes, type, elements, cursor), chunk, offsets, shape, out);
    },
    shape.length,
  );
  return out;
}

/** Undoes the filters of a chunk, the last first, but for those that its mask says were left out. */
function unfilter(
  packed: Uint8Array,
  filters: readonly number[],
  mask: number,
  { size, width, cursor }: { readonly size: number; readonly width: number; readonly cursor: Hdf5Cursor },
): Uint8Array {
  let bytes = packed;
  for (const [i, filter] of [...filters.entries()].toReversed()) {
    if (mask & (1 << i)) continue;
    if (filter === FILTERS.fletcher32) bytes = bytes.subarray(0, Math.max(0, bytes.length - 4));
    else if (filter === FILTERS.deflate) {
      // A checksum that was appended before deflating is still to come off.
      const extra = filters.slice(0, i).includes(FILTERS.fletcher32) ? 4 : 0;
      bytes = inflateZlib(bytes, {
        size: size + extra,
        path: cursor.file.path,
        at: `HDF5 chunk at byte ${cursor.at}`,
      });
    } else bytes = unshuffle(bytes, width);
  }
  return bytes;
}

/** Puts the bytes of each number together again: all first bytes came first, then all second ones. */
function unshuffle(bytes: Uint8Array, width: number): Uint8Array {
  const numbers = Math.floor(bytes.length / width);
  const out = new Uint8Array(bytes);
  for (let i = 0; i < numbers; i++)
    for (let k = 0; k < width; k++) out[i * width + k] = bytes[k * numbers + i]!;
  return out;
}

function decode(bytes: Uint8Array, type: NumberType, count: number, cursor: Hdf5Cursor): Float32Array {
  if (bytes.length !== count * type.bytes)
    throw cursor.wrong(`${bytes.length} bytes`, `${count * type.bytes} bytes of data`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = type.read(view, i * type.bytes);
  return out;
}

/** Copies a chunk to its place; what reaches over the edge of the dataset is dropped. */
function copyChunk(
  data: Float32Array,
  chunk: readonly number[],
  offsets: readonly number[],
  shape: readonly number[],
  out: Float32Array,
): void {
  const row = chunk.at(-1) ?? 1;
  const last = shape.length - 1;
  for (let start = 0; start < data.length; start += row) {
    let [rest, target, stride, inside] = [start / row, 0, shape[last] ?? 1, true];
    for (let axis = last - 1; axis >= 0; axis--) {
      const index = offsets[axis]! + (rest % chunk[axis]!);
      rest = Math.floor(rest / chunk[axis]!);
      inside &&= index < shape[axis]!;
      target += index * stride;
      stride *= shape[axis]!;
    }
    const column = offsets[last] ?? 0;
    const width = Math.min(row, (shape[last] ?? 1) - column);
    if (inside && width > 0) out.set(data.subarray(start, start + width), target + column);
  }
}
