import { UsageError } from "../../../core/errors.js";
import type { Files } from "../../../core/ports.js";
import { inside } from "../../../dataset/layout.js";

/** A folder of maps that one command writes, with a table that comes last. */
export interface MapSet {
  /** What the folder holds, as "conformations": for messages. */
  readonly holds: string;
  readonly table: string;
  /** Names of its maps. */
  readonly maps: RegExp;
}

/**
 * Makes a folder ready for a set of maps: those of a set that was stopped, whose options may have been others, are removed.
 *
 * @throws UsageError for a finished set
 */
export async function startMapSet(files: Files, out: string, { holds, table, maps }: MapSet): Promise<void> {
  const names = await files.list(out);
  if (names.includes(table)) throw new UsageError(`${out}: found ${holds}, expected a new or empty folder`);
  for (const name of names) if (maps.test(name)) await files.remove(inside(out, name));
}
