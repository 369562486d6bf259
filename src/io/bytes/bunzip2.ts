import { FormatError } from "../../core/errors.js";
import { type SizePromise, Unpacked } from "./unpacked.js";

/** The first bytes of a bzip2 file. */
export const isBzip2 = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x42 && bytes[1] === 0x5a && bytes[2] === 0x68 && bytes[3]! >= 0x31 && bytes[3]! <= 0x39;

const BLOCK_MARK = 0x314159265359;
const END_MARK = 0x177245385090;
const RUN_A = 0;
const RUN_B = 1;

/**
 * Unpacks a bzip2 file of one or several streams, verifying the checksum of every block. Written from the format's public
 * description: Huffman codes, move to front, Burrows-Wheeler transform, run lengths.
 * @param promise what the beginning of the content says of its size
 * @throws FormatError for a damaged or truncated file, or one that unpacks to more than it can hold
 */
export function bunzip2(bytes: Uint8Array, path: string, promise?: SizePromise): Uint8Array {
  const input = new BitReader(bytes, path);
  const unpacked = new Unpacked(bytes.length, path, "bzip2", promise);
  do {
    const mark = input.bits(24);
    const level = input.bits(8) - 0x30;
    if (mark !== 0x425a68 || level < 1 || level > 9) throw input.wrong("another mark", "BZh1 to BZh9");
    for (;;) {
      const kind = input.bits(24) * 0x1000000 + input.bits(24);
      const checksum = input.bits(32);
      if (kind === END_MARK) break;
      if (kind !== BLOCK_MARK) throw input.wrong("another mark", "a block or the end of the stream");
      const part = readBlock(input, 100_000 * level);
      if (blockChecksum(part) !== checksum) throw input.wrong("another checksum", "the one of its block");
      unpacked.add(part);
    }
    input.align();
  } while (!input.atEnd);
  return unpacked.bytes();
}

/** Reads bits, the highest of a byte first. */
class BitReader {
  private at = 0;
  private held = 0;
  private count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly path: string,
  ) {}

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** Up to 32 bits as an unsigned number. */
  bits(width: number): number {
    let value = 0;
    for (let left = width; left > 0; ) {
      if (this.count === 0) {
        if (this.atEnd) throw this.wrong("the end", "a whole bzip2 file");
        this.held = this.bytes[this.at++]!;
        this.count = 8;
      }
      const taken = Math.min(left, this.count);
      this.count -= taken;
      value = value * 2 ** taken + ((this.held >> this.count) & ((1 << taken) - 1));
      left -= taken;
    }
    return value;
  }

  /** Passes over what is left of the current byte. */
  align(): void {
    this.count = 0;
  }

  wrong(found: string, expected: string): FormatError {
    return new FormatError(this.path, `bzip2, byte ${this.at}`, found, expected);
  }
}

function readBlock(input: BitReader, most: number): Uint8Array {
  if (input.bits(1) === 1) throw input.wrong("a randomised block", "one as written since bzip2 0.9.5");
  const origin = input.bits(24);
  const alphabet = readAlphabet(input);
  const { tables, selectors } = readTables(input, alphabet.length + 2);
  const block = new Uint32Array(most);
  const length = readSymbols(input, alphabet, tables, selectors, block);
  if (origin >= length) throw input.wrong(`origin ${origin}`, `below ${length}`);
  return expandRuns(untransform(block, length, origin), length);
}

/** Bytes that occur in the block, in order: 16 bits for ranges of 16, then 16 bits for each range in use. */
function readAlphabet(input: BitReader): number[] {
  const ranges = input.bits(16);
  const alphabet: number[] = [];
  for (let high = 0; high < 16; high++) {
    if ((ranges & (0x8000 >> high)) === 0) continue;
    const used = input.bits(16);
    for (let low = 0; low < 16; low++) if (used & (0x8000 >> low)) alphabet.push(16 * high + low);
  }
  if (alphabet.length === 0) throw input.wrong("no bytes in use", "some");
  return alphabet;
}

/** A canonical Huffman code: for each length the code after its last, the place of its first symbol, and all symbols. */
interface HuffmanTable {
  readonly limits: readonly number[];
  readonly bases: readonly number[];
  readonly symbols: readonly number[];
}

function readTables(input: BitReader, symbols: number): { tables: HuffmanTable[]; selectors: number[] } {
  const count = input.bits(3);
  const selectorCount = input.bits(15);
  if (count < 2 || count > 6 || selectorCount < 1) throw input.wrong(`${count} tables`, "2 to 6 tables");
  const order = Array.from({ length: count }, (_, i) => i);
  const selectors: number[] = [];
  for (let i = 0; i < selectorCount; i++) {
    let place = 0;
    while (input.bits(1) === 1) if (++place >= count) throw input.wrong(`table ${place}`, `below ${count}`);
    order.unshift(...order.splice(place, 1));
    selectors.push(order[0]!);
  }
  const tables = order.map(() => readTable(input, symbols));
  return { tables, selectors };
}

/** Code lengths of all symbols, as differences from one to the next. */
function readTable(input: BitReader, symbols: number): HuffmanTable {
  const lengths: number[] = [];
  let length = input.bits(5);
  for (let i = 0; i < symbols; i++) {
    for (;;) {
      if (length < 1 || length > 20) throw input.wrong(`a code of ${length} bits`, "1 to 20");
      if (input.bits(1) === 0) break;
      length += input.bits(1) === 0 ? 1 : -1;
    }
    lengths.push(length);
  }
  const limits: number[] = [0];
  const bases: number[] = [0];
  const sorted: number[] = [];
  let code = 0;
  for (let width = 1; width <= 20; width++) {
    bases[width] = sorted.length - code;
    for (const [symbol, own] of lengths.entries()) if (own === width) sorted.push(symbol);
    code = sorted.length - bases[width]!;
    limits[width] = code;
    code *= 2;
  }
  return { limits, bases, symbols: sorted };
}

function readSymbol(input: BitReader, { limits, bases, symbols }: HuffmanTable): number {
  let code = 0;
  for (let width = 1; width <= 20; width++) {
    code = code * 2 + input.bits(1);
    if (code < limits[width]!) return symbols[bases[width]! + code]!;
  }
  throw input.wrong("no such code", "one of the block's table");
}

/** Fills `block` with the bytes of the transformed block and returns their number. */
function readSymbols(
  input: BitReader,
  alphabet: readonly number[],
  tables: readonly HuffmanTable[],
  selectors: readonly number[],
  block: Uint32Array,
): number {
  const front = [...alphabet];
  const endOfBlock = alphabet.length + 1;
  let length = 0;
  let run = 0;
  let weight = 1;
  const push = (byte: number, times: number): void => {
    if (length + times > block.length)
      throw input.wrong(`${length + times} bytes`, `a block of at most ${block.length}`);
    block.fill(byte, length, length + times);
    length += times;
  };
  for (let i = 0; ; i++) {
    const selector = selectors[Math.floor(i / 50)];
    if (selector === undefined) throw input.wrong(`symbol ${i}`, `at most ${50 * selectors.length}`);
    const symbol = readSymbol(input, tables[selector]!);
    if (symbol === RUN_A || symbol === RUN_B) {
      run += weight * (symbol + 1);
      weight *= 2;
      if (run > block.length) throw input.wrong(`a run of ${run}`, `at most ${block.length}`);
      continue;
    }
    push(front[0]!, run);
    run = 0;
    weight = 1;
    if (symbol === endOfBlock) return length;
    front.unshift(...front.splice(symbol - 1, 1));
    push(front[0]!, 1);
  }
}

/** Undoes the Burrows-Wheeler transform. The upper 24 bits of `block` are used for the links. */
function untransform(block: Uint32Array, length: number, origin: number): Uint8Array {
  const starts = new Uint32Array(257);
  for (let i = 0; i < length; i++) starts[(block[i]! & 255) + 1]!++;
  for (let byte = 0; byte < 256; byte++) starts[byte + 1]! += starts[byte]!;
  for (let i = 0; i < length; i++) {
    const byte = block[i]! & 255;
    const place = starts[byte]!++;
    block[place] = (block[place]! & 255) | (i << 8);
  }
  const out = new Uint8Array(length);
  let link = block[origin]! >>> 8;
  for (let i = 0; i < length; i++) {
    const entry = block[link]!;
    out[i] = entry & 255;
    link = entry >>> 8;
  }
  return out;
}

/** Undoes the first run lengths: four equal bytes are followed by the number of further ones. */
function expandRuns(packed: Uint8Array, length: number): Uint8Array {
  let size = 0;
  eachRun(packed, length, (_byte, times) => {
    size += times;
  });
  const out = new Uint8Array(size);
  let at = 0;
  eachRun(packed, length, (byte, times) => {
    out.fill(byte, at, at + times);
    at += times;
  });
  return out;
}

function eachRun(packed: Uint8Array, length: number, take: (byte: number, times: number) => void): void {
  for (let i = 0, same = 0; i < length; i++) {
    const byte = packed[i]!;
    same = i > 0 && same > 0 && byte === packed[i - 1] ? same + 1 : 1;
    take(byte, 1);
    if (same < 4) continue;
    // The count may be cut off at the end of a block.
    if (i + 1 < length) take(byte, packed[i + 1]!);
    i++;
    same = 0;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n << 24;
  for (let k = 0; k < 8; k++) c = c & 0x80000000 ? (c << 1) ^ 0x04c11db7 : c << 1;
  return c;
});

/** bzip2's checksum: CRC-32 with the highest bit first. */
export function blockChecksum(bytes: Uint8Array): number {
  let c = -1;
  for (let i = 0; i < bytes.length; i++) c = (c << 8) ^ CRC_TABLE[(c >>> 24) ^ bytes[i]!]!;
  return ~c >>> 0;
}
