import type { Stats } from "node:fs";
import { realpath } from "node:fs/promises";
import { isAbsolute, join, sep } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { FileError } from "../core/errors.js";
import { nodeFiles, statOf } from "./files.js";

/** Which files a command takes. */
export interface InputKind {
  /** What is looked for, as "micrograph": for the messages. */
  readonly what: string;
  /** Lower-case endings with their dot, as ".mrc". A file named outright may have any. */
  readonly extensions: readonly string[];
}

/**
 * The files meant by arguments that are files, folders or globs (`*`, `?`, `[abc]`, `{a,b}`, `**`), in the order of the arguments,
 * each folder's and glob's own sorted with numbers by value; each file once.
 *
 * @throws FileError for an argument that names nothing, and for a folder without a fitting file
 */
export async function expandInputs(patterns: readonly string[], kind: InputKind): Promise<string[]> {
  const found = new Set<string>();
  const wanted = `at least one ${kind.what} (${kind.extensions.join(", ")})`;
  for (const pattern of patterns) {
    const exists = await statOf(pattern, `a ${kind.what}, a folder or a glob`);
    if (exists?.isFile()) found.add(pattern);
    else if (exists?.isDirectory()) {
      const names = (await nodeFiles.list(pattern)).filter((name) => fits(name, kind));
      if (names.length === 0) throw new FileError(pattern, "a folder with none", wanted);
      for (const name of names.toSorted(byNumber)) found.add(join(pattern, name));
    } else if (isDynamicPattern(pattern)) {
      const matches = (await filesLike(pattern)).filter((path) => fits(path, kind));
      if (matches.length === 0) throw new FileError(pattern, "no match", wanted);
      for (const path of matches) found.add(path);
    } else {
      const found = exists ? kindOf(exists) : "nothing there";
      throw new FileError(pattern, found, `a ${kind.what}, a folder or a glob`);
    }
  }
  return [...found];
}

/** The one file of a path. @throws FileError where there is nothing, or a folder */
export async function existingFile(path: string, what: string): Promise<string> {
  const found = await statOf(path, `a ${what}`);
  if (!found) throw new FileError(path, "nothing there", `a ${what}`);
  if (!found.isFile()) throw new FileError(path, kindOf(found), `a ${what}`);
  return path;
}

/** Whether a path is a folder. @throws FileError where there is nothing */
export async function isFolder(path: string): Promise<boolean> {
  const found = await statOf(path, "a file or a folder");
  if (!found) throw new FileError(path, "nothing there", "a file or a folder");
  return found.isDirectory();
}

const kindOf = (found: Stats): string => (found.isDirectory() ? "a folder" : "a pipe or a device");

const byNumber = new Intl.Collator("en", { numeric: true }).compare;

const fits = (path: string, { extensions }: InputKind): boolean => {
  const name = path.slice(path.lastIndexOf(sep) + 1).toLowerCase();
  return !name.startsWith(".") && extensions.some((extension) => name.endsWith(extension));
};

/**
 * Files that match a pattern; hidden ones only where the pattern starts with a dot. Links are followed, so that a file may be
 * found by several paths: the one through the fewest folders is taken.
 */
async function filesLike(pattern: string): Promise<string[]> {
  const paths = await glob(pattern, { absolute: isAbsolute(pattern), expandDirectories: false });
  const depth = (path: string): number => path.split("/").length;
  const byFile = new Map<string, string>();
  for (const path of paths.sort((a, b) => depth(a) - depth(b) || byNumber(a, b))) {
    const file = await realpath(path);
    if (!byFile.has(file)) byFile.set(file, path);
  }
  return [...byFile.values()].sort(byNumber);
}
