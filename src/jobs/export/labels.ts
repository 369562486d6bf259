import { OptionError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { pack } from "../../io/bytes/unpack.js";
import { writeParticlesCs } from "../../io/particles/cs-write.js";
import type { ParticleSet } from "../../io/particles/particle.js";
import { writeParticlesStar } from "../../io/particles/star-write.js";
import { writeBox } from "../../io/picks/box.js";
import { writeCbox } from "../../io/picks/cbox.js";
import { type CocoImage, writeCoco } from "../../io/picks/coco.js";
import { writePointsCsv } from "../../io/picks/csv.js";
import { micrographStem, type Pick } from "../../io/picks/pick.js";
import { writePicksStar } from "../../io/picks/star.js";
import { atWholePixels, writeTopaz } from "../../io/picks/topaz.js";
import { refuseImpossible } from "../../io/star/impossible.js";
import { LABEL } from "../../io/star/names.js";
import { toRelion30, toRelion31 } from "../../io/star/versions.js";
import { writeStar } from "../../io/star/write.js";
import { cornerDoubt } from "../shared/micrographs/corner-doubt.js";
import type { MicrographIndex } from "../shared/micrographs/micrograph-index.js";
import { carriedCtfDoubt, starCtfDoubt } from "../shared/particles/ctf-doubt.js";
import type { LabelSource } from "../shared/particles/labels.js";
import { flipBlocks, flipSet } from "./flip.js";
import type { LabelFormat } from "./options.js";
import {
  type LabelContext,
  type LabelOptions,
  placesOf,
  refusePixelSize,
  refuseSameStems,
  refuseStrangeNames,
} from "./places.js";

/**
 * Writes particles or picks in another format. Box files, which belong to one micrograph each, go into a folder. STAR and .cs
 * files of particles keep coordinates and origins; in formats of coordinates a particle is where it sits, at its coordinate less
 * its origin.
 *
 * @returns the files written
 * @throws UsageError where the input lacks what the format must have
 */
export async function exportLabels(
  source: LabelSource,
  out: string,
  format: LabelFormat,
  options: LabelOptions,
  context: LabelContext,
): Promise<string[]> {
  const { files } = context;
  const write = async (content: Uint8Array | string): Promise<string[]> => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await files.write(out, pack(bytes, out));
    return [out];
  };
  if (format === "star" || format === "star30")
    return write(await starText(source, format, options, context));
  if (format === "cs") return write(await csBytes(source, options, context));
  const picks = await placesOf(source, options, context);
  if (format !== "csv" && format !== "coco") refuseSameStems(picks, source.path, format);
  if (format === "topaz") return write(writeTopaz(atWholePixels(picks)));
  if (format === "csv") return write(writePointsCsv(picks));
  const box = boxOf(picks, options, source);
  return format === "coco"
    ? write(writeCoco(await imagesOf(picks, source.path, context), picks, box))
    : writeBoxes(picks, out, format, box, files);
}

async function starText(
  source: LabelSource,
  format: "star" | "star30",
  options: LabelOptions,
  context: LabelContext,
): Promise<string> {
  const { flipY, pixelSize } = options;
  if (source.star ?? source.set) refusePixelSize(pixelSize);
  if (source.star) {
    refuseImpossible(source.star);
    const doubt = starCtfDoubt(source.star);
    if (doubt) context.warn(doubt);
    const blocks = format === "star" ? toRelion31(source.star) : toRelion30(source.star);
    return writeStar(flipBlocks(blocks, flipY), format === "star" ? "3.1" : "3.0");
  }
  if (format === "star30") {
    throw new UsageError(
      `${source.path}: found no STAR file, expected one to write as RELION 3.0: write star first`,
    );
  }
  const set = source.set?.();
  tellOddCtfs(set, source.path, context.warn);
  if (set) tellLost(set, "STAR", source.path, context.warn);
  return set
    ? writeParticlesStar(flipSet(set, flipY))
    : writePicksStar(await placesOf(source, options, context));
}

async function csBytes(
  source: LabelSource,
  { flipY, pixelSize }: LabelOptions,
  { micrographs, warn }: LabelContext,
): Promise<Uint8Array> {
  refusePixelSize(pixelSize);
  const set = source.set?.();
  if (!set) {
    throw new UsageError(
      `${source.path}: found picks alone, expected particles with their optics for a .cs file`,
    );
  }
  tellOddCtfs(set, source.path, warn);
  tellLost(set, ".cs", source.path, warn);
  refuseStrangeNames(set.particles, source.path);
  const flipped = flipSet(set, flipY);
  const shapes = await shapesOf(flipped, micrographs);
  if (shapes) {
    const placed = flipped.particles.flatMap(({ micrograph, x, y }) =>
      micrograph === undefined || x === undefined || y === undefined ? [] : [{ micrograph, x, y }],
    );
    tellOutside(placed, shapes, source.path, warn);
  }
  return writeParticlesCs(flipped, shapes && ((name) => shapes.get(name)!));
}

/** The sizes of the micrographs of a set; undefined where the particles have images and some size is not known. */
async function shapesOf(
  { particles }: ParticleSet,
  micrographs: MicrographIndex,
): Promise<Map<string, readonly [number, number]> | undefined> {
  const names = new Set(particles.map(({ micrograph }) => micrograph));
  // refuses micrographs of several folders that one folder cannot tell apart
  micrographs.named([...names].flatMap((micrograph) => (micrograph === undefined ? [] : [{ micrograph }])));
  const shapes = new Map<string, readonly [number, number]>();
  for (const name of names) {
    if (name === undefined) return undefined;
    const shape = await micrographs.shape(
      name,
      particles.some(({ image }) => !image),
    );
    if (!shape) return undefined;
    shapes.set(name, shape);
  }
  return shapes;
}

async function imagesOf(
  picks: readonly Pick[],
  path: string,
  { micrographs, warn }: LabelContext,
): Promise<CocoImage[]> {
  const shapes = new Map<string, readonly [rows: number, columns: number]>();
  for (const name of new Set(picks.map(({ micrograph }) => micrograph))) {
    shapes.set(name, (await micrographs.shape(name, true))!);
  }
  tellOutside(picks, shapes, path, warn);
  return [...shapes].map(([fileName, shape]) => ({ fileName, shape }));
}

function tellOddCtfs(set: ParticleSet | undefined, path: string, warn: LabelContext["warn"]): void {
  const doubt = set && carriedCtfDoubt(set, path);
  if (doubt) warn(doubt);
}

/** Says what a file tells of the optics and the particles that the other format does not get. */
function tellLost(
  { optics, unused = [] }: ParticleSet,
  to: "STAR" | ".cs",
  path: string,
  warn: LabelContext["warn"],
): void {
  const lost = new Set([
    ...optics.flatMap(({ further = [] }) => further),
    ...(to === "STAR" && optics.some(({ isDark }) => isDark) ? ["blob/sign of -1 (dark particles)"] : []),
    ...(to === ".cs" && optics.some(({ mtf }) => mtf) ? [LABEL.mtf] : []),
    ...unused,
  ]);
  if (lost.size > 0) warn(`${path}: left out, as ${to} files are written without: ${[...lost].join(", ")}`);
}

/** Says how many places lie outside their micrographs, as those of micrographs binned otherwise do. */
function tellOutside(
  picks: readonly Pick[],
  shapes: ReadonlyMap<string, readonly [rows: number, columns: number]>,
  path: string,
  warn: (line: string) => void,
): void {
  const outside = picks.filter(({ micrograph, x, y }) => {
    const [rows, columns] = shapes.get(micrograph)!;
    return !(x >= -0.5 && y >= -0.5 && x < columns - 0.5 && y < rows - 0.5);
  });
  if (outside.length > 0)
    warn(`${path}: ${outside.length} of ${picks.length} places lie outside their micrographs`);
  const doubt = cornerDoubt(
    picks.map(({ micrograph, x, y }) => ({ x, y, shape: shapes.get(micrograph)! })),
    path,
  );
  if (doubt) warn(doubt);
}

function boxOf(picks: readonly Pick[], { box }: LabelOptions, { path }: LabelSource): number {
  if (box !== undefined) return box;
  if (picks.some(({ boxSize }) => boxSize === undefined)) {
    throw new UsageError(`${path}: found picks without a box size, expected \`box\` with them`);
  }
  return 0;
}

async function writeBoxes(
  picks: readonly Pick[],
  out: string,
  format: "box" | "cbox",
  box: number,
  files: Files,
): Promise<string[]> {
  const byMicrograph = new Map<string, Pick[]>();
  for (const pick of picks) {
    const own = byMicrograph.get(pick.micrograph);
    if (own) own.push(pick);
    else byMicrograph.set(pick.micrograph, [pick]);
  }
  const write = format === "box" ? writeBox : writeCbox;
  const isFile = out.toLowerCase().endsWith(`.${format}`);
  if (isFile && byMicrograph.size > 1) {
    throw new OptionError(
      "out",
      `found ${out} for ${byMicrograph.size} micrographs, expected a folder: each has its file`,
    );
  }
  // all texts are made before the first is written
  const texts = [...byMicrograph].map(([micrograph, own]) => {
    const path = isFile ? out : `${out.replace(/\/$/, "")}/${micrographStem(micrograph)}.${format}`;
    return [path, write(own, box)] as const;
  });
  for (const [path, text] of texts) await files.write(path, text);
  return texts.map(([path]) => path);
}
