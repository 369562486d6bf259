import { FormatError } from "../../core/errors.js";
import { opticsRowsOf } from "./optics-groups.js";
import type { StarFile } from "./parse.js";
import { pixelSizeColumn, pixelSizesOf30 } from "./pixel-sizes.js";
import type { StarTable } from "./table.js";
import type { StarBlock, StarColumnInput } from "./write.js";

type Columns = Record<string, StarColumnInput>;

/** Labels that RELION 3.1 moved from every row into data_optics. */
const OPTICS_LABELS = [
  ...["rlnVoltage", "rlnSphericalAberration", "rlnAmplitudeContrast", "rlnBeamTiltX", "rlnBeamTiltY"],
  ...["rlnMtfFileName", "rlnMagMat00", "rlnMagMat01", "rlnMagMat10", "rlnMagMat11"],
  ...["rlnOddZernike", "rlnEvenZernike", "rlnCtfDataAreCtfPremultiplied", "rlnCtfDataArePhaseFlipped"],
];
/** Labels of data_optics that mean nothing beside a particle: what groups are called, and what RELION 3.0 says by other labels. */
const GROUP_LABELS = [
  ...["rlnOpticsGroup", "rlnOpticsGroupName", "rlnImageSize", "rlnImageDimensionality"],
  ...["rlnImagePixelSize", "rlnMicrographPixelSize", "rlnMicrographOriginalPixelSize"],
];
/** What a row of RELION 3.0 says of its pixel: micrometres on the detector over the magnification, or angstrom. */
const PIXEL_LABELS = ["rlnDetectorPixelSize", "rlnMagnification", "rlnPixelSize"];
/** Labels in pixels before RELION 3.1, in angstrom since, under another name. */
const LENGTHS: readonly (readonly [pixels: string, angstrom: string])[] = [
  ["rlnOriginX", "rlnOriginXAngst"],
  ["rlnOriginY", "rlnOriginYAngst"],
  ["rlnOriginZ", "rlnOriginZAngst"],
  ["rlnOriginXPrior", "rlnOriginXPriorAngst"],
  ["rlnOriginYPrior", "rlnOriginYPriorAngst"],
];

/** A table as a block to write, as it is. */
export function blockOf(table: StarTable): StarBlock {
  const columns = Object.fromEntries(table.labels.map((label) => [label, table.carried(label)]));
  return { name: table.name, isLoop: table.isLoop, columns };
}

/**
 * The blocks of a particle or micrograph file as RELION 3.1, 4 and 5 read them. A file that has data_optics already, or no
 * optics at all, stays as it is; of RELION 3.0's rows those with equal optics become one group.
 *
 * @throws FormatError for optics without a pixel size
 */
export function toRelion31(file: StarFile): StarBlock[] {
  if (file.find("optics")) return file.tables.map(blockOf);
  const hasOptics = (each: StarTable): boolean => each.has("rlnVoltage");
  if (!file.tables.some(hasOptics)) return file.tables.map(blockOf);
  const table = file.only(hasOptics, "rlnVoltage");
  const said = pixelSizesOf30(table);
  if (!said) {
    throw new FormatError(file.path, `data_${table.name}`, "no rlnDetectorPixelSize", "it, or rlnPixelSize");
  }
  const sizes = Array.from(said);
  const labels = OPTICS_LABELS.filter((label) => table.has(label));
  const values = new Map(labels.map((label) => [label, table.carried(label)]));
  const groups = new Map<string, { readonly id: number; readonly row: number }>();
  const groupOf = sizes.map((size, row) => {
    const key = [size, ...labels.map((label) => values.get(label)![row])].join();
    const known = groups.get(key) ?? { id: groups.size + 1, row };
    groups.set(key, known);
    return known.id;
  });
  const rows = [...groups.values()].map(({ row }) => row);
  const isParticles = table.has("rlnImageName") || table.has("rlnCoordinateX");
  const optics: Columns = {
    rlnOpticsGroupName: rows.map((_, i) => `opticsGroup${i + 1}`),
    rlnOpticsGroup: rows.map((_, i) => i + 1),
    ...Object.fromEntries(labels.map((label) => [label, takeRows(values.get(label)!, rows)])),
    [isParticles ? "rlnImagePixelSize" : "rlnMicrographPixelSize"]: rows.map((row) => sizes[row]!),
  };
  const columns: Columns = {};
  for (const label of table.labels) {
    if (labels.includes(label) || PIXEL_LABELS.includes(label)) continue;
    const length = LENGTHS.find(([pixels]) => pixels === label);
    if (length) columns[length[1]] = Array.from(table.numbers(label), (value, row) => value * sizes[row]!);
    else columns[label] = table.carried(label);
  }
  columns["rlnOpticsGroup"] = groupOf;
  return [
    { name: "optics", columns: optics },
    { name: isParticles ? "particles" : "micrographs", columns },
    ...file.tables.filter((each) => each !== table).map(blockOf),
  ];
}

/**
 * The block of a particle or micrograph file as RELION 3.0 reads it: optics in every row, origins in pixels. A file without
 * data_optics stays as it is. Labels of the optics that RELION 3.0 does not know, as of aberrations, are carried into the rows.
 *
 * @throws FormatError for optics without a pixel size, or a row whose group is not defined
 */
export function toRelion30(file: StarFile): StarBlock[] {
  const optics = file.find("optics");
  if (!optics) return file.tables.map(blockOf);
  const table = file.find("particles") ?? file.table("micrographs");
  const label = ["rlnImagePixelSize", "rlnMicrographPixelSize", "rlnMicrographOriginalPixelSize"].find(
    (name) => optics.has(name),
  );
  if (!label) throw new FormatError(file.path, "data_optics", "no rlnImagePixelSize", "a pixel size");
  const groupRows = opticsRowsOf(optics, table);
  const pixelSizes = pixelSizeColumn(optics, label)!;
  const sizes = groupRows.map((place) => pixelSizes[place]!);
  const columns: Columns = {};
  for (const name of table.labels) {
    if (name === "rlnOpticsGroup") continue;
    const length = LENGTHS.find(([, angstrom]) => angstrom === name);
    if (length) columns[length[0]] = Array.from(table.numbers(name), (value, row) => value / sizes[row]!);
    else columns[name] = table.carried(name);
  }
  for (const name of optics.labels) {
    if (!GROUP_LABELS.includes(name)) columns[name] = takeRows(optics.carried(name), groupRows);
  }
  // a magnification of 10,000 makes micrometres on the detector angstroms in the specimen
  columns["rlnDetectorPixelSize"] = sizes;
  columns["rlnMagnification"] = sizes.map(() => 10_000);
  const others = file.tables.filter((each) => each !== optics && each !== table);
  return [{ name: "", columns }, ...others.map(blockOf)];
}

/** The values of some rows, in their order. */
function takeRows(values: StarColumnInput, rows: readonly number[]): StarColumnInput {
  return rows.map((row) => values[row]!) as (number | string)[];
}
