import { OptionError } from "../../../core/errors.js";
import { flawOfName, micrographStem } from "../../../io/picks/pick.js";

export interface NamedMicrograph {
  readonly path: string;
  /** Names the files that are made of it. */
  readonly stem: string;
}

/**
 * Refuses a name that no table can hold, before any work.
 *
 * @throws OptionError for a name with a line break, another control character, or letters that are not in UTF-8
 */
function requirePlainName(path: string, option: string): void {
  const flaw = flawOfName(path);
  if (!flaw) return;
  throw new OptionError(option, `found ${JSON.stringify(path)} with ${flaw}, expected none: rename it`);
}

/**
 * Micrographs with the names of the files that will be made of them.
 *
 * @throws OptionError where two of them would overwrite each other's files, or a name has a control character
 */
export function namedByStem(paths: readonly string[]): readonly NamedMicrograph[] {
  const seen = new Map<string, string>();
  return paths.map((path) => {
    requirePlainName(path, "micrographs");
    const stem = micrographStem(path);
    const other = seen.get(stem);
    if (other !== undefined) {
      throw new OptionError("micrographs", `found ${other} and ${path}, expected different names`);
    }
    seen.set(stem, path);
    return { path, stem };
  });
}
