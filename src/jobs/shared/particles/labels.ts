import { UnsupportedError } from "../../../core/errors.js";
import type { Files } from "../../../core/ports.js";
import { decodeText } from "../../../io/bytes/text.js";
import { unpackedName } from "../../../io/bytes/unpack.js";
import { hasOptics, hasPlaces, particlesOfCs, placesOfCs, readCsFile } from "../../../io/particles/cs.js";
import { type CsFile, joinCsFiles } from "../../../io/particles/cs-join.js";
import type { ParticleSet } from "../../../io/particles/particle.js";
import { readParticlesStar } from "../../../io/particles/star.js";
import { PICK_FORMATS, pickFormatOf } from "../../../io/picks/formats.js";
import type { CoordinatePick } from "../../../io/picks/pick.js";
import { readPicksStar } from "../../../io/picks/star.js";
import { LABEL } from "../../../io/star/names.js";
import { parseStar, type StarFile } from "../../../io/star/parse.js";

/** Particles or picks of one file, as far as its format knows them. */
export interface LabelSource {
  readonly path: string;
  /** Whether it says where particles lie; else `picks` throws. */
  readonly hasPlaces: boolean;
  /** Whether it says which micrograph its picks lie on: else all lie on the one that the file is named after. */
  readonly namesMicrographs: boolean;
  /** Coordinates alone, with the origins that move particles away from them. */
  picks(): CoordinatePick[];
  /** Particles with their optics, of formats that have them. */
  readonly set?: () => ParticleSet;
  /** The file itself, every label, where it is a STAR file. */
  readonly star?: StarFile;
}

/** File name endings of labels; .gz or .bz2 may follow. */
export const LABEL_ENDINGS: readonly string[] = [
  ...[".star", ".cs"],
  ...PICK_FORMATS.flatMap(({ endings }) => endings),
];

const endingOf = (path: string): string | undefined => {
  const name = unpackedName(path).toLowerCase();
  return LABEL_ENDINGS.find((ending) => name.endsWith(ending));
};

/** Beside its info files EMAN2 keeps the settings of a project, which are no labels. */
const EMAN_SETTINGS = /(^|[\\/])project\.json$/;

/** Whether a file's name is that of labels. */
export const isLabelFile = (path: string): boolean =>
  endingOf(path) !== undefined && !EMAN_SETTINGS.test(path);

/** The name of a file of labels without folders and ending: that of the micrograph, of a file that does not say it. */
export function labelStem(path: string): string {
  const name = unpackedName(path).replace(/^.*[\\/]/, "");
  return name.slice(0, name.length - (endingOf(path) ?? "").length);
}

/**
 * Opens a file of particles or picks by its name's ending: .star, .cs, or one of PICK_FORMATS. Files of one micrograph that do not
 * name it take the name of the file.
 *
 * @throws UnsupportedError for another ending, FormatError for a damaged file
 */
export function openLabels(bytes: Uint8Array, path: string): LabelSource {
  const stem = labelStem(path);
  const ending = endingOf(path);
  if (ending === ".star") return openStar(bytes, path, stem);
  if (ending === ".cs") return csSource(readCsFile(bytes, path));
  const format = pickFormatOf(path);
  if (!format) {
    throw new UnsupportedError(`${path}: found another ending, expected labels: ${LABEL_ENDINGS.join(" ")}`);
  }
  const picks = format.read(bytes, path, stem);
  return {
    ...{ path, hasPlaces: true, namesMicrographs: format.namesMicrographs(bytes, path) },
    picks: () => [...picks],
  };
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
    if (endingOf(path) === ".cs") cs.push(readCsFile(bytes, path));
    else sources.push(openLabels(bytes, path));
  }
  return [...sources, ...joinCsFiles(cs).map(csSource)];
}

const csSource = (file: CsFile): LabelSource => ({
  path: file.path,
  hasPlaces: hasPlaces(file),
  namesMicrographs: true,
  picks: () => placesOfCs(file),
  ...(hasOptics(file) && { set: () => particlesOfCs(file) }),
});

function openStar(bytes: Uint8Array, path: string, stem: string): LabelSource {
  const text = decodeText(bytes, path);
  const star = parseStar(text, path);
  const hasOptics = star.tables.some((table) => table.has(LABEL.voltage));
  const hasParticles = star.tables.some((table) => table.has(LABEL.x) || table.has(LABEL.image));
  return {
    ...{ path, star },
    hasPlaces: star.tables.some((table) => table.has(LABEL.x)),
    namesMicrographs: star.tables.some((table) => table.has(LABEL.micrograph)),
    picks: () => readPicksStar(text, path, stem),
    ...(hasOptics && hasParticles && { set: () => readParticlesStar(text, path) }),
  };
}
