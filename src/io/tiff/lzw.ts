const CLEAR = 256;
const END = 257;
/** Codes from here on would need 13 bits one code later; TIFF readers expect a clear before that. */
const LAST = 4094;

/** Packs bytes by LZW as TIFF 6.0, section 13, has it: codes of 9 to 12 bits, highest bit first. */
export function packLzw(bytes: Uint8Array): Uint8Array {
  const writer = new BitWriter(bytes.length);
  // children of a code: the string it stands for, and one more byte
  let table = new Map<number, number>();
  let next = END + 1;
  let width = 9;
  writer.put(CLEAR, width);
  let code = -1;
  for (const byte of bytes) {
    if (code < 0) {
      code = byte;
      continue;
    }
    const key = code * 256 + byte;
    const known = table.get(key);
    if (known !== undefined) {
      code = known;
      continue;
    }
    writer.put(code, width);
    code = byte;
    table.set(key, next++);
    if (next > LAST) {
      writer.put(CLEAR, width);
      table = new Map();
      next = END + 1;
      width = 9;
    } else if (next === 1 << width) width++;
  }
  if (code >= 0) {
    writer.put(code, width);
    // the reader has learnt a string more by then
    if (next + 1 === 1 << width && width < 12) width++;
  }
  writer.put(END, width);
  return writer.finish();
}

class BitWriter {
  private bytes: Uint8Array;
  private length = 0;
  private bits = 0;
  private held = 0;

  constructor(expected: number) {
    this.bytes = new Uint8Array(Math.max(64, expected));
  }

  put(code: number, width: number): void {
    this.bits = (this.bits << width) | code;
    this.held += width;
    while (this.held >= 8) {
      this.held -= 8;
      this.push((this.bits >> this.held) & 255);
    }
    this.bits &= (1 << this.held) - 1;
  }

  finish(): Uint8Array {
    if (this.held > 0) this.push((this.bits << (8 - this.held)) & 255);
    return this.bytes.slice(0, this.length);
  }

  private push(byte: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = byte;
  }
}
