import { readFile } from "node:fs/promises";

/** The built pages, in the package: files by the path under which they are served. */
export const PAGES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/view.js": ["view.js", "text/javascript; charset=utf-8"],
  "/make.js": ["make.js", "text/javascript; charset=utf-8"],
  "/view.css": ["view.css", "text/css; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
};

/** The bytes of one of these files. */
export const readPage = (file: string): Promise<Uint8Array> =>
  readFile(new URL(`../../../dist/viewer/${file}`, import.meta.url));

/** All of them, to be written elsewhere. */
export async function readPages(): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = Object.values(PAGES).map(([file]) => file);
  const bytes = await Promise.all(files.map(readPage));
  return new Map(files.map((file, i) => [file, bytes[i]!]));
}
