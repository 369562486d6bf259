import { FileError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";
import { readDataset } from "../../dataset/reader.js";
import { particlePosition } from "../../dataset/true-position.js";
import { unpackedName } from "../../io/bytes/unpack.js";
import { micrographStem, type Pick } from "../../io/picks/pick.js";
import { IMAGE_EXTENSIONS } from "../../io/read-image.js";
import { LABEL_ENDINGS, openLabels } from "../export/source.js";
import { PICKS, parsePickRecord } from "../pick-run/records.js";

type Shape = readonly [rows: number, columns: number];

/** Places in several micrographs, by the micrographs' names without folder and ending. */
export interface Coordinates {
  readonly path: string;
  readonly picks: ReadonlyMap<string, readonly Pick[]>;
  /** Of the micrographs, as far as it is said. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Where the picker has one. */
  readonly threshold?: number;
}

/**
 * Reads coordinates: a folder that `pick run` wrote (every peak), a dataset folder (its truth), a folder of coordinate files,
 * or one such file (STAR, Topaz text, .box, .cbox, COCO, CSV, .cs). A micrograph whose file has no line has no particle.
 *
 * @param ratio pixels of the micrographs to a pixel of the coordinates
 * @throws FileError for a folder without coordinates, FormatError for a damaged file
 */
export async function readCoordinates(files: Files, path: string, ratio = 1): Promise<Coordinates> {
  const found = await readAny(files, path);
  if (ratio === 1) return found;
  const scaled = (value: number): number => (value + 0.5) * ratio - 0.5;
  const picks = [...found.picks].map(
    ([name, own]) => [name, own.map((pick) => ({ ...pick, x: scaled(pick.x), y: scaled(pick.y) }))] as const,
  );
  // sizes of other pixels are of no use
  return { ...found, picks: new Map(picks), shapes: new Map() };
}

async function readAny(files: Files, path: string): Promise<Coordinates> {
  if (LABEL_ENDINGS.test(unpackedName(path)))
    return { path, shapes: new Map(), picks: await readFiles(files, [path]) };
  if (await files.exists(inside(path, PICKS.record))) return readPickRun(files, path);
  if (await files.exists(inside(path, DATASET.manifest))) return readTruth(files, path);
  const names = (await files.list(path)).filter((name) => LABEL_ENDINGS.test(unpackedName(name)));
  if (names.length === 0) {
    throw new FileError(
      path,
      "no coordinates",
      "picks, a dataset, or files .star .txt .box .cbox .json .csv .cs",
    );
  }
  return {
    path,
    shapes: new Map(),
    picks: await readFiles(
      files,
      names.map((name) => inside(path, name)),
    ),
  };
}

/** Endings of images, which a name may or may not have, and what RELION adds to it for a file of coordinates. */
const IMAGE_ENDING = new RegExp(
  `\\.(${IMAGE_EXTENSIONS.map((ending) => ending.slice(1)).join("|")})(\\.(gz|bz2))?$`,
  "i",
);
const RELION_SUFFIX = /_(autopick|manualpick|pick)$/;

/** A micrograph's name without folder and ending; other dots belong to it. */
export const nameOf = (micrograph: string): string =>
  micrograph.replace(/^.*\//, "").replace(IMAGE_ENDING, "").replace(RELION_SUFFIX, "");

async function readFiles(files: Files, paths: readonly string[]): Promise<Map<string, Pick[]>> {
  const byName = new Map<string, Pick[]>();
  for (const path of paths) {
    const source = openLabels(await files.read(path), path);
    const isOther = source.star && !source.star.tables.some((table) => table.has("rlnCoordinateX"));
    // RELION puts summaries beside its coordinates
    if (isOther && paths.length > 1) continue;
    const picks = source.picks();
    // a file of many micrographs names them; one of a single micrograph may be empty
    if (picks.length === 0 && !/\.(txt|tsv|json|cs)$/i.test(unpackedName(path)))
      byName.set(nameOf(micrographStem(unpackedName(path))), []);
    for (const pick of picks) {
      const name = nameOf(pick.micrograph);
      const own = byName.get(name);
      if (own) own.push(pick);
      else byName.set(name, [pick]);
    }
  }
  return byName;
}

async function readPickRun(files: Files, path: string): Promise<Coordinates> {
  const recordPath = inside(path, PICKS.record);
  const record = parsePickRecord(new TextDecoder().decode(await files.read(recordPath)), recordPath);
  const found = await readFiles(files, [inside(path, PICKS.all)]);
  const names = record.micrographs.map(({ name }) => name);
  return {
    path,
    picks: new Map(names.map((name) => [nameOf(name), found.get(nameOf(name)) ?? []])),
    shapes: new Map(record.micrographs.map(({ name, shape }) => [nameOf(name), shape])),
    threshold: record.threshold.value,
  };
}

async function readTruth(files: Files, path: string): Promise<Coordinates> {
  const dataset = await readDataset(files, path);
  const { pixelSize } = dataset.manifest.optics;
  const picks = new Map<string, Pick[]>();
  const shapes = new Map<string, Shape>();
  for await (const { micrograph, particles } of dataset.byMicrograph()) {
    const name = nameOf(micrograph.path);
    shapes.set(name, micrograph.shape);
    picks.set(
      name,
      particles.map((particle) => ({
        micrograph: micrograph.path,
        ...particlePosition(particle, pixelSize),
      })),
    );
  }
  return { path, picks, shapes };
}
