import { FileError, UsageError } from "../../../core/errors.js";
import { DATASET, inside } from "../../../dataset/layout.js";
import { isPacked, unpackedName } from "../../../io/bytes/unpack.js";
import { MRC_HEADER_BYTES, parseMrcHeader } from "../../../io/mrc/header.js";
import { micrographStem } from "../../../io/picks/pick.js";
import { isMrc } from "../../../io/read-image.js";
import { LABEL } from "../../../io/star/names.js";
import { parseEstimates } from "../../estimate/records.js";
import { ESTIMATES } from "../../estimate/run.js";
import { matchNames } from "../../shared/micrographs/match-names.js";
import { kindOfName } from "../folder.js";
import { baseName, pathOfPlace, placeAbove, placeOfPath, type Root, type ViewedFiles } from "../places.js";
import { told } from "../problems.js";
import type { CompanyView, CtfView, LayerView, OverlayView } from "../records.js";
import type { Block, TableStore } from "../tables.js";
import { NameIndex } from "./names.js";
import type { LabelledImage, LabelStore } from "./store.js";

/** Folders that are looked into for what goes with an image: a project has fewer. */
const MOST_FOLDERS = 60;
/** Bytes of a table of CTFs up to which it is read. */
const MOST_TABLE = 2 ** 26;

interface Stores {
  readonly files: ViewedFiles;
  readonly roots: readonly Root[];
  readonly labels: LabelStore;
  readonly tables: TableStore;
}

/**
 * What goes with an image: labels that have particles on it, other images of the same field, real micrographs to compare it with,
 * and its CTF. Looked for in its own folder and the one above, in what the user asked to see, and in the folders directly in these.
 * A file that cannot be read is told of, and left out.
 */
export async function companyOf(
  place: string,
  shape: LabelledImage["shape"],
  stores: Stores,
): Promise<CompanyView> {
  const { roots, labels } = stores;
  const image = pathOfPlace(roots, place);
  const near = await nearby(place, stores);
  const names = await NameIndex.of(stores.files, near.folders);
  const problems: string[] = [];
  const overlays = await labels.overlays({ path: image, shape }, near.files, names, problems);
  return {
    overlays: overlays.flatMap(({ path, ...rest }): OverlayView[] => {
      const at = placeOfPath(roots, path);
      return at === undefined ? [] : [{ ...rest, place: at, name: nameOfLabels(at) }];
    }),
    layers: await layersOf(image, near, names, problems, stores),
    ctfs: await ctfsOf(image, near, names, problems, stores),
    problems,
  };
}

/**
 * The place of a micrograph that a table names: where its name leads from the table, else the image of that name nearby.
 *
 * @throws FileError where there is none, UsageError where several folders have one of that name and the folders do not tell
 */
export async function placeOfMicrograph(table: string, name: string, stores: Stores): Promise<string> {
  const { files, roots } = stores;
  const path = pathOfPlace(roots, table);
  const near = await nearby(table, stores);
  const meant = await (await NameIndex.of(files, near.folders)).meant(path, name);
  const places = meant.flatMap((each) => placeOfPath(roots, each) ?? []);
  if (places.length === 1) return places[0]!;
  if (places.length === 0) {
    throw new FileError(name, "no such image among what is shown", "its folder on the command line too");
  }
  throw new UsageError(
    `${name}: found ${meant.join(" and ")}, expected a name with folders that say which is meant`,
  );
}

/** A file's name, with its folder, which tells the files of several data sets apart. */
const nameOfLabels = (place: string): string =>
  place
    .split("/")
    .slice(-2)
    .join("/")
    .replace(/^\d+\//, "");

interface Nearby {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

async function nearby(place: string, { files, roots }: Stores): Promise<Nearby> {
  const above = placeAbove(place);
  const higher = above === undefined ? undefined : placeAbove(above);
  const starts = [above, higher].flatMap((at) => (at === undefined ? [] : [pathOfPlace(roots, at)]));
  const folders = new Set([...starts, ...roots.flatMap(({ path, isFolder }) => (isFolder ? [path] : []))]);
  const found = new Set(roots.flatMap(({ path, isFolder }) => (isFolder ? [] : [path])));
  for (const folder of [...folders]) {
    for (const { name, isFolder } of await files.entries(folder)) {
      if (isFolder && folders.size < MOST_FOLDERS) folders.add(inside(folder, name));
    }
  }
  for (const folder of folders) {
    for (const { name, isFolder } of await files.entries(folder)) {
      if (!isFolder && kindOfName(name) === "table") found.add(inside(folder, name));
    }
  }
  return { folders: [...folders], files: [...found] };
}

/** Images of the same field of view, then real ones to compare with. */
async function layersOf(
  image: string,
  { folders, files: tables }: Nearby,
  names: NameIndex,
  problems: string[],
  stores: Stores,
): Promise<LayerView[]> {
  const { files, roots } = stores;
  const layers: LayerView[] = [];
  const add = async (name: string, path: string): Promise<void> => {
    const place = placeOfPath(roots, path);
    if (place === undefined || path === image || layers.some((layer) => layer.place === place)) return;
    if (await files.exists(path)) layers.push({ name, place });
  };
  const [, dataset, stem] = /^(.*)\/(?:micrographs|clean|masks)\/(\d{6})\.[a-z]+$/.exec(image) ?? [];
  if (dataset !== undefined && (await files.exists(inside(dataset, DATASET.manifest)))) {
    const own = async (name: string, folder: string): Promise<void> => {
      await add(name, `${folder}/micrographs/${stem}.mrc`);
      await add(`${name}, clean`, `${folder}/clean/${stem}.mrc`);
    };
    await own(baseName(dataset), dataset);
    await add("mask", `${dataset}/masks/${stem}.png`);
    for (const folder of folders) {
      if (folder !== dataset && (await files.exists(inside(folder, DATASET.manifest)))) {
        await own(baseName(folder), folder);
      }
    }
    await addReal(folders, stores, problems, add);
  }
  for (const path of tables.filter((each) => baseName(each) === ESTIMATES.record)) {
    const estimate = await told(problems, () => estimateOf(image, path, names, files));
    if (estimate) await add("ice", path.slice(0, path.lastIndexOf("/") + 1) + estimate.own.files.ice);
  }
  return layers;
}

/** The first image of every folder of images that belongs to no dataset. */
async function addReal(
  folders: readonly string[],
  { files }: Stores,
  problems: string[],
  add: (name: string, path: string) => Promise<void>,
): Promise<void> {
  for (const folder of folders) {
    if (
      /\/(micrographs|clean|masks|previews|ice|ctf|parts|pictures|samples)$/.test(folder) &&
      !(await isReal(folder, files))
    )
      continue;
    const first = (await files.entries(folder)).find(
      ({ name, isFolder }) =>
        !isFolder && /\.(mrc|tiff?)$/i.test(unpackedName(name)) && !/^(map|half|mask)/i.test(name),
    );
    const path = first && inside(folder, first.name);
    if (path === undefined || !(await told(problems, () => isOneImage(path, files)))) continue;
    await add(`real: ${baseName(folder)}`, path);
  }
}

/** Whether a file is no map and no stack, by its header. */
async function isOneImage(path: string, files: ViewedFiles): Promise<boolean> {
  const bytes = await files.size(path);
  const head = await files.readRange(path, 0, Math.min(bytes, MRC_HEADER_BYTES));
  return isPacked(head) || !isMrc(head, path) || parseMrcHeader(head, bytes, path).kind === "image";
}

const isReal = async (folder: string, files: ViewedFiles): Promise<boolean> =>
  folder.endsWith("/micrographs") &&
  !(await files.exists(inside(folder.slice(0, folder.lastIndexOf("/")), DATASET.manifest)));

/** The CTFs that tables and estimates nearby have for a micrograph. */
async function ctfsOf(
  image: string,
  near: Nearby,
  names: NameIndex,
  problems: string[],
  { files, roots, tables }: Stores,
): Promise<CtfView[]> {
  const found: CtfView[] = [];
  for (const path of near.files) {
    if (/\.star$/i.test(unpackedName(path)) && (await files.size(path)) <= MOST_TABLE) {
      const head = await files.readRange(path, 0, 2 ** 16);
      const text = new TextDecoder().decode(head);
      if (![LABEL.defocusU, LABEL.micrograph].every((label) => new RegExp(`_${label}\\s`).test(text)))
        continue;
      const ctf = await told(problems, async () =>
        ctfOfBlocks(await tables.blocks(path), image, path, names),
      );
      if (ctf) found.push({ source: nameOfLabels(placeOfPath(roots, path)!), ...ctf });
    } else if (baseName(path) === ESTIMATES.record) {
      const estimate = await told(problems, () => estimateOf(image, path, names, files));
      if (!estimate) continue;
      const { defocusU, defocusV, defocusAngle, phaseShift } = estimate.own;
      const ctf = { defocusU, defocusV, defocusAngle, phaseShift, ...estimate.optics };
      found.push({ source: nameOfLabels(placeOfPath(roots, path)!), ...ctf });
    }
  }
  return found;
}

/** What `estimate` measured on a micrograph; undefined for one that is not among its own. */
async function estimateOf(image: string, path: string, names: NameIndex, files: ViewedFiles) {
  const { micrographs, optics } = parseEstimates(new TextDecoder().decode(await files.read(path)), path);
  for (const own of micrographs) {
    if ((await names.verdict(path, own.file, image)) === "yes") return { own, optics };
  }
  return undefined;
}

async function ctfOfBlocks(
  blocks: readonly Block[],
  image: string,
  path: string,
  index: NameIndex,
): Promise<Omit<CtfView, "source"> | undefined> {
  const rows = blocks.find(({ columns }) => columns.has(LABEL.defocusU) && columns.has(LABEL.micrograph));
  const names = rows?.columns.get(LABEL.micrograph);
  if (!rows || !names || names instanceof Float64Array) return undefined;
  const alike = [...new Set(names)].filter((name) => micrographStem(name) === micrographStem(image));
  const name = matchNames([image], alike, path).get(image);
  if (name === undefined || (await index.verdict(path, name, image)) === "no") return undefined;
  const row = names.indexOf(name);
  const group = numberOf(rows, LABEL.opticsGroup, row);
  const optics = blocks.find((block) => block.name === "optics");
  const opticsRow = optics && group !== undefined ? rowOf(optics, LABEL.opticsGroup, group) : -1;
  const of = (label: string): number | undefined =>
    numberOf(rows, label, row) ?? (optics && opticsRow >= 0 ? numberOf(optics, label, opticsRow) : undefined);
  const defocusU = of(LABEL.defocusU);
  if (defocusU === undefined) return undefined;
  const [voltage, sphericalAberration] = [of(LABEL.voltage), of(LABEL.sphericalAberration)];
  const amplitudeContrast = of(LABEL.amplitudeContrast);
  const pixelSize = of(LABEL.micrographPixelSize);
  return {
    defocusU,
    defocusV: of(LABEL.defocusV) ?? defocusU,
    defocusAngle: of(LABEL.defocusAngle) ?? 0,
    phaseShift: of(LABEL.phaseShift) ?? 0,
    ...(voltage !== undefined && { voltage }),
    ...(sphericalAberration !== undefined && { sphericalAberration }),
    ...(amplitudeContrast !== undefined && { amplitudeContrast }),
    ...(pixelSize !== undefined && { pixelSize }),
  };
}

function numberOf({ columns }: Block, label: string, row: number): number | undefined {
  const values = columns.get(label);
  const value = values instanceof Float64Array ? values[row] : undefined;
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function rowOf({ columns }: Block, label: string, wanted: number): number {
  const values = columns.get(label);
  return values instanceof Float64Array ? values.indexOf(wanted) : -1;
}
