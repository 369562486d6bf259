import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { FileError } from "../../core/errors.js";
import type { FolderEntry, Root, ViewedFiles } from "../../jobs/view/places.js";
import { nodeFiles } from "../files.js";

const EXPECTED = "a path inside the folders that are shown: name its folder too";
const byNumber = new Intl.Collator("en", { numeric: true });

/**
 * The machine's files, as far as they lie inside some folders or are files that were named. Links are followed before a path is
 * judged, and what is opened is the path that was judged.
 *
 * @param mayWrite whether files can be written, moved and removed inside; else this is refused too
 */
export async function fencedFiles(roots: readonly Root[], mayWrite: boolean): Promise<ViewedFiles> {
  const inside = await Promise.all(
    roots.map(async ({ path, isFolder }) => ({ real: await realpath(path), isFolder })),
  );
  const isInside = (real: string): boolean =>
    inside.some((root) => real === root.real || (root.isFolder && real.startsWith(withSeparator(root.real))));

  /** The path without links. @throws FileError for one that leads outside, or to nothing */
  async function judged(path: string): Promise<string> {
    const real = await realOf(path);
    if (real === undefined) throw new FileError(path, "nothing there", "a readable file");
    if (!isInside(real)) throw new FileError(path, "a path that leads outside", EXPECTED);
    return real;
  }

  /** The same of a path that may be free: its folder must lie inside. */
  async function judgedTarget(path: string): Promise<string> {
    if (!mayWrite) throw new FileError(path, "a folder that is only shown", "nothing to be written");
    const folder = await judged(dirname(path));
    const target = join(folder, basename(path));
    const real = await realOf(target);
    if (real !== undefined && real !== target) {
      throw new FileError(path, "a link", "a file or nothing, where something is written");
    }
    return target;
  }

  return {
    read: async (path) => nodeFiles.read(await judged(path)),
    readRange: async (path, start, end) => nodeFiles.readRange(await judged(path), start, end),
    size: async (path) => nodeFiles.size(await judged(path)),
    sha256: async (path) => nodeFiles.sha256(await judged(path)),
    list: async (folder) => (await entriesOf(await judged(folder))).map(({ name }) => name),
    exists: async (path) => {
      const real = await realOf(path);
      return real !== undefined && isInside(real);
    },
    entries: async (folder) => entriesOf(await judged(folder)),
    version: async (path) => nodeFiles.version(await judged(path)),
    write: async (path, bytes) => nodeFiles.write(await judgedTarget(path), bytes),
    append: async (path, text) => nodeFiles.append(await judgedTarget(path), text),
    tryWriting: async (path) => nodeFiles.tryWriting(await judgedTarget(path)),
    remove: async (path) => nodeFiles.remove(await judgedTarget(path)),
    move: async (path, to) => nodeFiles.move(await judgedTarget(path), await judgedTarget(to)),
    lock: async (path) => nodeFiles.lock(await judgedTarget(path)),
    clearLock: async (path) => nodeFiles.clearLock(await judgedTarget(path)),
    sweep: async (folder) => nodeFiles.sweep(await judgedTarget(folder)),
  };

  async function entriesOf(folder: string): Promise<FolderEntry[]> {
    const found = await readdirOf(folder);
    const entries = await Promise.all(
      found.map(async (entry): Promise<FolderEntry[]> => {
        if (entry.name.startsWith(".")) return [];
        if (!entry.isSymbolicLink()) return [{ name: entry.name, isFolder: entry.isDirectory() }];
        const real = await realOf(join(folder, entry.name));
        if (real === undefined || !isInside(real)) return [];
        return [{ name: entry.name, isFolder: (await stat(real)).isDirectory() }];
      }),
    );
    return entries.flat().sort((a, b) => byNumber.compare(a.name, b.name));
  }
}

async function readdirOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const found = codeOf(error) === "ENOTDIR" ? "a file" : `a folder that cannot be read (${codeOf(error)})`;
    throw new FileError(folder, found, "a readable folder", { cause: error });
  }
}

/** A path without links; undefined where there is nothing, or a link that leads nowhere. */
async function realOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(codeOf(error))) return undefined;
    throw new FileError(path, `a path that cannot be followed (${codeOf(error)})`, "a readable file", {
      cause: error,
    });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

const withSeparator = (path: string): string => (path.endsWith(sep) ? path : path + sep);
