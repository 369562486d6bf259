import { blockChecksum } from "./bunzip2.js";
import { type HuffmanPlan, planTables } from "./bzip2-huffman.js";
import { sortRotations } from "./bzip2-sort.js";

/** A block holds at most this much after the first run lengths, as bzip2 -9 has it. */
const BLOCK = 900_000 - 19;

/**
 * A bzip2 file of one stream, about as small as `bzip2 -9` makes it. Written from the format's public description: run lengths,
 * Burrows-Wheeler transform, move to front, Huffman codes.
 */
export function bzip2(bytes: Uint8Array): Uint8Array {
  const out = new BitWriter();
  out.put(0x425a, 16);
  out.put(0x6839, 16);
  let combined = 0;
  for (let start = 0; start < bytes.length; ) {
    const { packed, end } = packRuns(bytes, start);
    const checksum = blockChecksum(bytes.subarray(start, end));
    combined = ((combined << 1) | (combined >>> 31)) ^ checksum;
    writeBlock(out, packed, checksum);
    start = end;
  }
  out.put(0x177245, 24);
  out.put(0x385090, 24);
  out.put32(combined);
  return out.finish();
}

/** Writes bits, the highest of a byte first. */
class BitWriter {
  private bytes = new Uint8Array(1 << 16);
  private length = 0;
  private held = 0;
  private count = 0;

  /** The low `width` bits of a value, at most 24. */
  put(value: number, width: number): void {
    this.held = (this.held << width) | value;
    this.count += width;
    while (this.count >= 8) {
      this.count -= 8;
      if (this.length === this.bytes.length) this.grow();
      this.bytes[this.length++] = this.held >>> this.count;
    }
    this.held &= (1 << this.count) - 1;
  }

  put32(value: number): void {
    this.put(value >>> 16, 16);
    this.put(value & 0xffff, 16);
  }

  finish(): Uint8Array {
    if (this.count > 0) this.put(0, 8 - this.count);
    return this.bytes.slice(0, this.length);
  }

  private grow(): void {
    const larger = new Uint8Array(2 * this.bytes.length);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** The first run lengths: four equal bytes are followed by how many more there are, at most 251. Up to a block's end. */
function packRuns(bytes: Uint8Array, start: number): { readonly packed: Uint8Array; readonly end: number } {
  const packed = new Uint8Array(BLOCK);
  let length = 0;
  let at = start;
  while (at < bytes.length && length + 5 <= BLOCK) {
    const byte = bytes[at]!;
    let run = 1;
    while (run < 255 && at + run < bytes.length && bytes[at + run] === byte) run++;
    for (let i = 0; i < Math.min(run, 4); i++) packed[length++] = byte;
    if (run >= 4) packed[length++] = run - 4;
    at += run;
  }
  return { packed: packed.subarray(0, length), end: at };
}

function writeBlock(out: BitWriter, packed: Uint8Array, checksum: number): void {
  const order = sortRotations(packed);
  const { symbols, alphabet } = moveToFront(packed, order);
  out.put(0x314159, 24);
  out.put(0x265359, 24);
  out.put32(checksum);
  out.put(0, 1);
  out.put(order.indexOf(0), 24);
  writeAlphabet(out, alphabet);
  writeSymbols(out, symbols, planTables(symbols, alphabet.length + 2));
}

/** 16 bits for the ranges of 16 bytes that occur, then 16 bits for each of these. */
function writeAlphabet(out: BitWriter, alphabet: readonly number[]): void {
  const used = new Uint16Array(16);
  for (const byte of alphabet) used[byte >> 4]! |= 0x8000 >> (byte & 15);
  out.put(
    used.reduce((bits, range, i) => (range === 0 ? bits : bits | (0x8000 >> i)), 0),
    16,
  );
  for (const range of used) if (range !== 0) out.put(range, 16);
}

/**
 * The last column of the sorted rotations as places in a list whose front is the byte before; a run of the front byte in
 * bijective base 2 with the digits 0 and 1; the end of the block last.
 */
function moveToFront(
  packed: Uint8Array,
  order: Int32Array,
): { readonly symbols: Uint16Array; readonly alphabet: readonly number[] } {
  const n = packed.length;
  const alphabet = [...new Set(packed)].sort((a, b) => a - b);
  const front = Uint8Array.from(alphabet);
  const symbols = new Uint16Array(n + 1);
  let length = 0;
  let run = 0;
  const endRun = (): void => {
    for (; run > 0; run = (run - 1) >> 1) symbols[length++] = (run & 1) === 1 ? 0 : 1;
  };
  for (let i = 0; i < n; i++) {
    const from = order[i]!;
    const byte = packed[from === 0 ? n - 1 : from - 1]!;
    if (front[0] === byte) {
      run++;
      continue;
    }
    endRun();
    let place = 1;
    while (front[place] !== byte) place++;
    front.copyWithin(1, 0, place);
    front[0] = byte;
    symbols[length++] = place + 1;
  }
  endRun();
  symbols[length++] = alphabet.length + 1;
  return { symbols: symbols.subarray(0, length), alphabet };
}

function writeSymbols(out: BitWriter, symbols: Uint16Array, { tables, selectors }: HuffmanPlan): void {
  out.put(tables.length, 3);
  out.put(selectors.length, 15);
  const places = tables.map((_, i) => i);
  for (const selector of selectors) {
    const place = places.indexOf(selector);
    for (let i = 0; i < place; i++) out.put(1, 1);
    out.put(0, 1);
    places.splice(place, 1);
    places.unshift(selector);
  }
  const codes = tables.map(codesOf);
  for (const lengths of tables) writeLengths(out, lengths);
  for (let i = 0; i < symbols.length; i++) {
    const table = selectors[Math.floor(i / 50)]!;
    out.put(codes[table]![symbols[i]!]!, tables[table]![symbols[i]!]!);
  }
}

/** Each length as steps from the one before: 10 up, 11 down, 0 the end. */
function writeLengths(out: BitWriter, lengths: Uint8Array): void {
  let length = lengths[0]!;
  out.put(length, 5);
  for (const wanted of lengths) {
    for (; length < wanted; length++) out.put(2, 2);
    for (; length > wanted; length--) out.put(3, 2);
    out.put(0, 1);
  }
}

/** Canonical codes: shorter ones first, symbols of one length in their order. */
function codesOf(lengths: Uint8Array): Int32Array {
  const codes = new Int32Array(lengths.length);
  let code = 0;
  for (let width = 1; width <= 20; width++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] === width) codes[symbol] = code++;
    }
    code *= 2;
  }
  return codes;
}
