import { OptionError } from "../../core/errors.js";
import { IMAGE_EXTENSIONS } from "../../io/read-image.js";

/** A file's name without its folder and without the ending of its format; other dots belong to the name. */
export function stemOf(path: string): string {
  const name = path.replace(/^.*[\\/]/, "");
  const unpacked = name.replace(/\.(gz|bz2)$/i, "");
  const ending = IMAGE_EXTENSIONS.find((each) => unpacked.toLowerCase().endsWith(each));
  return ending ? unpacked.slice(0, -ending.length) : unpacked;
}

export interface NamedMicrograph {
  readonly path: string;
  /** Names the files that are made of it. */
  readonly stem: string;
}

/**
 * Micrographs with the names of the files that will be made of them.
 *
 * @throws OptionError where two of them would overwrite each other's files
 */
export function namedByStem(paths: readonly string[]): readonly NamedMicrograph[] {
  const seen = new Map<string, string>();
  return paths.map((path) => {
    const stem = stemOf(path);
    const other = seen.get(stem);
    if (other !== undefined) {
      throw new OptionError("micrographs", `found ${other} and ${path}, expected different names`);
    }
    seen.set(stem, path);
    return { path, stem };
  });
}
