import { mean } from "../../array/statistics.js";
import { FormatError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { decodeText } from "../../io/bytes/text.js";
import {
  hasOptics,
  hasPlaces,
  isExposures,
  particlesOfCs,
  placesOfCs,
  readCsFile,
} from "../../io/particles/cs.js";
import type { CsFile } from "../../io/particles/cs-join.js";
import { readMicrographCtfs } from "../../io/particles/micrograph-ctf.js";
import type { ParticleSet } from "../../io/particles/particle.js";
import { pickFormatOf } from "../../io/picks/formats.js";
import { refuseImpossible } from "../../io/star/impossible.js";
import { LABEL, LABEL_30 } from "../../io/star/names.js";
import { parseStar, type StarFile } from "../../io/star/parse.js";
import type { StarTable } from "../../io/star/table.js";
import { carriedCtfDoubt, starCtfDoubt } from "../shared/particles/ctf-doubt.js";
import { unusedDoubt } from "../shared/particles/image-doubt.js";
import { openLabels } from "../shared/particles/labels.js";
import { repeatedDoubt } from "../shared/particles/particle-stacks.js";
import { someNames } from "../shared/some-names.js";
import { type Description, format } from "./format.js";

/** Describes a STAR file: its blocks, and what a person asks first of the particles, picks or micrographs in it. */
export async function describeStar(files: Files, path: string): Promise<Description> {
  const bytes = await files.read(path);
  const star = parseStar(decodeText(bytes, path), path);
  refuseImpossible(star);
  const out: Record<string, string | number> = { what: kindOf(star) };
  for (const table of star.tables) {
    out[`data_${table.name}`] =
      `${table.rows} ${table.rows === 1 ? "row" : "rows"}: ${table.labels.map((label) => label.replace(/^rln/, "")).join(" ")}`;
  }
  const table =
    star.find("particles") ??
    star.find("micrographs") ??
    star.tables.find((each) => each.has(LABEL.defocusU) || each.has(LABEL.x));
  return {
    ...out,
    ...describeOptics(star.find("optics") ?? table),
    ...(table && describeRows(table)),
    ...describeSet(openLabels(bytes, path).set, path, starCtfDoubt(star)),
  };
}

/**
 * What keeps the commands that work on particles from them, and what they will say.
 *
 * @param read the particles; absent in a file without
 * @param ofCtfs what is odd about the CTFs
 */
function describeSet(
  read: (() => ParticleSet) | undefined,
  path: string,
  ofCtfs: string | undefined,
): Description {
  const doubts = ofCtfs === undefined ? [] : [ofCtfs];
  let refusal: string | undefined;
  try {
    const set = read?.();
    if (set) doubts.push(...setDoubts(set, path));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    refusal = error.message;
  }
  // every line begins with the path, which stands above the description
  const said = doubts.map((line) => line.replace(`${path}: `, ""));
  return {
    ...(said.length > 0 && { doubts: said.join("; ") }),
    ...(refusal !== undefined && { "refused as particles": refusal.replace(`${path}: `, "") }),
  };
}

function setDoubts(set: ParticleSet, path: string): readonly string[] {
  const stacks = [...new Set(set.particles.map(({ image }) => image?.stack ?? ""))];
  const numbers = new Map(stacks.map((stack, number) => [stack, number]));
  const places = set.particles.flatMap(({ image, angles, halfSet }) =>
    image ? [{ stack: numbers.get(image.stack)!, section: image.index - 1, angles, halfSet }] : [],
  );
  const named = stacks.map((stack) => ({ path: stack }));
  return [unusedDoubt(set, path), repeatedDoubt(places, named, path)].filter((line) => line !== undefined);
}

function kindOf(star: StarFile): string {
  const has = (label: string): boolean => star.tables.some((table) => table.has(label));
  const version = star.find("optics") ? "RELION 3.1 or newer" : "RELION 3.0 or older";
  if (has(LABEL.image)) return `STAR, particles, ${version}`;
  if (has(LABEL.x)) return has(LABEL.voltage) ? `STAR, particles, ${version}` : "STAR, picks";
  if (star.find("cryolo")) return "STAR, picks of crYOLO";
  if (has(LABEL.micrograph)) return `STAR, micrographs, ${version}`;
  return has(LABEL.mtfValue) ? "STAR, MTF curve" : "STAR";
}

function describeOptics(table: StarTable | undefined): Description {
  if (!table?.has(LABEL.voltage) || !table.has(LABEL.sphericalAberration)) return {};
  const [voltage, cs] = [table.numbers(LABEL.voltage), table.numbers(LABEL.sphericalAberration)];
  const label = [LABEL.imagePixelSize, LABEL.micrographPixelSize, LABEL_30.pixelSize].find((name) =>
    table.has(name),
  );
  const sizes = label && table.numbers(label);
  const rows = Array.from(
    voltage,
    (kV, row) => `${sizes ? `${format(sizes[row]!)} A, ` : ""}${kV} kV, Cs ${format(cs[row]!)} mm`,
  );
  return { optics: someNames([...new Set(rows)], { separator: "; " }) };
}

/** What a person asks first of particles or micrographs. */
function describeRows(table: StarTable): Description {
  const out: Record<string, string | number> = {};
  if (table.has(LABEL.micrograph)) out["micrographs"] = new Set(table.strings(LABEL.micrograph)).size;
  if (table.has(LABEL.defocusU) && table.rows > 0)
    out["defocus U"] = defocusRange(table.carried(LABEL.defocusU));
  if (table.has(LABEL.halfSet)) {
    const sets = table.integers(LABEL.halfSet);
    out["half sets"] =
      `${sets.filter((set) => set === 1).length} and ${sets.filter((set) => set === 2).length}`;
  }
  return out;
}

/** Describes a cryoSPARC file of particles or exposures. */
export async function describeCs(files: Files, path: string): Promise<Description> {
  const bytes = await files.read(path);
  const file = readCsFile(bytes, path);
  if (isExposures(file)) return describeExposures(file, bytes);
  if (!hasOptics(file)) return describePassthrough(file);
  const set = particlesOfCs(file);
  const { optics, particles } = set;
  const has = (of: (particle: (typeof particles)[number]) => unknown): string =>
    particles.every((particle) => of(particle) !== undefined) ? "yes" : "no";
  const micrographs = new Set(particles.map(({ micrograph }) => micrograph ?? "")).size;
  return {
    what: "cryoSPARC particles",
    particles: particles.length,
    "optics groups": someNames(
      optics.map((o) => `${format(o.pixelSize)} A, ${o.voltage} kV, Cs ${format(o.sphericalAberration)} mm`),
      { separator: "; " },
    ),
    images: has(({ image }) => image),
    places: has(({ x }) => x) === "yes" ? `in ${micrographs} micrographs` : "no",
    aligned: has(({ angles }) => angles),
    ...describeSet(() => set, path, carriedCtfDoubt(set, path)),
  };
}

/** Micrographs, which may have been fitted. */
function describeExposures({ path, table: { rows, columns } }: CsFile, bytes: Uint8Array): Description {
  const known = { what: "cryoSPARC exposures", micrographs: rows };
  if (rows === 0 || !columns.has("ctf/df1_A")) return { ...known, CTF: "not fitted" };
  const ctfs = readMicrographCtfs(bytes, path);
  const optics = ctfs.map(
    ({ pixelSize, voltage, sphericalAberration }) =>
      `${pixelSize === undefined ? "" : `${format(pixelSize)} A, `}${format(voltage)} kV, Cs ${format(sphericalAberration)} mm`,
  );
  return {
    ...known,
    optics: someNames([...new Set(optics)], { separator: "; " }),
    "defocus U": defocusRange(ctfs.map(({ defocusU }) => defocusU)),
  };
}

/** Angstrom, of at least one micrograph or particle; texts, as nan, stand where no CTF was fitted. */
function defocusRange(defocus: readonly (number | string)[]): string {
  const values = defocus.filter((value) => typeof value === "number");
  if (values.length === 0) return "no numbers";
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const over = low < 0 ? "; negative is overfocus: underfocus is positive here" : "";
  return `${format(low)} to ${format(high)} A, mean ${format(mean(values))}${over}`;
}

/** Columns that no table of particles has, and what their tables are of. */
const OTHER_TABLES = [
  ["movie_blob/path", "movies"],
  ["map/path", "volumes"],
  ["mask/path", "masks"],
] as const;

/** Picks, or what a job of cryoSPARC handed on: a file that has not all columns of particles. */
function describePassthrough(file: CsFile): Description {
  const { rows, columns } = file.table;
  const other = OTHER_TABLES.find(([column]) => columns.has(column));
  if (other) return { what: `cryoSPARC ${other[1]}`, rows };
  const yesNo = (column: string): string => (columns.has(column) ? "yes" : "no");
  const micrographs = hasPlaces(file)
    ? new Set(placesOfCs(file).map(({ micrograph }) => micrograph)).size
    : 0;
  return {
    what: "cryoSPARC particles without optics",
    particles: rows,
    images: yesNo("blob/path"),
    places: hasPlaces(file) ? `in ${micrographs} micrographs` : "no",
    aligned: yesNo("alignments3D/pose"),
  };
}

/** Describes a file of picks: EMAN .box and info.json, crYOLO .cbox, COCO, Topaz or comma-separated points. */
export async function describePicks(files: Files, path: string): Promise<Description> {
  const picks = openLabels(await files.read(path), path).picks();
  const range = (values: readonly number[]): string =>
    `${format(values.reduce((a, b) => Math.min(a, b)))} to ${format(values.reduce((a, b) => Math.max(a, b)))}`;
  const known = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);
  const [scores, sizes] = [
    known(picks.map(({ score }) => score)),
    known(picks.map(({ boxSize }) => boxSize)),
  ];
  return {
    what: pickFormatOf(path)!.what,
    picks: picks.length,
    micrographs: someNames([...new Set(picks.map(({ micrograph }) => micrograph))]),
    ...(picks.length > 0 && { x: range(picks.map(({ x }) => x)), y: range(picks.map(({ y }) => y)) }),
    ...(scores.length > 0 && { scores: range(scores) }),
    ...(sizes.length > 0 && { "box size": `${range(sizes)} pixels` }),
  };
}
