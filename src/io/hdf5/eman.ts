import { indexOfNonFinite } from "../../array/statistics.js";
import { FormatError } from "../../core/errors.js";
import { type Hdf5File, withHdf5 } from "./library.js";

export { isHdf5 } from "./library.js";

/** One image or volume of an EMAN2 file. */
export interface EmanImage {
  /** The sample at (x, y, z) is data[(z * rows + y) * columns + x]. */
  readonly data: Float32Array;
  readonly shape: readonly [sections: number, rows: number, columns: number];
  /** Angstrom; only where the file says so. */
  readonly pixelSize?: number;
}

/** An open EMAN2 file: its images are read one at a time. */
export interface EmanFile {
  readonly count: number;
  /** Image `index`, from 0. Throws FormatError for damage, UnsupportedError for types and filters that are not read. */
  read(index: number): EmanImage;
}

const IMAGES = "/MDF/images";

/**
 * Opens a HDF5 file as EMAN2 writes it, for as long as `use` runs: images under /MDF/images/N/image, what is known of them in
 * attributes of the group. Images stored with reduced bits get their values back from stored_rendermin and stored_rendermax.
 * @throws FormatError for a damaged file or one without images in /MDF/images
 */
export function withEmanHdf<T>(bytes: Uint8Array, path: string, use: (file: EmanFile) => T): Promise<T> {
  return withHdf5(bytes, path, (file) => {
    const names = file.names(IMAGES);
    if (!names) throw new FormatError(path, "groups", `no ${IMAGES}`, `${IMAGES}, as EMAN2 writes it`);
    const numbers = names.filter((name) => /^\d{1,9}$/.test(name)).toSorted((a, b) => Number(a) - Number(b));
    if (numbers.length === 0) throw new FormatError(path, IMAGES, "no image", "at least one");
    return use({
      count: numbers.length,
      read(index) {
        const name = numbers[index];
        if (name === undefined)
          throw new FormatError(path, IMAGES, `no image ${index}`, `0 to ${numbers.length - 1}`);
        return readEmanImage(file, `${IMAGES}/${name}`, path);
      },
    });
  });
}

function readEmanImage(file: Hdf5File, group: string, path: string): EmanImage {
  const { shape, data } = file.numbers(`${group}/image`);
  if (shape.length < 1 || shape.length > 3 || data.length === 0) {
    throw new FormatError(path, `${group}/image, shape`, shape, "one to three counts above 0");
  }
  restoreRange(data, file, group);
  const bad = indexOfNonFinite(data);
  if (bad >= 0) throw new FormatError(path, `${group}, sample ${bad}`, data[bad], "a finite number");
  const [columns, rows = 1, sections = 1] = shape.toReversed() as [number, number?, number?];
  const pixelSize = file.numberAttribute(group, "EMAN.apix_x");
  return { data, shape: [sections, rows, columns], ...(pixelSize && pixelSize > 0 ? { pixelSize } : {}) };
}

/** Undoes EMAN2's reduction to 2^bits levels between two values, in place. */
function restoreRange(data: Float32Array, file: Hdf5File, group: string): void {
  const number = (name: string): number => file.numberAttribute(group, `EMAN.stored_${name}`) ?? 0;
  const bits = number("renderbits");
  const [low, high] = [number("rendermin"), number("rendermax")];
  if (!(bits > 0) || high === low) return;
  const scale = (high - low) / (2 ** bits - 1);
  for (let i = 0; i < data.length; i++) data[i] = data[i]! * scale + low;
}
