import type { Files } from "../../core/ports.js";
import { decodeText } from "../../io/bytes/text.js";
import { unpackedName } from "../../io/bytes/unpack.js";
import { hasOptics, hasPlaces, particlesOfCs, placesOfCs, readCsFile } from "../../io/particles/cs.js";
import { type CsFile, joinCsFiles } from "../../io/particles/cs-join.js";
import type { ParticleSet } from "../../io/particles/particle.js";
import { readParticlesStar } from "../../io/particles/star.js";
import { readBox } from "../../io/picks/box.js";
import { readCbox } from "../../io/picks/cbox.js";
import { readCoco } from "../../io/picks/coco.js";
import { readPointsCsv } from "../../io/picks/csv.js";
import type { CoordinatePick, Pick } from "../../io/picks/pick.js";
import { readPicksStar } from "../../io/picks/star.js";
import { readTopaz } from "../../io/picks/topaz.js";
import { parseStar, type StarFile } from "../../io/star/parse.js";
import type { StarBlock } from "../../io/star/write.js";

/** Particles or picks of one file, as far as its format knows them. */
export interface LabelSource {
  readonly path: string;
  /** Whether it says where particles lie; else `picks` throws. */
  readonly hasPlaces: boolean;
  /** Coordinates alone, with the origins that move particles away from them. */
  picks(): CoordinatePick[];
  /** Particles with their optics, of formats that have them. */
  readonly set?: () => ParticleSet;
  /** The file itself, every label, where it is a STAR file. */
  readonly star?: StarFile;
}

/** File name endings of labels; .gz or .bz2 may follow. */
export const LABEL_ENDINGS = /\.(star|cs|txt|tsv|box|cbox|json|csv)$/i;

/** The name of a file of labels without folders and ending: that of the micrograph, of a file that does not say it. */
export const labelStem = (path: string): string =>
  unpackedName(path)
    .replace(/^.*[\\/]/, "")
    .replace(LABEL_ENDINGS, "");

/**
 * Opens a file of particles or picks by its name's ending: .star, .cs, .txt or .tsv (Topaz), .box (EMAN), .cbox (crYOLO), .json
 * (COCO), .csv. Files of one micrograph that do not name it take the name of the file.
 *
 * @throws FormatError for a damaged file
 */
export function openLabels(bytes: Uint8Array, path: string): LabelSource {
  const name = unpackedName(path).toLowerCase();
  const stem = labelStem(path);
  const of = (read: () => Pick[]): LabelSource => {
    const picks = read();
    return { path, hasPlaces: true, picks: () => picks };
  };
  if (name.endsWith(".star")) return openStar(bytes, path, stem);
  if (name.endsWith(".cs")) return csSource(readCsFile(bytes, path));
  if (name.endsWith(".box")) return of(() => readBox(bytes, path, stem));
  if (name.endsWith(".cbox")) return of(() => readCbox(bytes, path, stem));
  if (name.endsWith(".json")) return of(() => readCoco(bytes, path).picks);
  if (name.endsWith(".csv")) return of(() => readPointsCsv(bytes, path, stem));
  return of(() => readTopaz(bytes, path));
}

/**
 * Opens several files of particles or picks; .cs files of the same particles become one.
 *
 * @throws FormatError for a damaged file
 */
export async function openLabelFiles(files: Files, paths: readonly string[]): Promise<LabelSource[]> {
  const sources: LabelSource[] = [];
  const cs: CsFile[] = [];
  for (const path of paths) {
    const bytes = await files.read(path);
    if (/\.cs$/i.test(unpackedName(path))) cs.push(readCsFile(bytes, path));
    else sources.push(openLabels(bytes, path));
  }
  return [...sources, ...joinCsFiles(cs).map(csSource)];
}

const csSource = (file: CsFile): LabelSource => ({
  path: file.path,
  hasPlaces: hasPlaces(file),
  picks: () => placesOfCs(file),
  ...(hasOptics(file) && { set: () => particlesOfCs(file) }),
});

function openStar(bytes: Uint8Array, path: string, stem: string): LabelSource {
  const text = decodeText(bytes, path);
  const star = parseStar(text, path);
  const hasOptics = star.tables.some((table) => table.has("rlnVoltage"));
  const hasParticles = star.tables.some((table) => table.has("rlnCoordinateX") || table.has("rlnImageName"));
  return {
    ...{ path, star },
    hasPlaces: star.tables.some((table) => table.has("rlnCoordinateX")),
    picks: () => readPicksStar(text, path, stem),
    ...(hasOptics && hasParticles && { set: () => readParticlesStar(text, path) }),
  };
}

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
    const turned = Array.from(column as ArrayLike<number | string>, (y) =>
      typeof y === "number" ? rows - 1 - y : y,
    );
    return { ...block, columns: { ...block.columns, rlnCoordinateY: turned } };
  });
}
