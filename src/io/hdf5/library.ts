import type { Dataset, File, Group } from "h5wasm";
import { CryoError, FormatError, UnsupportedError } from "../../core/errors.js";

/** An open HDF5 file, whose objects are named by their paths. Every method throws FormatError for damage. */
export interface Hdf5File {
  /** Names in a group; undefined where there is no such group. */
  names(group: string): readonly string[] | undefined;
  /** An attribute that holds a single number; undefined where there is none. */
  numberAttribute(object: string, name: string): number | undefined;
  /** A dense array of numbers. @throws UnsupportedError for other types, and for filters that the library has not got */
  numbers(dataset: string): Hdf5Numbers;
}

export interface Hdf5Numbers {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether bytes begin as a HDF5 file does. */
export const isHdf5 = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Deflate expands no byte to more: a dataset that its file cannot hold is refused before memory is taken for it. */
const MOST_EXPANSION = 1032;

/** Each file has its own name in the library's memory: after damage it may hold on to the one before. */
let opened = 0;

/**
 * Opens a HDF5 file with the HDF Group's own library, which is loaded at the first file, and closes it after `use`.
 * @throws FormatError for a damaged file
 */
export async function withHdf5<T>(bytes: Uint8Array, path: string, use: (file: Hdf5File) => T): Promise<T> {
  const { default: library, ready } = await import("h5wasm");
  const { FS, activate_throwing_error_handler } = await ready;
  // without it what cannot be read comes as whatever was in memory
  activate_throwing_error_handler();
  const name = `/${++opened}.hdf`;
  FS.writeFile(name, bytes);
  try {
    return guarded(path, () => {
      const file = new library.File(name, "r");
      try {
        return use(openFile(file, library, bytes.length, path));
      } finally {
        file.close();
      }
    });
  } finally {
    FS.unlink(name);
  }
}

function openFile(
  file: File,
  library: { readonly Group: typeof Group; readonly Dataset: typeof Dataset },
  fileBytes: number,
  path: string,
): Hdf5File {
  return {
    names: (group) => {
      const found = file.get(group);
      return found instanceof library.Group ? found.keys() : undefined;
    },
    numberAttribute: (object, name) => {
      const found = file.get(object);
      if (!(found instanceof library.Group || found instanceof library.Dataset)) return undefined;
      const attribute = found.attrs[name];
      const value = attribute?.json_value;
      return typeof value === "number" ? value : undefined;
    },
    numbers: (dataset) => {
      const found = file.get(dataset);
      if (!(found instanceof library.Dataset)) throw new FormatError(path, dataset, "nothing", "a dataset");
      return readNumbers(found, dataset, fileBytes, path);
    },
  };
}

function readNumbers(dataset: Dataset, at: string, fileBytes: number, path: string): Hdf5Numbers {
  const { shape, size } = dataset.metadata;
  if (!shape) throw new FormatError(path, `${at}, shape`, "none", "counts");
  const bytes = shape.reduce((product, n) => product * n, size);
  if (!(bytes <= fileBytes * MOST_EXPANSION)) {
    throw new FormatError(path, `${at}, shape`, shape, `no more than ${fileBytes} bytes can stand for`);
  }
  const { value } = dataset;
  if (!ArrayBuffer.isView(value))
    throw new UnsupportedError(`${path}: ${at}, type: found ${dataset.dtype}, expected numbers`);
  if (value instanceof Float32Array) return { shape, data: value };
  const isWide = value instanceof BigInt64Array || value instanceof BigUint64Array;
  return { shape, data: isWide ? Float32Array.from(value, Number) : new Float32Array(value as Float64Array) };
}

/** Runs what calls the library, whose own errors become one of ours that names the file. */
function guarded<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof CryoError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    const filter = /required filter '([^']*)' is not registered/.exec(text)?.[1];
    if (filter !== undefined) {
      throw new UnsupportedError(
        `${path}: HDF5 filter: found ${filter}, expected deflate, shuffle, Fletcher32 or none`,
        { cause: error },
      );
    }
    throw new FormatError(path, "HDF5", reasonOf(text), "a whole HDF5 file");
  }
}

/** The innermost reason of the library's report, which is a list from the outermost call inwards. */
function reasonOf(text: string): string {
  const reasons = [...text.matchAll(/^ {2}#\d+: .*?\(\): (.*)$/gm)];
  return reasons.at(-1)?.[1] ?? text.split("\n")[0]!;
}
