import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Files } from "../../../src/core/ports.js";
import { nodeFiles } from "../../../src/runtime/files.js";

/** How a process ends at a change to its files: with nothing of that change made, or half of it. */
export type Death = "nothing" | "half";

class Killed extends Error {}

/**
 * Does a work again and again, each time as a process that is killed: the first at its first change to a file, the second at its
 * second, and so on, until one is done before its turn comes.
 *
 * @returns how many were killed
 */
export async function killedAgainAndAgain(
  death: Death,
  work: (files: Files) => Promise<void>,
): Promise<number> {
  for (let nth = 1; ; nth++) {
    try {
      await work(dyingFiles(nth, death));
      return nth - 1;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
}

/** Files that refuse every change from the nth on. Locks are not taken: those of this very process would outlive the killed one. */
function dyingFiles(nth: number, death: Death): Files {
  let changes = 0;
  const change = async (half: () => void, whole: () => Promise<void>): Promise<void> => {
    changes++;
    if (changes < nth) return whole();
    if (changes === nth && death === "half") half();
    throw new Killed(`killed at change ${nth}`);
  };
  return {
    ...nodeFiles,
    write: (path, bytes) =>
      change(
        () => {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(join(dirname(path), `.${basename(path)}.1.0.partial`), "cut o");
        },
        () => nodeFiles.write(path, bytes),
      ),
    append: (path, text) =>
      change(
        () => appendFileSync(path, text.slice(0, text.length / 2)),
        () => nodeFiles.append(path, text),
      ),
    remove: (path) =>
      change(
        () => {},
        () => nodeFiles.remove(path),
      ),
    lock: async (path) => {
      mkdirSync(dirname(path), { recursive: true });
      return async () => {};
    },
  };
}
