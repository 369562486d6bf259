import { UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";
import type { Assignment, Share } from "./share.js";

/** What a job's folder is known by. */
export interface FolderClaim {
  /** What the folder holds, as "estimates": for messages, and to tell one job's folder from another's. */
  readonly holds: string;
  /** Names of files or folders that only such a folder has. */
  readonly marks: readonly string[];
  /** Of a job that several processes may share in; absent: this one does it alone. */
  readonly assignment?: Assignment;
}

/** A command with its options, as a claim keeps them for the other shares and for `join`. */
export type ClaimedCommand = Pick<Assignment, "command" | "options" | "identity">;

/** The folder of `simulate` and `generate`; which of them, and with which options, the dataset itself tells. */
export const DATASET_CLAIM: FolderClaim = { holds: "a dataset", marks: [DATASET.manifest, DATASET.parts] };

/** Stands in a folder from before the first result until the work is complete. */
const CLAIM = ".cryogem-claim";
const LOCK = ".cryogem-lock";
const isOwnTrace = (name: string): boolean =>
  name === CLAIM || name.startsWith(LOCK) || /^\..*\.partial$/.test(name);

/**
 * Does a job's work in its folder: a new or empty one, or one in which the same kind of work began. The folder is claimed
 * before anything else is written, so that the same command can go on at any moment. No other process works in it
 * meanwhile, apart from those with other shares of the same job. Partial files that killed processes left are removed. The
 * claim goes when the work is complete, which one share alone never is.
 *
 * @throws UsageError for a folder with other files or another job's, and for one in which another process is at work
 */
export async function inClaimedFolder<T>(
  files: Files,
  dir: string,
  claim: FolderClaim,
  work: () => Promise<T>,
): Promise<T> {
  const { assignment = ALONE } = claim;
  const { kind } = assignment.share;
  await refuseOtherFolder(files, dir, claim);
  const wasThere = await files.exists(dir);
  const release = await files.lock(inside(dir, lockOf(assignment)));
  try {
    await refuseOthersAtWork(files, dir, assignment);
    if (kind === "shard") {
      await claimForShares(files, dir, claim.holds, assignment);
      return await work();
    }
    const known = await claimedCommand(files, dir);
    if (kind === "join") refuseOtherShares(dir, known, assignment.identity);
    await files.sweep(dir);
    if (!known) await files.write(inside(dir, CLAIM), `${claim.holds}\n`);
    const result = await work();
    await files.remove(inside(dir, CLAIM));
    return result;
  } finally {
    // what shares have claimed stays theirs
    const isEmpty = kind === "whole" && (await leave(files, dir));
    await release();
    if (isEmpty && !wasThere) await files.remove(dir);
  }
}

/** Of a job that one process does alone. */
const ALONE: Assignment = { share: { kind: "whole" }, command: "", options: {}, identity: "" };

/** The command whose shares are done in a folder; nothing where none are. */
export async function claimedCommand(files: Files, dir: string): Promise<ClaimedCommand | undefined> {
  const path = inside(dir, CLAIM);
  if (!(await files.exists(path))) return undefined;
  const [, command] = new TextDecoder().decode(await files.read(path)).split("\n");
  return command ? (JSON.parse(command) as ClaimedCommand) : undefined;
}

/** A share's lock tells the command as well, so that one of another command is seen. */
function lockOf({ share, identity }: Pick<Assignment, "share" | "identity">): string {
  if (share.kind !== "shard") return LOCK;
  return `${LOCK}-${share.index}${endOfLock(share, identity)}`;
}

const endOfLock = ({ of }: Extract<Share, { kind: "shard" }>, identity: string): string =>
  `-of-${of}-${identity}`;

/** The locks of a share, whatever its command, as a shell finds them. @param index number, or a variable of the shell */
export const shardLocks = (index: number | string, of: number): string => `${LOCK}-${index}-of-${of}-*`;

/**
 * Refuses a folder in which a process is at work that is no other share of the same job. Called with the own lock in place, so
 * that of two who may not be there together one at least sees the other.
 */
async function refuseOthersAtWork(files: Files, dir: string, { share, identity }: Assignment): Promise<void> {
  const isOfSameJob = (name: string): boolean =>
    share.kind === "shard" && name.endsWith(endOfLock(share, identity));
  for (const name of await files.list(dir)) {
    const isOther = name.startsWith(LOCK) && name !== lockOf({ share, identity }) && !isOfSameJob(name);
    if (isOther) await files.clearLock(inside(dir, name));
  }
}

/**
 * Leaves the command in the claim, for `join`, or compares it with the one that stands there. A claim on a folder without
 * results is replaced: its command was refused.
 */
async function claimForShares(
  files: Files,
  dir: string,
  holds: string,
  { command, options, identity }: Assignment,
): Promise<void> {
  const known = await claimedCommand(files, dir);
  if (known?.identity === identity) return;
  if (!(await files.list(dir)).every(isOwnTrace)) refuseOtherShares(dir, known, identity);
  const claimed: ClaimedCommand = { command, options, identity };
  await files.write(inside(dir, CLAIM), `${holds}\n${JSON.stringify(claimed)}\n`);
}

function refuseOtherShares(dir: string, known: ClaimedCommand | undefined, identity: string): void {
  if (!known || known.identity === identity) return;
  throw new UsageError(
    `${dir}: found shares of another command (${known.command}, with other options or micrographs), expected ` +
      `those of this one: give another \`out\` or remove it first`,
  );
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
    const other = new TextDecoder().decode(await files.read(inside(dir, CLAIM))).split("\n")[0];
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
