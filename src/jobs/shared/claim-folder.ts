import { UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";

/** What a job's folder is known by. */
export interface FolderClaim {
  /** What the folder holds, as "estimates": for messages, and to tell one job's folder from another's. */
  readonly holds: string;
  /** Names of files or folders that only such a folder has. */
  readonly marks: readonly string[];
}

/** The folder of `simulate` and `generate`; which of them, and with which options, the dataset itself tells. */
export const DATASET_CLAIM: FolderClaim = { holds: "a dataset", marks: [DATASET.manifest, DATASET.parts] };

/** Stands in a folder from before the first result until the work is complete. */
const CLAIM = ".cryogem-claim";
const LOCK = ".cryogem-lock";
const isOwnTrace = (name: string): boolean => name === CLAIM || name === LOCK || /^\..*\.partial$/.test(name);

/**
 * Does a job's work in its folder: a new or empty one, or one in which the same kind of work began. The folder is claimed before
 * anything else is written, so that the same command can go on at any moment; no other process works in it meanwhile; what killed
 * processes had written aside is removed.
 *
 * @throws UsageError for a folder with other files or another job's, and for one in which another process is at work
 */
export async function inClaimedFolder<T>(
  files: Files,
  dir: string,
  claim: FolderClaim,
  work: () => Promise<T>,
): Promise<T> {
  await refuseOtherFolder(files, dir, claim);
  const wasThere = await files.exists(dir);
  const release = await files.lock(inside(dir, LOCK));
  try {
    await files.sweep(dir);
    await files.write(inside(dir, CLAIM), `${claim.holds}\n`);
    const result = await work();
    await files.remove(inside(dir, CLAIM));
    return result;
  } finally {
    const isEmpty = await leave(files, dir);
    await release();
    if (isEmpty && !wasThere) await files.remove(dir);
  }
}

/** Gives up the claim on a folder into which nothing was written: an input was refused. @returns whether it is empty */
async function leave(files: Files, dir: string): Promise<boolean> {
  const isEmpty = (await files.list(dir)).every(isOwnTrace);
  if (isEmpty) await files.remove(inside(dir, CLAIM));
  return isEmpty;
}

async function refuseOtherFolder(files: Files, dir: string, { holds, marks }: FolderClaim): Promise<void> {
  const names = (await files.exists(dir)) ? await files.list(dir) : [];
  if (names.includes(CLAIM)) {
    const other = new TextDecoder().decode(await files.read(inside(dir, CLAIM))).trim();
    if (other === holds) return;
    throw new UsageError(
      `${dir}: found unfinished ${other}, expected a new or empty folder, or ${holds} to continue`,
    );
  }
  const others = names.filter((name) => !isOwnTrace(name));
  if (others.length === 0 || others.some((name) => marks.includes(name))) return;
  const some = others.slice(0, 3).join(", ") + (others.length > 3 ? ", …" : "");
  throw new UsageError(
    `${dir}: found a folder with other files (${some}), expected a new or empty folder, or ${holds} to continue`,
  );
}
