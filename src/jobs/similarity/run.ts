import type { Image } from "../../array/image.js";
import { crop } from "../../array/resample.js";
import { normalise } from "../../array/statistics.js";
import { FileError, OptionError, ShapeError, UnsupportedError } from "../../core/errors.js";
import type { ComputeRuntime, Files, JobContext } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { separation } from "../../evaluate/realism/classifier/two-sample.js";
import { readPng } from "../../io/png/read.js";
import { readImage } from "../../io/read-image.js";
import { type PatchRow, patchSheet } from "../../plot/patch-sheet.js";
import { decodeModel } from "../../translate/model.js";
import { featureSimilarity, type TrainedEncoder } from "../../translate/similarity.js";
import { MODEL, readArrays } from "../shared/models/model-files.js";
import { resolveOptions } from "../shared/options/check.js";
import { type SimilarityOptions, similarityOptions } from "./options.js";

interface Place {
  readonly x: number;
  readonly y: number;
}

/** What the map of one model says. */
export interface SimilarityRow {
  readonly model: string;
  /** Mean cosine of all places. */
  readonly mean: number;
  /**
   * With a mask: probability that a place of the query's kind, particle or ground, is more like the query than one of the other kind. 0.5
   * is chance.
   */
  readonly auc?: number;
}

export interface SimilarityContext extends JobContext {
  readonly runtime: () => Promise<ComputeRuntime>;
}

/**
 * Compares one place of a micrograph with all others by the features of translators' encoders, on a field of the size of the models' crops
 * around it, and writes the maps as a picture and as numbers.
 *
 * @throws OptionError for an option, or a place outside the micrograph; FileError, FormatError for an input; UnsupportedError for a model
 *   without a network
 */
export async function compareFeatures(
  given: SimilarityOptions,
  context: SimilarityContext,
): Promise<readonly SimilarityRow[]> {
  const options = resolveOptions(similarityOptions, given);
  const { files, report, signal } = context;
  const { micrograph, level, out } = options;
  const { image: whole } = await readImage(await files.read(micrograph), micrograph);
  const [x, y] = options.at as readonly [number, number];
  const [rows, columns] = whole.shape;
  if (x >= columns || y >= rows) {
    throw new OptionError("at", `found ${x},${y}, expected a place in ${columns} x ${rows} pixels`);
  }
  const mask = options.mask === undefined ? undefined : await readMask(files, options.mask, whole);
  const encoders = [];
  for (const path of options.models) encoders.push({ path, encoder: await readEncoder(files, path) });
  const runtime = await context.runtime();
  const found: SimilarityRow[] = [];
  const shown: PatchRow[] = [];
  for (const [i, { path, encoder }] of encoders.entries()) {
    signal.throwIfAborted();
    const side = encoder.options.crop;
    const [left, top] = cornerOf({ x, y }, side, whole, micrograph);
    const field = normalise(crop(whole, left, top, [side, side]));
    const query = { x: x - left, y: y - top };
    const { cosines, step } = await featureSimilarity(runtime, encoder, field, query, level);
    const auc = mask && partingOf(cosines, crop(mask, left, top, [side, side]), query, step);
    found.push({ model: path, mean: meanOf(cosines), ...(auc !== undefined && { auc }) });
    const caption = auc === undefined ? "cosine" : `particles from ground: AUC ${auc.toFixed(3)}`;
    shown.push({ title: path, patches: pictures(field, query, cosines, step, caption) });
    report.progress({ stage: "compare", done: i + 1, total: encoders.length, unit: "models" });
  }
  const title = `${micrograph}: what is like (${x}, ${y}) at level ${level}`;
  await files.write(inside(out, "similarity.svg"), patchSheet(title, shown, CONTRAST));
  const record = { micrograph, at: [x, y], level, models: found };
  await files.write(inside(out, "similarity.json"), `${JSON.stringify(record, null, 1)}\n`);
  return found;
}

async function readMask(files: Files, path: string, { shape }: Image): Promise<Image> {
  const mask = readPng(await files.read(path), path);
  if (mask.shape[0] !== shape[0] || mask.shape[1] !== shape[1]) {
    throw new ShapeError(path, mask.shape, `${shape[0]} x ${shape[1]}, as the micrograph`);
  }
  return mask;
}

/** The encoder and the heads of a training's last checkpoint. */
async function readEncoder(files: Files, path: string): Promise<TrainedEncoder> {
  const file = inside(path, MODEL.checkpoint);
  if (!(await files.exists(file))) {
    throw new FileError(path, `no ${MODEL.checkpoint}`, "a folder in which `train` trained a network");
  }
  const { record, parameters } = decodeModel(await readArrays(files, file), file);
  if (!record.options) throw new UnsupportedError(`${path}: a translator without a network has no encoder`);
  return { options: record.options, parameters };
}

/** The corner of a square about a place, moved into the image. */
function cornerOf(
  { x, y }: Place,
  side: number,
  { shape: [rows, columns] }: Image,
  path: string,
): readonly [left: number, top: number] {
  if (Math.min(rows, columns) < side) {
    throw new ShapeError(path, [rows, columns], `at least ${side} x ${side} pixels, the crops of the model`);
  }
  const start = (at: number, length: number): number =>
    Math.min(length - side, Math.max(0, Math.round(at) - (side >> 1)));
  return [start(x, columns), start(y, rows)];
}

const meanOf = ({ data }: Image): number => data.reduce((sum, value) => sum + value, 0) / data.length;

/** How well likeness to the query tells its own kind of places from the other; undefined where one kind is absent. */
function partingOf(
  { data, shape: [rows, columns] }: Image,
  mask: Image,
  query: Place,
  step: number,
): number | undefined {
  const side = mask.shape[1];
  const isParticle = (x: number, y: number): boolean =>
    mask.data[Math.min(side - 1, Math.floor(y)) * side + Math.min(side - 1, Math.floor(x))]! > 0;
  const own = isParticle(query.x, query.y);
  const kinds: { same: number[]; other: number[] } = { same: [], other: [] };
  for (let v = 0; v < rows; v++) {
    for (let u = 0; u < columns; u++) {
      const same = isParticle((u + 0.5) * step, (v + 0.5) * step) === own;
      kinds[same ? "same" : "other"].push(data[v * columns + u]!);
    }
  }
  if (kinds.same.length === 0 || kinds.other.length === 0) return undefined;
  return separation(kinds.other, kinds.same).auc;
}

/** Grey values of the pictures: deviations of a micrograph; a cosine of 0 is black, of 1 white. */
const CONTRAST = { black: -3, white: 3 };

/** A model's row of the picture: the field with a cross on the place compared, and the map at the same scale. */
function pictures(field: Image, { x, y }: Place, cosines: Image, step: number, caption: string) {
  const side = field.shape[0];
  const marked = Float32Array.from(field.data);
  for (let d = -CROSS; d <= CROSS; d++) {
    for (const [u, v] of [
      [x + d, y],
      [x, y + d],
    ] as const) {
      const [column, row] = [Math.round(u), Math.round(v)];
      if (Math.min(column, row) >= 0 && Math.max(column, row) < side) marked[row * side + column] = 3;
    }
  }
  const columns = cosines.shape[1];
  const map = Float32Array.from({ length: side * side }, (_, i) => {
    const [u, v] = [Math.floor((i % side) / step), Math.floor(Math.floor(i / side) / step)];
    return 6 * cosines.data[v * columns + u]! - 3;
  });
  return [
    { image: { data: marked, shape: field.shape }, caption: "the place compared" },
    { image: { data: map, shape: field.shape }, caption },
  ];
}

/** Arms of the cross, pixels. */
const CROSS = 5;
