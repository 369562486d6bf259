import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { FileError } from "../core/errors.js";

export interface InputKind {
  /** What is looked for, as "micrograph": for the messages. */
  readonly what: string;
  /** Lower-case endings with their dot, as ".mrc". A file named outright may have any. */
  readonly extensions: readonly string[];
}

/**
 * The files meant by arguments that are files, folders or globs (`*`, `?`, `[abc]`, `**`), in the order of the arguments,
 * each folder's and glob's own sorted with numbers by value; each file once.
 *
 * @throws FileError for an argument that names nothing, and for a folder without a fitting file
 */
export async function expandInputs(patterns: readonly string[], kind: InputKind): Promise<string[]> {
  const found = new Set<string>();
  const wanted = `at least one ${kind.what} (${kind.extensions.join(", ")})`;
  for (const pattern of patterns) {
    const exists = await stat(pattern).catch(() => undefined);
    if (exists?.isFile()) found.add(pattern);
    else if (exists?.isDirectory()) {
      const names = (await readdir(pattern)).filter((name) => fits(name, kind));
      if (names.length === 0) throw new FileError(pattern, "a folder with none", wanted);
      for (const name of names.sort(byNumber)) found.add(join(pattern, name));
    } else if (/[*?[]/.test(pattern)) {
      const matches = (await glob(pattern)).filter((path) => fits(path, kind));
      if (matches.length === 0) throw new FileError(pattern, "no match", wanted);
      for (const path of matches) found.add(path);
    } else throw new FileError(pattern, "nothing there", `a file, a folder or a glob of ${kind.what}s`);
  }
  return [...found];
}

/** The one file of a path. @throws FileError where there is nothing, or a folder */
export async function existingFile(path: string, what: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new FileError(path, "nothing there", `a ${what}`);
  if (!found.isFile()) throw new FileError(path, "a folder", `a ${what}`);
  return path;
}

/** Whether a path is a folder. @throws FileError where there is nothing */
export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new FileError(path, "nothing there", "a file or a folder");
  return found.isDirectory();
}

const byNumber = new Intl.Collator("en", { numeric: true }).compare;

const fits = (path: string, { extensions }: InputKind): boolean => {
  const name = path.slice(path.lastIndexOf(sep) + 1).toLowerCase();
  return !name.startsWith(".") && extensions.some((extension) => name.endsWith(extension));
};

/** Paths that match a pattern, one folder level at a time; hidden names only where the pattern starts with a dot. */
async function glob(pattern: string): Promise<string[]> {
  const absolute = pattern.startsWith("/");
  let paths: string[] = [absolute ? "/" : ""];
  for (const part of pattern.split("/").filter((each) => each !== "" && each !== ".")) {
    const next: string[] = [];
    for (const path of paths) next.push(...(await step(path, part)));
    paths = next;
  }
  return [...new Set(paths)].sort(byNumber);
}

async function step(path: string, part: string): Promise<string[]> {
  if (part === "**") return [path, ...(await foldersBelow(path))];
  if (!/[*?[]/.test(part)) {
    const next = join(path, part);
    return (await stat(next).catch(() => undefined)) ? [next] : [];
  }
  const matcher = partMatcher(part);
  const names = await readdir(path || ".").catch(() => []);
  return names.filter((name) => matcher.test(name)).map((name) => join(path, name));
}

async function foldersBelow(path: string): Promise<string[]> {
  const entries = await readdir(path || ".", { withFileTypes: true }).catch(() => []);
  const below: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
    const folder = join(path, entry.name);
    below.push(folder, ...(await foldersBelow(folder)));
  }
  return below;
}

function partMatcher(part: string): RegExp {
  const body = part.replace(/\[[^\]]+\]|[*?]|[.+^${}()|[\]\\]/g, (token) => {
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token.length > 1) return token.replace(/^\[!/, "[^");
    return `\\${token}`;
  });
  return new RegExp(`^${part.startsWith(".") ? "" : "(?!\\.)"}${body}$`);
}
