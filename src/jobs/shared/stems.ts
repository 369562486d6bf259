import { OptionError } from "../../core/errors.js";
import { micrographStem } from "../../io/picks/pick.js";

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
    const stem = micrographStem(path);
    const other = seen.get(stem);
    if (other !== undefined) {
      throw new OptionError("micrographs", `found ${other} and ${path}, expected different names`);
    }
    seen.set(stem, path);
    return { path, stem };
  });
}
