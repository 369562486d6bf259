import { FormatError } from "../../core/errors.js";
import { decodeText } from "../bytes/text.js";
import { refuseImpossible } from "../star/impossible.js";
import { LABEL, stackPath } from "../star/names.js";
import { opticsRowsOf } from "../star/optics-groups.js";
import { originsOf } from "../star/origins.js";
import { parseStar, type StarFile } from "../star/parse.js";
import { groupPixelSizes, pixelSizesOf30 } from "../star/pixel-sizes.js";
import { micrographNames, refuseSections } from "../star/places.js";
import type { StarTable } from "../star/table.js";
import { furtherOptics } from "./further-optics.js";
import {
  assembleParticles,
  type OpticsGroup,
  type Particle,
  type ParticleColumns,
  type ParticleSet,
} from "./particle.js";
import { areUneven } from "./strengths.js";
import { defocusOfStar, degreesOfStar, microscopeOfStar } from "./units.js";

/** Optics groups and the place among them of each row of the particles. */
interface Grouping {
  readonly optics: readonly OpticsGroup[];
  readonly groupOf: ArrayLike<number>;
}

/**
 * Reads particles of RELION 3.0 (one block, optics in every row, origins in pixels) or 3.1 and later (data_optics, origins in
 * angstrom). Rows without CTF, angles, coordinates or image simply lack them; a label that is there must be whole.
 *
 * @throws FormatError for a missing block or optics label, several blocks of particles, an optics group that is not defined or
 *   defined twice, an image name other than `N@stack`, or a value that does not fit its label
 */
export function readParticlesStar(content: Uint8Array | string, path: string): ParticleSet {
  const file = parseStar(decodeText(content, path), path);
  refuseImpossible(file);
  const optics = file.find("optics");
  const table = optics ? file.table("particles") : particlesOf30(file);
  const { optics: groups, groupOf } = optics ? readOptics(optics, table) : opticsOf30(table);
  const particles = assembleParticles(groupOf, readColumns(table, groups, groupOf));
  const unused = unusedColumns(table);
  return { optics: groups, particles, ...(unused.length > 0 && { unused }) };
}

/** The strengths of images as a refinement of RELION found them: each by itself, and by groups of micrographs. */
const STRENGTHS = [LABEL.normCorrection, LABEL.groupScale];

const numbersIn = (values: readonly (number | string)[]): number[] =>
  values.filter((value) => typeof value === "number");

const unusedColumns = (table: StarTable): string[] => [
  ...(table.has(LABEL.helix) ? [LABEL.helix] : []),
  ...(table.has(LABEL.mirrored) && table.carried(LABEL.mirrored).some((value) => Number(value) !== 0)
    ? [LABEL.mirrored]
    : []),
  ...STRENGTHS.filter((label) => table.has(label) && areUneven(numbersIn(table.carried(label)))),
];

/**
 * Reads the angles of particles, degrees, and nothing else: of RELION 3.0, 3.1 and later, or of any table that has them.
 *
 * @throws FormatError for a file without angles, with several blocks of them, or with one that is no number
 */
export function readAnglesStar(
  content: Uint8Array | string,
  path: string,
): readonly NonNullable<Particle["angles"]>[] {
  const file = parseStar(decodeText(content, path), path);
  const table = file.only((each) => each.has("rlnAngleRot"), "rlnAngleRot, rlnAngleTilt and rlnAnglePsi");
  const angles = anglesColumn(table)!;
  return Array.from({ length: table.rows }, (_, row) => angles(row)!);
}

/** RELION 3.0 named its only block as it liked: data_, data_images, data_particles, data_model_class_1. */
const particlesOf30 = (file: StarFile): StarTable =>
  file.only(
    (each) => each.has("rlnImageName") || each.has("rlnCoordinateX"),
    "rlnImageName or rlnCoordinateX",
  );

function readOptics(table: StarTable, particles: StarTable): Grouping {
  const ids = table.integers("rlnOpticsGroup");
  const optional = (label: string): Float64Array | undefined =>
    table.has(label) ? table.numbers(label) : undefined;
  const pixelSizes = groupPixelSizes(table);
  const imageSize = optional("rlnImageSize");
  const solid = optional("rlnImageDimensionality")?.findIndex((dimensions) => dimensions !== 2) ?? -1;
  if (solid >= 0)
    throw table.wrong(
      "rlnImageDimensionality",
      solid,
      table.numbers("rlnImageDimensionality")[solid],
      "2: images, not the volumes of subtomograms",
    );
  const names = table.has("rlnOpticsGroupName") ? table.strings("rlnOpticsGroupName") : undefined;
  const { voltage, sphericalAberration: cs, amplitudeContrast: contrast } = microscopeOfStar(table);
  const mtfs = table.has("rlnMtfFileName") ? table.strings("rlnMtfFileName") : undefined;
  const ofParticles = furtherOptics(particles);
  const optics = Array.from(ids, (id, row): OpticsGroup => {
    const { micrograph, original, image } = pixelSizes[row]!;
    const further = [...furtherOptics(table, row), ...ofParticles];
    const mtf = mtfs?.[row] ?? "";
    return {
      name: names?.[row] ?? `opticsGroup${id}`,
      // particles that have only been picked have no images yet
      pixelSize: image ?? micrograph ?? original ?? table.numbers("rlnImagePixelSize")[row]!,
      ...(micrograph !== undefined && { micrographPixelSize: micrograph }),
      voltage: voltage[row]!,
      sphericalAberration: cs[row]!,
      amplitudeContrast: contrast[row]!,
      ...(imageSize ? { imageSize: imageSize[row]! } : {}),
      // some programs write None where there is no file
      ...(!/^(none)?$/i.test(mtf) && {
        mtf: { file: mtf, ...(original !== undefined && { pixelSize: original }) },
      }),
      ...(further.length > 0 && { further }),
    };
  });
  return { optics, groupOf: opticsRowsOf(table, particles) };
}

/** Groups of rows whose optics are the same. */
function opticsOf30(table: StarTable): Grouping {
  const { voltage, sphericalAberration: cs, amplitudeContrast: contrast } = microscopeOfStar(table);
  const pixelSizes = pixelSizesOf30(table);
  if (!pixelSizes) {
    const expected = "it, with rlnMagnification, or rlnPixelSize";
    throw new FormatError(table.path, `data_${table.name}`, "no rlnDetectorPixelSize", expected);
  }
  const further = furtherOptics(table);
  const optics: OpticsGroup[] = [];
  const places = new Map<string, number>();
  const groupOf = new Float64Array(table.rows);
  for (let row = 0; row < table.rows; row++) {
    const pixelSize = pixelSizes[row]!;
    const key = [voltage[row], cs[row], contrast[row], pixelSize].join();
    const known = places.get(key);
    groupOf[row] = known ?? optics.length;
    if (known !== undefined) continue;
    places.set(key, optics.length);
    optics.push({
      name: `opticsGroup${optics.length + 1}`,
      pixelSize,
      voltage: voltage[row]!,
      sphericalAberration: cs[row]!,
      amplitudeContrast: contrast[row]!,
      ...(further.length > 0 && { further }),
    });
  }
  return { optics, groupOf };
}

/** One function of the row for each property that the table has. */
function readColumns(
  table: StarTable,
  optics: readonly OpticsGroup[],
  groupOf: ArrayLike<number>,
): ParticleColumns {
  const optional = (label: string): Float64Array | undefined =>
    table.has(label) ? table.numbers(label) : undefined;
  const at = (label: string, isNeeded = false): ((row: number) => number) | undefined => {
    const values = isNeeded ? table.numbers(label) : optional(label);
    return values && ((row) => values[row]!);
  };
  refuseSections(table);
  const micrographs = table.has("rlnMicrographName") ? micrographNames(table) : undefined;
  const sizes = Array.from(groupOf, (group) => ({
    ...{ micrograph: undefined, original: undefined, image: optics[group]!.pixelSize },
  }));
  return {
    image: imageColumn(table),
    micrograph: micrographs && ((row) => micrographs[row]!),
    ...(hasAny(table, "rlnCoordinateX", "rlnCoordinateY") && {
      x: at("rlnCoordinateX", true),
      y: at("rlnCoordinateY", true),
    }),
    defocus: defocusColumn(table, optional),
    angles: anglesColumn(table),
    origin: originsOf(table, () => sizes),
    halfSet: halfSetColumn(table),
    classNumber: at("rlnClassNumber"),
    score: at("rlnAutopickFigureOfMerit"),
  };
}

const hasAny = (table: StarTable, ...labels: readonly string[]): boolean =>
  labels.some((label) => table.has(label));

function imageColumn(table: StarTable): ParticleColumns["image"] {
  if (!table.has("rlnImageName")) return undefined;
  const names = table.strings("rlnImageName");
  refuseWholeStacks(table, names);
  return (row) => {
    const [, index, stack] = /^(\d+)@(.+)$/.exec(names[row]!) ?? [];
    // A single image without a section is the first of its file.
    if (stack === undefined && !names[row]!.includes("@")) return { index: 1, stack: stackPath(names[row]!) };
    if (!(Number(index) >= 1)) throw table.wrong("rlnImageName", row, names[row], "N@stack with N from 1");
    return { index: Number(index), stack: stackPath(stack!) };
  };
}

/** Several rows that name a stack without a number of an image would all have its first one. */
function refuseWholeStacks(table: StarTable, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const [row, name] of names.entries()) {
    if (name.includes("@") || !/\.mrcs$/i.test(name)) continue;
    if (seen.has(name))
      throw table.wrong(
        "rlnImageName",
        row,
        name,
        "N@stack with N from 1, as other rows name this stack too",
      );
    seen.add(name);
  }
}

function defocusColumn(
  table: StarTable,
  optional: (label: string) => Float64Array | undefined,
): ParticleColumns["defocus"] {
  if (!hasAny(table, "rlnDefocusU", "rlnDefocusV")) return undefined;
  const [u, v] = defocusOfStar(table);
  const angle = degreesOfStar(table, "rlnDefocusAngle");
  const phase = table.has("rlnPhaseShift") ? degreesOfStar(table, "rlnPhaseShift") : undefined;
  const bFactor = optional("rlnCtfBfactor");
  const scale = optional("rlnCtfScalefactor");
  return (row) => ({
    defocusU: u[row]!,
    defocusV: v[row]!,
    defocusAngle: angle[row]!,
    phaseShift: phase ? phase[row]! : 0,
    ...(bFactor && bFactor[row] !== 0 && { bFactor: bFactor[row]! }),
    ...(scale && scale[row] !== 1 && { scale: scale[row]! }),
  });
}

function anglesColumn(table: StarTable): ParticleColumns["angles"] {
  // psi alone is what picking by templates tells
  if (!hasAny(table, "rlnAngleRot", "rlnAngleTilt")) return undefined;
  const [rot, tilt] = [table.numbers("rlnAngleRot"), table.numbers("rlnAngleTilt")];
  const psi = table.numbers("rlnAnglePsi");
  refuseRadians([rot, tilt, psi], table);
  return (row) => ({ rot: rot[row]!, tilt: tilt[row]!, psi: psi[row]! });
}

/** Fewer views than this may well lie near each other. */
const MANY = 20;

/** No set of views in degrees keeps all three angles of many particles within two pi, but where they are all the same. */
function refuseRadians(angles: readonly Float64Array[], table: StarTable): void {
  if (table.rows < MANY) return;
  const most = 2 * Math.PI;
  const areSmall = angles.every((values) => values.every((value) => Math.abs(value) <= most));
  // unaligned particles have one view
  const areSpread = angles.some((values) => values.some((value) => Math.abs(value - values[0]!) > 1));
  if (!areSmall || !areSpread) return;
  throw table.wrong("rlnAngleRot", 0, angles[0]![0], "degrees: all angles lie within 6.28, as radians do");
}

function halfSetColumn(table: StarTable): ParticleColumns["halfSet"] {
  if (!table.has("rlnRandomSubset")) return undefined;
  const subset = table.integers("rlnRandomSubset");
  // 1 or 2: others are refused before
  return (row) => subset[row] as 1 | 2;
}
