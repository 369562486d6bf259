import { OptionError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { readMap } from "../../io/read-map.js";
import { escapeText } from "../../plot/svg.js";
import { MODEL, modelFile } from "../shared/models/model-files.js";
import { baseName } from "./places.js";
import type { ExportedView, TranslatorView } from "./records.js";
import { isForPages, isModelFile, readDescription } from "./translators.js";

/** Where the pages' script begins its work. */
const ROOT = '<div id="view">';

/** The built pages, by their names. */
export interface BuiltPages {
  readonly pages: ReadonlyMap<string, Uint8Array>;
  /** Names of those that only a learned noise needs. */
  readonly learned: readonly string[];
}

/**
 * Writes the page that simulates micrographs of a map into a folder that any web server can show, without this program: the map
 * and the models as they are, and the pages.
 *
 * @param paths one density map, and models of `train` whose noise the page offers
 * @returns the files written
 * @throws FileError, FormatError for a file that is no map or a model of another kind; OptionError for no map, or several
 */
export async function exportMap(
  paths: readonly string[],
  out: string,
  { pages, learned }: BuiltPages,
  files: Files,
): Promise<readonly string[]> {
  const isModel = await Promise.all(
    paths.map(async (path) => isModelFile(path) || (await files.exists(inside(path, MODEL.model)))),
  );
  const models = paths.filter((_, i) => isModel[i]);
  const [path, another] = paths.filter((_, i) => !isModel[i]);
  if (path === undefined || another !== undefined) {
    const found = `${paths.length - models.length} files and folders that are no models`;
    throw new OptionError("export", `found ${found}, expected one density map`);
  }
  const bytes = await files.read(path);
  await readMap(bytes, path);
  const ending = /\.(mrc|map|hdf5?|h5)(\.(gz|bz2))?$/i.exec(path)?.[0] ?? ".mrc";
  const map = `map${ending.toLowerCase()}`;
  const translators = await Promise.all(models.map((model, i) => exportedTranslator(model, i + 1, files)));
  const written: string[] = [];
  const write = async (name: string, content: Uint8Array | string): Promise<void> => {
    await files.write(inside(out, name), content);
    written.push(inside(out, name));
  };
  for (const [name, content] of pages) {
    const isNeeded = models.length > 0 || !learned.includes(name);
    if (name !== "index.html" && isNeeded) await write(name, content);
  }
  await write(map, bytes);
  for (const [i, { place }] of translators.entries()) {
    await write(place, await files.read(modelFile(models[i]!)));
  }
  const about: ExportedView = { map, name: baseName(path), translators };
  const page = new TextDecoder()
    .decode(pages.get("index.html"))
    .replace(ROOT, () => `<div id="view" data-exported="${escapeText(JSON.stringify(about))}">`);
  await write("index.html", page);
  return written;
}

/** @throws OptionError for a model that a page cannot apply */
async function exportedTranslator(model: string, number: number, files: Files): Promise<TranslatorView> {
  const described = await readDescription(files, modelFile(model));
  if (!described || !isForPages(described)) {
    const kind = described?.translator ?? "a model that gives no noise";
    throw new OptionError(
      "export",
      `${model}: found ${kind}, expected a translator that goes once over an image`,
    );
  }
  const name = baseName(model.replace(/\/+$/, ""));
  return { name, path: name, place: `model-${number}.safetensors`, pixelSize: described.pixelSize };
}
