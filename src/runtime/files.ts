import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import {
  appendFile,
  type FileHandle,
  lstat,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { FileError } from "../core/errors.js";
import type { Files } from "../core/ports.js";
import { clearLock, takeLock } from "./lock.js";
import { linkToNothing, makeFolder, nothingCanBeMadeIn } from "./make-folder.js";

/** This machine in few letters, since a name has room for 255. */
const MACHINE = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/** Files that this thread has begun to write. */
let writes = 0;

/** Names of files that are not whole yet, as `write` gives them. */
const PARTIAL = /^\..*\.partial$/;

/** The machine's file system. Every refusal is a FileError that names the path. */
export const nodeFiles: Files = {
  read: (path) =>
    explain(path, "a readable file", async () => {
      await statOfFile(path);
      return readFile(path);
    }),

  readRange: (path, start, end) =>
    explain(path, "a readable file", async () => {
      await statOfFile(path);
      const file = await open(path, "r");
      try {
        const bytes = new Uint8Array(Math.max(0, end - start));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    }),

  size: (path) => explain(path, "a readable file", async () => (await statOfFile(path)).size),

  write: (path, bytes) =>
    explain(path, "a writable place", async () => {
      // beside its final place, so that the rename stays on one file system; unique among all machines that share it
      const aside = join(dirname(path), partialName(basename(path)));
      try {
        const file = await openToWrite(aside);
        await writeFile(file, bytes).finally(() => file.close());
        await rename(aside, path);
      } catch (error) {
        await rm(aside, { force: true });
        throw error;
      }
    }),

  append: (path, text) =>
    explain(path, "a writable place", async () => {
      await makeFolder(dirname(path));
      await appendFile(path, text);
    }),

  tryWriting: (path) =>
    explain(path, "a writable place", async () => {
      const folder = await nearestFolder(path);
      const probe = join(folder, partialName("probe"));
      try {
        await (await open(probe, "wx")).close();
      } catch (error) {
        throw codeOf(error) === "ENOENT" ? nothingCanBeMadeIn(folder) : error;
      }
      await rm(probe, { force: true });
    }),

  exists: async (path) => (await statOf(path, "a readable file")) !== undefined,

  list: (folder) => explain(folder, "a folder", async () => (await readdir(folder)).sort()),

  remove: (path) => explain(path, "something removable", () => rm(path, { recursive: true, force: true })),

  move: (path, to) => explain(path, "something movable", () => rename(path, to)),

  lock: (path) => explain(path, "a writable place", () => takeLock(path)),

  clearLock: (path) => explain(path, "a readable file", () => clearLock(path)),

  sweep: (folder) =>
    explain(folder, "a folder", async () => {
      for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
        if (entry.isFile() && PARTIAL.test(entry.name))
          await rm(join(entry.parentPath, entry.name), { force: true });
      }
    }),

  sha256: (path) =>
    explain(path, "a readable file", async () => {
      await statOfFile(path);
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(path)) hash.update(chunk);
      return hash.digest("hex");
    }),

  version: (path) =>
    explain(path, "a readable file", async () => {
      const { size, mtimeMs, ctimeMs, ino } = await statOfFile(path);
      return [size, mtimeMs, ctimeMs, ino].join(".");
    }),
};

/** A name for what is not whole yet. */
const partialName = (name: string): string =>
  `.${name}.${MACHINE}.${process.pid}.${threadId}.${++writes}.partial`;

/** A path itself where it is a folder, or the nearest folder above it that is there. @throws FileError for a file among those above */
async function nearestFolder(path: string): Promise<string> {
  const isFolder = async (each: string): Promise<boolean | undefined> =>
    (await statOf(each, "a writable place"))?.isDirectory();
  if (await isFolder(path)) return path;
  for (let above = dirname(path); ; above = dirname(above)) {
    const found = await isFolder(above);
    if (found) return above;
    if (found === undefined && (await isLink(above))) throw linkToNothing(above);
    if (found === false) throw new FileError(above, MEANING["ENOTDIR"]!, "a writable place");
  }
}

const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );

/** A new file, and the folders above it where they are missing: to look for them every time costs a shared file system most. */
async function openToWrite(path: string): Promise<FileHandle> {
  try {
    return await open(path, "w");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    await makeFolder(dirname(path));
    return open(path, "w").catch((again: unknown) => {
      throw codeOf(again) === "ENOENT" ? nothingCanBeMadeIn(dirname(path)) : again;
    });
  }
}

/** What the system's error codes mean to a person. */
const MEANING: Readonly<Record<string, string>> = {
  ENOENT: "nothing there",
  EISDIR: "a folder",
  ENOTDIR: "a file where a folder should be",
  EEXIST: "a file where a folder should be",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a read-only file system",
  ENOSPC: "no space left on the device",
  EDQUOT: "no space left in the quota",
  EMFILE: "too many open files",
  EFBIG: "a file larger than the system allows",
  ENAMETOOLONG: "a name too long",
  ELOOP: "a link that leads back to itself",
  EIO: "a device that cannot be read or written",
  ERR_FS_FILE_TOO_LARGE: "a file larger than 2 GiB",
};

/**
 * What there is at a path; undefined where there is nothing.
 *
 * @throws FileError with the system's reason where it does not let one look
 */
export async function statOf(path: string, expected: string): Promise<Stats | undefined> {
  return explain(path, expected, async () => {
    try {
      return await stat(path);
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return undefined;
      throw error;
    }
  });
}

/** A file that can be read again and has an end. A pipe without a writer would be waited for without end, whatever the signal. */
async function statOfFile(path: string): Promise<Stats> {
  const found = await stat(path);
  if (found.isFile()) return found;
  throw new FileError(path, found.isDirectory() ? "a folder" : "a pipe or a device", "a readable file");
}

async function explain<T>(path: string, expected: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const found = MEANING[codeOf(error)] ?? systemReason(error);
    if (!found) throw error;
    throw new FileError(path, found, expected, { cause: error });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

/** The system's own words for any other refusal: "EBUSY: resource busy or locked, open 'a'" says the middle part. */
function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error && "syscall" in error && codeOf(error).startsWith("E"))) return undefined;
  return /^E[A-Z0-9]+: (.*?)(, \w+( .*)?)?$/.exec(error.message)?.[1];
}
