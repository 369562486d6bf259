import { decodeText } from "../../io/bytes/text.js";
import { unpackedName } from "../../io/bytes/unpack.js";
import { readParticlesCs } from "../../io/particles/cs.js";
import type { ParticleSet } from "../../io/particles/particle.js";
import { readParticlesStar } from "../../io/particles/star.js";
import { readBox } from "../../io/picks/box.js";
import { readCbox } from "../../io/picks/cbox.js";
import { readCoco } from "../../io/picks/coco.js";
import { readPointsCsv } from "../../io/picks/csv.js";
import { flipPickRows, micrographStem, type Pick } from "../../io/picks/pick.js";
import { readPicksStar } from "../../io/picks/star.js";
import { readTopaz } from "../../io/picks/topaz.js";
import { parseStar, type StarFile } from "../../io/star/parse.js";
import type { StarBlock } from "../../io/star/write.js";

/** Particles or picks of one file, as far as its format knows them. */
export interface LabelSource {
  readonly path: string;
  /** Places alone. @param flipRows rows of the micrographs; y becomes rows - 1 - y */
  picks(flipRows?: number): Pick[];
  /** Particles with their optics, of formats that have them. */
  readonly set?: () => ParticleSet;
  /** The file itself, every label, where it is a STAR file. */
  readonly star?: StarFile;
}

/** File name endings of labels; .gz or .bz2 may follow. */
export const LABEL_ENDINGS = /\.(star|cs|txt|tsv|box|cbox|json|csv)$/i;

/**
 * Opens a file of particles or picks by its name's ending: .star, .cs, .txt or .tsv (Topaz), .box (EMAN), .cbox (crYOLO), .json
 * (COCO), .csv. Files of one micrograph that do not name it take the name of the file.
 *
 * @throws FormatError for a damaged file
 */
export function openLabels(bytes: Uint8Array, path: string): LabelSource {
  const name = unpackedName(path).toLowerCase();
  const stem = micrographStem(unpackedName(path));
  const of = (read: () => Pick[]): LabelSource => {
    const picks = read();
    return { path, picks: (rows) => flipped(picks, rows) };
  };
  if (name.endsWith(".star")) return openStar(bytes, path, stem);
  if (name.endsWith(".cs")) {
    const set = readParticlesCs(bytes, path);
    return { path, set: () => set, picks: (rows) => flipped(picksOf(set), rows) };
  }
  if (name.endsWith(".box")) return of(() => readBox(bytes, path, stem));
  if (name.endsWith(".cbox")) return of(() => readCbox(bytes, path, stem));
  if (name.endsWith(".json")) return of(() => readCoco(bytes, path).picks);
  if (name.endsWith(".csv")) return of(() => readPointsCsv(bytes, path, stem));
  return of(() => readTopaz(bytes, path));
}

function openStar(bytes: Uint8Array, path: string, stem: string): LabelSource {
  const text = decodeText(bytes, path);
  const star = parseStar(text, path);
  const hasOptics = star.tables.some((table) => table.has("rlnVoltage"));
  const hasParticles = star.tables.some((table) => table.has("rlnCoordinateX") || table.has("rlnImageName"));
  return {
    path,
    star,
    picks: (rows) => flipped(readPicksStar(text, path, stem), rows),
    ...(hasOptics && hasParticles && { set: () => readParticlesStar(text, path) }),
  };
}

function picksOf({ particles }: ParticleSet): Pick[] {
  return particles.flatMap(({ micrograph, x, y, score }) =>
    micrograph === undefined || x === undefined || y === undefined
      ? []
      : [{ micrograph, x, y, ...(score !== undefined && { score }) }],
  );
}

const flipped = (picks: readonly Pick[], rows: number | undefined): Pick[] =>
  rows === undefined ? [...picks] : flipPickRows(picks, rows);

/** The same particles with their places in micrographs whose rows run the other way; images and angles stay. */
export function flipSet(set: ParticleSet, rows: number | undefined): ParticleSet {
  if (rows === undefined) return set;
  const particles = set.particles.map((particle) =>
    particle.y === undefined ? particle : { ...particle, y: rows - 1 - particle.y },
  );
  return { ...set, particles };
}

/** STAR blocks with the same done to rlnCoordinateY. */
export function flipBlocks(blocks: readonly StarBlock[], rows: number | undefined): readonly StarBlock[] {
  if (rows === undefined) return blocks;
  return blocks.map((block) => {
    const column = block.columns["rlnCoordinateY"];
    if (!column) return block;
    const turned = Array.from(column as ArrayLike<number>, (y) => rows - 1 - y);
    return { ...block, columns: { ...block.columns, rlnCoordinateY: turned } };
  });
}
