import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { FileError } from "../core/errors.js";

/**
 * Makes a folder with all folders above it, where they are not there yet. Node's own way to do so never ends in a folder that is
 * there and of which the system still says, when something shall be made in it, that it is not: /proc, for example.
 *
 * @throws the system's error where a folder cannot be made, or a file stands in its place; FileError in a folder like /proc
 */
export async function makeFolder(path: string): Promise<void> {
  return make(path, true);
}

/** @param again whether to try a second time where the folder above is missing: this process makes it, or another did meanwhile */
async function make(path: string, again: boolean): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" && again) {
      if (!(await isThere(dirname(path)))) await makeFolder(dirname(path));
      return make(path, false);
    }
    if (code === "ENOENT") throw nothingCanBeMadeIn(dirname(path));
    // another process may have made it, or the system refuses to make what is there: "/" or a mount
    if (code === "EEXIST" && !(await isThere(path))) throw linkToNothing(path);
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code === "EEXIST" || !(await isThere(path))) throw error;
  }
}

/** What the system calls "no such file" although the folder is there. */
export const nothingCanBeMadeIn = (folder: string): FileError =>
  new FileError(folder, "a folder in which the system lets nothing be made", "a writable place");

/** What is there, and leads to no place at which something could be made. */
export const linkToNothing = (path: string): FileError =>
  new FileError(path, "a link to nothing", "a writable place");

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
