import { FormatError } from "../../core/errors.js";

/** A HDF5 file's bytes, and the widths of addresses and lengths in it. */
export interface Hdf5Bytes {
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly offsetBytes: 4 | 8;
  readonly lengthBytes: 4 | 8;
}

/** Reads little-endian fields one after the other; a field beyond the end is a FormatError that names the structure. */
export class Hdf5Cursor {
  private readonly view: DataView;

  constructor(
    readonly file: Hdf5Bytes,
    /** Offset in the file of the next field. */
    public at: number,
    /** What is being read, for messages. */
    private readonly what: string,
    private readonly end = file.bytes.length,
  ) {
    this.view = new DataView(file.bytes.buffer, file.bytes.byteOffset, file.bytes.length);
    if (!(at >= 0 && at <= end && end <= file.bytes.length))
      throw this.wrong(`offset ${at}`, "an offset inside the file");
  }

  /** Bytes up to the end of the structure. */
  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  u64(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }

  /** A count of bytes or elements. */
  length(): number {
    return this.file.lengthBytes === 8 ? this.u64() : this.u32();
  }

  /** An address, or undefined where the file says that there is none. */
  address(): number | undefined {
    const value = this.file.offsetBytes === 8 ? this.u64() : this.u32();
    return value >= (this.file.offsetBytes === 8 ? 2 ** 63 : 0xffffffff) ? undefined : value;
  }

  bytes(count: number): Uint8Array {
    const start = this.take(count);
    return this.file.bytes.subarray(start, start + count);
  }

  skip(count: number): void {
    this.take(count);
  }

  /** Four letters that begin a structure. */
  signature(expected: string): void {
    const found = String.fromCharCode(...this.bytes(4));
    if (found !== expected) throw this.wrong(found, expected);
  }

  wrong(found: unknown, expected: string): FormatError {
    return new FormatError(this.file.path, `HDF5 ${this.what} at byte ${this.at}`, found, expected);
  }

  private take(count: number): number {
    if (!(count >= 0 && count <= this.left)) throw this.wrong(`${this.left} bytes`, `${count} more`);
    this.at += count;
    return this.at - count;
  }
}
