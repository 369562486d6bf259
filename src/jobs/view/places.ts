import { UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";

/** A folder or file that the user asked to see. */
export interface Root {
  /** To show. */
  readonly name: string;
  readonly path: string;
  readonly isFolder: boolean;
}

/** What lies in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Files that lie inside the roots; every other path is refused with a FileError. */
export interface ViewedFiles extends Files {
  /** Names in a folder with what they are, sorted with numbers by value; hidden ones and links that lead outside are left out. */
  entries(folder: string): Promise<readonly FolderEntry[]>;
}

/**
 * The path of a place. The browser knows files by places alone: the number of a root, then names below it, with "/" between.
 *
 * @throws UsageError for a place that is not of that form or has ".." in it
 */
export function pathOfPlace(roots: readonly Root[], place: string): string {
  const [first, ...names] = place.split("/");
  const root = /^\d+$/.test(first ?? "") ? roots[Number(first)] : undefined;
  const isPlain = names.every((name) => name !== "" && name !== "." && name !== ".." && !name.includes("\0"));
  if (!root || !isPlain || (names.length > 0 && !root.isFolder)) {
    throw new UsageError(`place: found ${JSON.stringify(place)}, expected one of those that are shown`);
  }
  return [root.path.replace(/(?<=.)\/$/, ""), ...names].join("/");
}

/** The place of a path that was made from a root's; undefined outside of all. */
export function placeOfPath(roots: readonly Root[], path: string): string | undefined {
  for (const [i, root] of roots.entries()) {
    const base = root.path.replace(/(?<=.)\/$/, "");
    if (path === base || path === root.path) return String(i);
    if (root.isFolder && path.startsWith(`${base}/`)) return `${i}/${path.slice(base.length + 1)}`;
  }
  return undefined;
}

/** The place of the folder that holds a place; undefined for a root. */
export const placeAbove = (place: string): string | undefined =>
  place.includes("/") ? place.slice(0, place.lastIndexOf("/")) : undefined;

/** The last name of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
