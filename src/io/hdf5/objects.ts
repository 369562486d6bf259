import { FormatError, UnsupportedError } from "../../core/errors.js";
import { type Hdf5Bytes, Hdf5Cursor } from "./cursor.js";

/** The first bytes of a HDF5 file. */
export const HDF5_SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** A message of an object's header: its type, and its bytes as a range of the file. */
export interface Hdf5Message {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** Types of messages that are read. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

const SHARED = 2;

/** Opens a file: the widths of its fields and the address of its root group. Source: HDF5 File Format Specification 3.0. */
export function openHdf5(bytes: Uint8Array, path: string): { file: Hdf5Bytes; root: number } {
  if (HDF5_SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    throw new FormatError(path, "first 8 bytes", [...bytes.subarray(0, 8)], "the HDF5 signature");
  }
  const version = bytes[8] ?? 255;
  if (version > 3) throw new FormatError(path, "HDF5 superblock version", version, "0 to 3");
  const [offsetBytes, lengthBytes] = version < 2 ? [bytes[13], bytes[14]] : [bytes[9], bytes[10]];
  if ((offsetBytes !== 4 && offsetBytes !== 8) || (lengthBytes !== 4 && lengthBytes !== 8)) {
    throw new FormatError(path, "HDF5 sizes of offsets and lengths", [offsetBytes, lengthBytes], "4 or 8");
  }
  const file: Hdf5Bytes = { bytes, path, offsetBytes, lengthBytes };
  const cursor = new Hdf5Cursor(file, version === 0 ? 24 : version === 1 ? 28 : 12, "superblock");
  const base = cursor.address();
  if (base !== 0) throw new UnsupportedError(`${path}: HDF5 base address: found ${base}, expected 0`);
  // Before version 2 the addresses of free space, file end and driver, then the root's link name; after it one less.
  for (let i = 0; i < (version < 2 ? 4 : 2); i++) cursor.address();
  const root = cursor.address();
  if (root === undefined) throw cursor.wrong("no root group", "its address");
  return { file, root };
}

/** The messages of an object's header, through all its continuations. */
export function readMessages(file: Hdf5Bytes, address: number): Hdf5Message[] {
  const header = new Hdf5Cursor(file, address, "object header");
  const isNew = file.bytes[address] === 0x4f;
  return isNew ? readNewHeader(file, header) : readOldHeader(file, header);
}

function readOldHeader(file: Hdf5Bytes, header: Hdf5Cursor): Hdf5Message[] {
  const version = header.u8();
  if (version !== 1) throw header.wrong(version, "version 1");
  header.skip(7);
  const size = header.u32();
  header.skip(4);
  return readBlocks(file, header.at, size, (cursor) => {
    const [type, length, flags] = [cursor.u16(), cursor.u16(), cursor.u8()];
    cursor.skip(3);
    return { type, length, flags };
  });
}

function readNewHeader(file: Hdf5Bytes, header: Hdf5Cursor): Hdf5Message[] {
  header.signature("OHDR");
  const version = header.u8();
  if (version !== 2) throw header.wrong(version, "version 2");
  const flags = header.u8();
  header.skip((flags & 32 ? 16 : 0) + (flags & 16 ? 4 : 0));
  const width = flags & 3;
  const size =
    width === 0 ? header.u8() : width === 1 ? header.u16() : width === 2 ? header.u32() : header.u64();
  return readBlocks(
    file,
    header.at,
    size,
    (cursor) => {
      const message = { type: cursor.u8(), length: cursor.u16(), flags: cursor.u8() };
      if (flags & 4) cursor.skip(2);
      return message;
    },
    "OCHK",
  );
}

type Prefix = { readonly type: number; readonly length: number; readonly flags: number };

/** Messages of a block and of those that its continuations name. New continuations have a mark and a checksum. */
function readBlocks(
  file: Hdf5Bytes,
  start: number,
  size: number,
  prefix: (cursor: Hdf5Cursor) => Prefix,
  mark?: "OCHK",
): Hdf5Message[] {
  const messages: Hdf5Message[] = [];
  const blocks: [start: number, size: number][] = [[start, size]];
  const seen = new Set<number>();
  for (const [from, length] of blocks) {
    if (seen.has(from))
      throw new FormatError(file.path, "HDF5 object header", `a second block at ${from}`, "each block once");
    seen.add(from);
    const cursor = new Hdf5Cursor(file, from, "object header", from + length);
    while (cursor.left >= (mark ? 4 : 8)) {
      const { type, length: bytes, flags } = prefix(cursor);
      const message = { type, start: cursor.at, end: cursor.at + bytes };
      cursor.skip(bytes);
      if (flags & SHARED) continue;
      messages.push(message);
      if (type !== MESSAGE.continuation) continue;
      const next = messageCursor(file, message, "continuation");
      const [address, nextSize] = [next.address(), next.length()];
      if (address !== undefined) blocks.push(mark ? [address + 4, nextSize - 8] : [address, nextSize]);
    }
  }
  return messages;
}

/** A cursor over one message. */
export const messageCursor = (file: Hdf5Bytes, { start, end }: Hdf5Message, what: string): Hdf5Cursor =>
  new Hdf5Cursor(file, start, what, end);

/** Addresses of a group's members by name: symbol tables, or links in the header itself. */
export function readLinks(file: Hdf5Bytes, address: number): Map<string, number> {
  const links = new Map<string, number>();
  for (const message of readMessages(file, address)) {
    if (message.type === MESSAGE.symbolTable) {
      const cursor = messageCursor(file, message, "symbol table");
      const [tree, heap] = [cursor.address(), cursor.address()];
      if (tree === undefined || heap === undefined) throw cursor.wrong("no address", "a tree and a heap");
      const names = readHeap(file, heap);
      walkTree(file, tree, 0, (child) => readSymbols(file, child, names, links));
    } else if (message.type === MESSAGE.link) readLink(messageCursor(file, message, "link"), links);
    else if (message.type === MESSAGE.linkInfo) {
      const cursor = messageCursor(file, message, "link info");
      cursor.skip(1);
      if (cursor.u8() & 1) cursor.skip(8);
      if (cursor.address() !== undefined)
        throw new UnsupportedError(
          `${file.path}: HDF5 group: found links in a heap of HDF5 1.8, expected a symbol table or compact links`,
        );
    }
  }
  return links;
}

function readLink(cursor: Hdf5Cursor, links: Map<string, number>): void {
  cursor.skip(1);
  const flags = cursor.u8();
  const type = flags & 8 ? cursor.u8() : 0;
  cursor.skip((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const width = flags & 3;
  const length = width === 0 ? cursor.u8() : width === 1 ? cursor.u16() : cursor.u32();
  const name = new TextDecoder().decode(cursor.bytes(length));
  const address = type === 0 ? cursor.address() : undefined;
  if (address !== undefined) links.set(name, address);
}

/** The names of a symbol table: text at an offset of its heap, up to a zero byte. */
function readHeap(file: Hdf5Bytes, address: number): (offset: number) => string {
  const cursor = new Hdf5Cursor(file, address, "local heap");
  cursor.signature("HEAP");
  cursor.skip(4);
  const size = cursor.length();
  cursor.length();
  const start = cursor.address();
  if (start === undefined) throw cursor.wrong("no data", "names");
  const names = new Hdf5Cursor(file, start, "local heap").bytes(size);
  return (offset) => {
    const end = names.indexOf(0, offset);
    if (offset >= size || end < 0) throw cursor.wrong(`a name at ${offset}`, `a name in ${size} bytes`);
    return new TextDecoder().decode(names.subarray(offset, end));
  };
}

function readSymbols(
  file: Hdf5Bytes,
  address: number,
  names: (offset: number) => string,
  links: Map<string, number>,
): void {
  const cursor = new Hdf5Cursor(file, address, "symbol node");
  cursor.signature("SNOD");
  cursor.skip(2);
  const count = cursor.u16();
  for (let i = 0; i < count; i++) {
    const name = names(file.offsetBytes === 8 ? cursor.u64() : cursor.u32());
    const object = cursor.address();
    cursor.skip(24);
    if (object !== undefined) links.set(name, object);
  }
}

/**
 * Visits the leaves of a version 1 B-tree: for groups (kind 0) each address; for chunks (kind 1) each address with its key.
 * @param rank of the dataset, for chunks
 */
export function walkTree(
  file: Hdf5Bytes,
  root: number,
  kind: 0 | 1,
  visit: (
    child: number,
    key: { readonly size: number; readonly mask: number; readonly offsets: readonly number[] },
  ) => void,
  rank = 0,
): void {
  const seen = new Set<number>();
  const pending = [root];
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    const cursor = new Hdf5Cursor(file, address, "tree");
    if (seen.has(address)) throw cursor.wrong("a node twice", "each node once");
    seen.add(address);
    cursor.signature("TREE");
    const found = cursor.u8();
    if (found !== kind) throw cursor.wrong(`kind ${found}`, `kind ${kind}`);
    const level = cursor.u8();
    const count = cursor.u16();
    cursor.address();
    cursor.address();
    for (let i = 0; i < count; i++) {
      const key =
        kind === 0
          ? { size: cursor.length(), mask: 0, offsets: [] }
          : {
              size: cursor.u32(),
              mask: cursor.u32(),
              offsets: Array.from({ length: rank + 1 }, () => cursor.u64()),
            };
      const child = cursor.address();
      if (child === undefined) throw cursor.wrong("no address", "a child");
      if (level > 0) pending.push(child);
      else visit(child, key);
    }
  }
}
