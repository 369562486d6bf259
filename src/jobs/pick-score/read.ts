import { FileError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";
import { readDataset } from "../../dataset/reader.js";
import { particlePosition } from "../../dataset/true-position.js";
import { unpackedName } from "../../io/bytes/unpack.js";
import { micrographStem, type Pick } from "../../io/picks/pick.js";
import { isImageName } from "../../io/read-image.js";
import { PICKS, parsePickRecord } from "../pick-run/records.js";
import { matchNames } from "../shared/micrographs/match-names.js";
import { pixelSizesDiffer } from "../shared/micrographs/pixel-size.js";
import { type PixelSizeSource, truePicks } from "../shared/micrographs/true-picks.js";
import { isLabelFile, LABEL_ENDINGS, labelStem, openLabelFiles } from "../shared/particles/labels.js";

type Shape = readonly [rows: number, columns: number];

/** Places in several micrographs, by the micrographs' names as the coordinates give them. */
export interface Coordinates {
  readonly path: string;
  readonly picks: ReadonlyMap<string, readonly Pick[]>;
  /** Of the micrographs, as far as it is said. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Where the picker has one. */
  readonly threshold?: number;
}

/** How the pixels of coordinates compare with those of the micrographs. */
export interface CoordinateScale extends PixelSizeSource {
  /** Pixels of the micrographs to a pixel of the coordinates. Default 1. */
  readonly ratio?: number;
}

/**
 * Reads coordinates: a folder that `pick run` wrote (every peak), a dataset folder (its truth), a folder of coordinate files,
 * or one such file (STAR, Topaz text, .box, .cbox, COCO, EMAN2, CSV, .cs). A micrograph whose file has no line has no particle. Particles
 * sit at their coordinates less their origins.
 *
 * @param scale where the pixel size of coordinates comes from that have origins, and what their pixels are in the micrographs'
 * @throws FileError for a folder without coordinates, FormatError for a damaged file, UsageError for a micrograph with several files,
 *   or another pixel size than is given
 */
export async function readCoordinates(
  files: Files,
  path: string,
  scale: CoordinateScale,
): Promise<Coordinates> {
  const found = await readAny(files, path, scale);
  const { ratio = 1 } = scale;
  if (ratio === 1) return found;
  const scaled = (value: number): number => (value + 0.5) * ratio - 0.5;
  const picks = [...found.picks].map(
    ([name, own]) => [name, own.map((pick) => ({ ...pick, x: scaled(pick.x), y: scaled(pick.y) }))] as const,
  );
  // sizes of other pixels are of no use
  return { ...found, picks: new Map(picks), shapes: new Map() };
}

async function readAny(files: Files, path: string, sizes: PixelSizeSource): Promise<Coordinates> {
  const shapes = new Map<string, Shape>();
  if (isLabelFile(path)) {
    return { path, shapes, picks: await readFiles(files, [path], sizes) };
  }
  const expected = `picks, a dataset, or files ${LABEL_ENDINGS.join(" ")}`;
  if (isImageName(path)) throw new FileError(path, "the name of an image", expected);
  if (await files.exists(inside(path, PICKS.record))) return readPickRun(files, path, sizes);
  if (await files.exists(inside(path, DATASET.manifest))) return readTruth(files, path, sizes);
  const names = (await files.list(path)).filter(isLabelFile);
  if (names.length === 0) throw new FileError(path, "no coordinates", expected);
  const paths = names.map((name) => inside(path, name));
  return { path, shapes, picks: await readFiles(files, paths, sizes) };
}

async function readFiles(
  files: Files,
  paths: readonly string[],
  sizes: PixelSizeSource,
): Promise<Map<string, Pick[]>> {
  const byName = new Map<string, Pick[]>();
  const fileOf = new Map<string, string>();
  /** The list of a micrograph, which two files would fill twice over, as the same picks in two formats. */
  const listOf = (name: string, path: string): Pick[] => {
    const other = fileOf.get(name) ?? path;
    if (other !== path) {
      throw new UsageError(
        `${path}: found picks of ${micrographStem(name)}, expected none beside those of ${other}: one file for a micrograph`,
      );
    }
    fileOf.set(name, path);
    const own = byName.get(name) ?? [];
    byName.set(name, own);
    return own;
  };
  for (const source of await openLabelFiles(files, paths)) {
    const { path } = source;
    // RELION puts summaries beside its coordinates
    if (!source.hasPlaces && paths.length > 1) continue;
    const picks = await truePicks(source.picks(), path, sizes);
    const stem = labelStem(path);
    // a file of one micrograph has its name, and lies in its folder or in one like it
    const ofFile = path.slice(0, unpackedName(path).lastIndexOf("/") + 1) + stem;
    // a file of a single micrograph may be empty
    if (picks.length === 0 && !source.namesMicrographs) listOf(ofFile, path);
    for (const pick of picks) listOf(pick.micrograph === stem ? ofFile : pick.micrograph, path).push(pick);
  }
  return byName;
}

/** @throws UsageError for coordinates whose own file says another pixel size than the user */
function requirePixelSize(path: string, said: number, { given }: PixelSizeSource): void {
  if (!pixelSizesDiffer(said, given)) return;
  throw new UsageError(
    `${path}: found ${said} angstrom per pixel, expected ${given}, as given for these coordinates`,
  );
}

async function readPickRun(files: Files, path: string, sizes: PixelSizeSource): Promise<Coordinates> {
  const recordPath = inside(path, PICKS.record);
  const record = parsePickRecord(new TextDecoder().decode(await files.read(recordPath)), recordPath);
  requirePixelSize(recordPath, record.pixelSize, sizes);
  const all = inside(path, PICKS.all);
  const found = await readFiles(files, [all], sizes);
  const names = record.micrographs.map(({ name }) => name);
  const match = matchNames(names, [...found.keys()], all);
  const used = new Set(match.values());
  const unknown = [...found.keys()].find((name) => !used.has(name));
  if (unknown !== undefined)
    throw new UsageError(
      `${all}: found picks of ${unknown}, expected those of the micrographs of ${recordPath}`,
    );
  return {
    path,
    picks: new Map(names.map((name) => [name, found.get(match.get(name) ?? "") ?? []])),
    shapes: new Map(record.micrographs.map(({ name, shape }) => [name, shape])),
    threshold: record.threshold.value,
  };
}

async function readTruth(files: Files, path: string, sizes: PixelSizeSource): Promise<Coordinates> {
  const dataset = await readDataset(files, path);
  const { pixelSize } = dataset.manifest.optics;
  requirePixelSize(inside(path, DATASET.manifest), pixelSize, sizes);
  const picks = new Map<string, Pick[]>();
  const shapes = new Map<string, Shape>();
  for await (const { micrograph, particles } of dataset.byMicrograph()) {
    shapes.set(micrograph.path, micrograph.shape);
    picks.set(
      micrograph.path,
      particles.map((particle) => ({
        micrograph: micrograph.path,
        ...particlePosition(particle, pixelSize),
      })),
    );
  }
  return { path, picks, shapes };
}
