import { indexOfNonFinite } from "../../array/statistics.js";
import { FormatError } from "../../core/errors.js";
import type { Hdf5Bytes } from "./cursor.js";
import { readDataset } from "./dataset.js";
import { HDF5_SIGNATURE, MESSAGE, messageCursor, openHdf5, readLinks, readMessages } from "./objects.js";

/** One image or volume of an EMAN2 file. */
export interface EmanImage {
  /** The sample at (x, y, z) is data[(z * rows + y) * columns + x]. */
  readonly data: Float32Array;
  readonly shape: readonly [sections: number, rows: number, columns: number];
  /** Angstrom; only where the file says so. */
  readonly pixelSize?: number;
}

/** An EMAN2 file that has been opened: its images are read one at a time. */
export interface EmanFile {
  readonly count: number;
  /** Image `index`, from 0. Throws FormatError for damage, UnsupportedError for types and filters that are not read. */
  read(index: number): EmanImage;
}

/**
 * Opens a HDF5 file as EMAN2 writes it: images under /MDF/images/N/image, what is known of them in attributes of the group.
 * Images stored with reduced bits get their values back from stored_rendermin and stored_rendermax.
 * @throws FormatError for a damaged file or one without /MDF/images
 */
export function openEmanHdf(bytes: Uint8Array, path: string): EmanFile {
  const { file, root } = openHdf5(bytes, path);
  const step = (group: number, name: string): number => {
    const address = readLinks(file, group).get(name);
    if (address === undefined)
      throw new FormatError(path, "groups", `no ${name}`, "/MDF/images, as EMAN2 writes it");
    return address;
  };
  const images = readLinks(file, step(step(root, "MDF"), "images"));
  const numbers = [...images.keys()]
    .filter((name) => /^\d{1,9}$/.test(name))
    .toSorted((a, b) => Number(a) - Number(b));
  return {
    count: numbers.length,
    read(index) {
      const name = numbers[index];
      if (name === undefined)
        throw new FormatError(path, "/MDF/images", `no image ${index}`, `0 to ${numbers.length - 1}`);
      const group = images.get(name)!;
      return readEmanImage(file, group, step(group, "image"), `/MDF/images/${name}`);
    },
  };
}

function readEmanImage(file: Hdf5Bytes, group: number, dataset: number, at: string): EmanImage {
  const { shape, data } = readDataset(file, dataset);
  if (shape.length < 1 || shape.length > 3 || data.length === 0) {
    throw new FormatError(file.path, `${at}/image, shape`, shape, "one to three counts above 0");
  }
  const attributes = readNumbers(file, group);
  const bits = attributes.get("EMAN.stored_renderbits") ?? 0;
  if (bits > 0) restoreRange(data, bits, attributes);
  const bad = indexOfNonFinite(data);
  if (bad >= 0) throw new FormatError(file.path, `${at}, sample ${bad}`, data[bad], "a finite number");
  const [columns, rows = 1, sections = 1] = shape.toReversed() as [number, number?, number?];
  const pixelSize = attributes.get("EMAN.apix_x");
  return { data, shape: [sections, rows, columns], ...(pixelSize && pixelSize > 0 ? { pixelSize } : {}) };
}

/** Undoes EMAN2's reduction to 2^bits levels between two values, in place. */
function restoreRange(data: Float32Array, bits: number, attributes: ReadonlyMap<string, number>): void {
  const low = attributes.get("EMAN.stored_rendermin") ?? 0;
  const high = attributes.get("EMAN.stored_rendermax") ?? 0;
  if (high === low) return;
  const scale = (high - low) / (2 ** bits - 1);
  for (let i = 0; i < data.length; i++) data[i] = data[i]! * scale + low;
}

/** Attributes of an object that hold a single number of 4 or 8 bytes; the others are passed over. */
function readNumbers(file: Hdf5Bytes, address: number): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const message of readMessages(file, address)) {
    if (message.type !== MESSAGE.attribute) continue;
    const cursor = messageCursor(file, message, "attribute");
    const version = cursor.u8();
    cursor.skip(1);
    const sizes = [cursor.u16(), cursor.u16(), cursor.u16()];
    if (version === 3) cursor.skip(1);
    // Version 1 pads each part to a multiple of 8 bytes.
    const [nameBytes, typeBytes, spaceBytes] = sizes.map((size) =>
      version === 1 ? Math.ceil(size / 8) * 8 : size,
    ) as [number, number, number];
    const name = new TextDecoder().decode(cursor.bytes(nameBytes)).replace(/\0.*$/s, "");
    const type = cursor.bytes(typeBytes);
    cursor.skip(spaceBytes);
    const value = singleNumber(type, cursor.bytes(cursor.left));
    if (value !== undefined) numbers.set(name, value);
  }
  return numbers;
}

/** A little-endian number by a datatype message: class 0 whole, 1 floating point. */
function singleNumber(type: Uint8Array, value: Uint8Array): number | undefined {
  if (type.length < 8 || (type[1]! & 1) !== 0) return undefined;
  const kind = type[0]! & 15;
  const bytes = new DataView(type.buffer, type.byteOffset).getUint32(4, true);
  if (value.length < bytes) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (kind === 0 && bytes === 4) return view.getInt32(0, true);
  if (kind === 1 && bytes === 4) return view.getFloat32(0, true);
  return kind === 1 && bytes === 8 ? view.getFloat64(0, true) : undefined;
}

/** Whether bytes begin as a HDF5 file does. */
export const isHdf5 = (bytes: Uint8Array): boolean => HDF5_SIGNATURE.every((byte, i) => bytes[i] === byte);
