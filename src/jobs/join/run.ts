import { FileError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";
import { BINNED } from "../bin/records.js";
import { ESTIMATES } from "../estimate/run.js";
import { partsFolder } from "../extract/parts.js";
import { PICKS } from "../pick-run/records.js";
import { claimedCommand } from "../shared/claim-folder.js";
import { readValues, resolveOptions } from "../shared/options/check.js";
import type { CommandSpec } from "../shared/options/option.js";
import { type JoinOptions, joinOptions } from "./options.js";

/** What a join receives beside its options. */
export interface JoinContext extends JobContext {
  /** The declaration of a command, as "pick run". */
  readonly specOf: (command: string) => CommandSpec;
  /** Runs a command as if it had been typed. */
  readonly execute: (command: string, options: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

/** What became of a folder or stack. */
export interface Joined {
  readonly path: string;
  /** Whose shares were joined now; absent where that was done before. */
  readonly command?: string;
}

/**
 * Puts together what the shares of commands made: each command is done again, as every share was given it, without micrographs to
 * make. It finds them all there and writes the tables, so these are the ones that a single process writes.
 *
 * @throws FileError for a path without shares, and for one where micrographs are missing; what the command throws
 */
export async function joinShares(given: JoinOptions, context: JoinContext): Promise<readonly Joined[]> {
  const { files, report } = context;
  const { results } = resolveOptions(joinOptions, given);
  const joined: Joined[] = [];
  for (const path of results) {
    const isStack = /\.mrcs$/i.test(path);
    const claimed = await claimedCommand(files, isStack ? partsFolder(path) : path);
    if (claimed) {
      const { command, options } = claimed;
      const values = readValues(context.specOf(command).options, options);
      await context.execute(command, { ...values, shard: "join" });
      joined.push({ path, command });
    } else if (await isComplete(path, isStack, context)) {
      report.note(`${path} is complete already`);
      joined.push({ path });
    } else throw new FileError(path, "nothing to join", "a folder or a stack with shares of a command");
  }
  return joined;
}

/** The file that each kind of folder gets last. */
const LAST_FILES = [DATASET.manifest, ESTIMATES.record, PICKS.record, BINNED.record];

async function isComplete(path: string, isStack: boolean, { files }: JoinContext): Promise<boolean> {
  if (isStack) return files.exists(path);
  for (const name of LAST_FILES) if (await files.exists(inside(path, name))) return true;
  return false;
}
