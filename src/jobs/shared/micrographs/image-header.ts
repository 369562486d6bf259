import type { Files } from "../../../core/ports.js";
import { isPacked } from "../../../io/bytes/unpack.js";
import { isHdf5 } from "../../../io/hdf5/eman.js";
import { MRC_HEADER_BYTES, parseMrcHeader } from "../../../io/mrc/header.js";
import { mrcPixelSize, requireEvenPixels } from "../../../io/mrc/read.js";
import { PNG_SIGNATURE } from "../../../io/png/chunks.js";
import { isMrc, readImage } from "../../../io/read-image.js";

/** What is known of an image before its pixels are read. */
export interface ImageHeader {
  readonly shape: readonly [rows: number, columns: number];
  /** Angstrom; only where the file says so. */
  readonly pixelSize?: number;
}

/** Offset of IHDR's width and height. */
const PNG_SIZE = 16;

/** Size of a micrograph from the first bytes of its file; formats without a short header are read whole. */
export async function readImageHeader(files: Files, path: string): Promise<ImageHeader> {
  const bytes = await files.size(path);
  const head = await files.readRange(path, 0, Math.min(bytes, MRC_HEADER_BYTES));
  if (PNG_SIGNATURE.every((byte, i) => head[i] === byte) && head.length >= PNG_SIZE + 8) {
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    return { shape: [view.getUint32(PNG_SIZE + 4), view.getUint32(PNG_SIZE)] };
  }
  if (isMrc(head, path) && !isPacked(head) && !isHdf5(head)) {
    const header = parseMrcHeader(head, bytes, path);
    if (header.shape[0] === 1) requireEvenPixels(header, path);
    const pixelSize = mrcPixelSize(header);
    return { shape: [header.shape[1], header.shape[2]], ...(pixelSize !== undefined && { pixelSize }) };
  }
  const { image, pixelSize } = await readImage(await files.read(path), path);
  return { shape: image.shape, ...(pixelSize !== undefined && { pixelSize }) };
}
