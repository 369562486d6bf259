import { FormatError } from "../../core/errors.js";

export const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/**
 * The chunks of a PNG file, up to IEND, their checksums verified.
 * @throws FormatError for a wrong signature, a chunk that runs past the end, a wrong checksum, a missing IEND
 */
export function readPngChunks(bytes: Uint8Array, path: string): PngChunk[] {
  const signature = bytes.subarray(0, 8);
  if (PNG_SIGNATURE.some((byte, i) => signature[i] !== byte)) {
    throw new FormatError(path, "first 8 bytes", [...signature], "the PNG signature");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: PngChunk[] = [];
  for (let start = 8; start + 12 <= bytes.length; ) {
    const length = view.getUint32(start);
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    if (!/^[A-Za-z]{4}$/.test(type))
      throw new FormatError(path, `byte ${start + 4}`, type, "a chunk's four letters");
    const end = start + 8 + length;
    if (end + 4 > bytes.length) {
      throw new FormatError(
        path,
        `chunk ${type} at byte ${start}`,
        `${bytes.length - start - 12} bytes`,
        `${length}`,
      );
    }
    if (view.getUint32(end) !== crc32(bytes, start + 4, end)) {
      throw new FormatError(
        path,
        `chunk ${type} at byte ${start}`,
        "a damaged chunk",
        "one that fits its checksum",
      );
    }
    chunks.push({ type, data: bytes.subarray(start + 8, end) });
    if (type === "IEND") return chunks;
    start = end + 4;
  }
  throw new FormatError(path, "end of file", `${bytes.length} bytes without IEND`, "a whole PNG file");
}

/** A PNG file of these chunks. */
export function writePngChunks(chunks: readonly PngChunk[]): Uint8Array {
  const out = new Uint8Array(8 + chunks.reduce((sum, { data }) => sum + 12 + data.length, 0));
  const view = new DataView(out.buffer);
  out.set(PNG_SIGNATURE);
  let start = 8;
  for (const { type, data } of chunks) {
    view.setUint32(start, data.length);
    for (let i = 0; i < 4; i++) out[start + 4 + i] = type.charCodeAt(i);
    out.set(data, start + 8);
    const end = start + 8 + data.length;
    view.setUint32(end, crc32(out, start + 4, end));
    start = end + 4;
  }
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of bytes [start, end), as PNG, gzip and zip use it. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let c = 0xffffffff;
  for (let i = start; i < end; i++) c = CRC_TABLE[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
