import { FormatError } from "../../core/errors.js";

/** What the first bytes of a file say of its size in bytes; undefined where they say nothing. */
export type SizePromise = (head: Uint8Array) => number | undefined;

/** Bytes that a promise is asked with: an MRC header. */
const HEAD_BYTES = 1024;
/**
 * A few bytes of gzip or bzip2 can stand for gigabytes. A file whose beginning promises no size may have this many bytes, or
 * MOST_EXPANSION times the packed ones: text packs to a tenth, pictures hardly at all.
 */
const MOST_BYTES = 2 ** 28;
const MOST_EXPANSION = 100;
/** What one array of bytes can hold in every release of Node.js and every browser. */
const MOST_ARRAY = 2 ** 32;

/** The most that a packed file may unpack to where its beginning promises no size. */
export const mostUnpacked = (packedBytes: number): number =>
  Math.max(MOST_BYTES, MOST_EXPANSION * packedBytes);

/** Collects what a packed file holds, piece by piece, and refuses more than its beginning promises. */
export class Unpacked {
  private readonly parts: Uint8Array[] = [];
  private most: number;
  private isPromised = false;
  /** Bytes collected. */
  filled = 0;

  /**
   * @param packedBytes of the packed file
   * @param at names the packing in messages
   */
  constructor(
    private readonly packedBytes: number,
    private readonly path: string,
    private readonly at: string,
    private readonly promise: SizePromise = () => undefined,
  ) {
    this.most = mostUnpacked(packedBytes);
  }

  /** @throws FormatError where there are now more bytes than there can be */
  add(part: Uint8Array): void {
    this.parts.push(part);
    this.filled += part.length;
    if (!this.isPromised && this.filled >= HEAD_BYTES) {
      this.isPromised = true;
      this.most = this.promise(this.join(HEAD_BYTES)) ?? this.most;
      if (this.most > MOST_ARRAY) {
        const promised = `${this.most} bytes, from the header`;
        throw new FormatError(this.path, this.at, promised, `at most ${MOST_ARRAY} bytes: unpack it first`);
      }
    }
    if (this.filled <= this.most) return;
    throw new FormatError(
      this.path,
      this.at,
      `${this.filled} bytes and more`,
      `at most ${this.most} bytes from a file of ${this.packedBytes}`,
    );
  }

  /** All that was collected. */
  bytes(): Uint8Array {
    return this.parts.length === 1 ? this.parts[0]! : this.join(this.filled);
  }

  /** The first bytes of what was collected. */
  private join(length: number): Uint8Array {
    const out = new Uint8Array(length);
    let at = 0;
    for (const part of this.parts) {
      out.set(part.subarray(0, length - at), at);
      at += part.length;
      if (at >= length) break;
    }
    return out;
  }
}
