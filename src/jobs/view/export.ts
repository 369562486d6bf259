import { OptionError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { readMap } from "../../io/read-map.js";
import { escapeText } from "../../plot/svg.js";
import { baseName } from "./places.js";

/** Where the pages' script begins its work. */
const ROOT = '<div id="view">';

/**
 * Writes the page that simulates micrographs of a map into a folder that any web server can show, without this program: the map as
 * it is, and the pages.
 *
 * @param pages the built pages, by their names
 * @returns the files written
 * @throws FileError, FormatError for a file that is no map; OptionError for none, or several
 */
export async function exportMap(
  paths: readonly string[],
  out: string,
  pages: ReadonlyMap<string, Uint8Array>,
  files: Files,
): Promise<readonly string[]> {
  const [path, another] = paths;
  if (path === undefined || another !== undefined) {
    throw new OptionError("export", `found ${paths.length} files and folders, expected one density map`);
  }
  const bytes = await files.read(path);
  await readMap(bytes, path);
  const ending = /\.(mrc|map|hdf5?|h5)(\.(gz|bz2))?$/i.exec(path)?.[0] ?? ".mrc";
  const map = `map${ending.toLowerCase()}`;
  const written: string[] = [];
  const write = async (name: string, content: Uint8Array | string): Promise<void> => {
    await files.write(inside(out, name), content);
    written.push(inside(out, name));
  };
  for (const [name, content] of pages) {
    if (name !== "index.html") await write(name, content);
  }
  await write(map, bytes);
  const attributes = `data-map="${map}" data-name="${escapeText(baseName(path))}"`;
  const page = new TextDecoder()
    .decode(pages.get("index.html"))
    .replace(ROOT, () => `<div id="view" ${attributes}>`);
  await write("index.html", page);
  return written;
}
