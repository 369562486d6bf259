import { UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { micrographStem, type Pick } from "../../io/picks/pick.js";
import { IMAGE_EXTENSIONS } from "../../io/read-image.js";
import { readImageHeader } from "./image-header.js";

/** The micrographs that labels belong to: their full names and their sizes. */
export interface MicrographIndex {
  /** Picks under the names of files in the folder of micrographs, where they are known only without folder and ending. */
  named(picks: readonly Pick[]): Pick[];
  /**
   * Rows and columns of a micrograph; undefined where it is not known and not needed.
   * @throws UsageError where it is needed and not known
   */
  shape(name: string, isNeeded: boolean): Promise<readonly [rows: number, columns: number] | undefined>;
}

/**
 * Micrographs by name. Their sizes are read from the files: in the folder given, else where their names lead from the file
 * of labels or from the working folder.
 *
 * @param labels file that the names come from
 * @param folder of the micrographs
 * @param size rows and columns of all micrographs, which then need not be there
 */
export async function openMicrographs(
  files: Files,
  labels: string,
  folder?: string,
  size?: readonly [rows: number, columns: number],
): Promise<MicrographIndex> {
  const byStem = new Map<string, string>();
  if (folder !== undefined) {
    for (const name of await files.list(folder)) {
      if (IMAGE_EXTENSIONS.some((ending) => name.toLowerCase().endsWith(ending))) {
        byStem.set(micrographStem(name), `${folder.replace(/\/$/, "")}/${name}`);
      }
    }
  }
  const beside = labels.includes("/") ? labels.slice(0, labels.lastIndexOf("/") + 1) : "";
  const find = async (name: string): Promise<string | undefined> => {
    for (const path of [byStem.get(micrographStem(name)), beside + name, name]) {
      if (path !== undefined && (await files.exists(path))) return path;
    }
    return undefined;
  };
  return {
    named: (picks) =>
      picks.map((pick) => ({
        ...pick,
        micrograph: byStem.get(micrographStem(pick.micrograph)) ?? pick.micrograph,
      })),
    shape: async (name, isNeeded) => {
      if (size) return size;
      const path = await find(name);
      if (path !== undefined) return (await readImageHeader(files, path)).shape;
      if (!isNeeded) return undefined;
      throw new UsageError(
        `${labels}: micrograph ${name}: found no such file, expected \`micrographs\` with its folder, or \`micrographSize\``,
      );
    },
  };
}
