import { FormatError } from "../../core/errors.js";
import { isPixelSize, PIXEL_SIZES } from "../pixel-size.js";
import { LABEL } from "../star/names.js";
import type { StarTable } from "../star/table.js";

/** One value a particle, micrograph or optics group, as a file has them. */
export interface MicroscopeColumns {
  readonly voltage: Float64Array;
  readonly sphericalAberration: Float64Array;
  readonly amplitudeContrast: Float64Array;
}

/** The FormatError about a value of a row. */
type Wrong<Name> = (name: Name, row: number, found: number, expected: string) => FormatError;

/**
 * What a microscope can be. A value beyond is in another unit: volt or megavolt, micrometre, per cent. Programs that refine the
 * aberration may make it negative, and some turn the contrast by the sign of the amplitude contrast.
 */
const RANGES = {
  voltage: [60, 1000, " kV"],
  sphericalAberration: [-10, 10, " mm"],
  amplitudeContrast: [-1, 1, ""],
} as const;

/** cryoSPARC's names of the same. */
const CRYOSPARC = {
  voltage: "ctf/accel_kv",
  sphericalAberration: "ctf/cs_mm",
  amplitudeContrast: "ctf/amp_contrast",
} as const;

/** Angstrom: a hundred micrometres, beyond any lens of a cryo-EM; in this unit the values are none. */
const FARTHEST = 1e6;

/** Degrees: a phase plate turns by less, and an angle of the astigmatism comes back after half of it. */
const FULL_TURN = 360;

/** Angstrom: nobody takes a whole set of micrographs as near to focus. */
export const NEAR_FOCUS = 50;

/** The microscope of each row. @throws FormatError for a missing column, or a value in another unit */
export const microscopeOfStar = (table: StarTable): MicroscopeColumns =>
  inUnits(
    (name) => table.numbers(LABEL[name]),
    (name, row, found, expected) => table.wrong(LABEL[name], row, found, expected),
  );

/** The same of a .cs file. @param numbers the column of a name */
export const microscopeOfCs = (numbers: (name: string) => Float64Array, path: string): MicroscopeColumns =>
  inUnits(
    (name) => numbers(CRYOSPARC[name]),
    (name, row, found, expected) => wrongInCs(path, CRYOSPARC[name], row, found, expected),
  );

/** Defocus of each row, angstrom. @throws FormatError for a missing column, or values that can only be micrometres */
export function defocusOfStar(table: StarTable): readonly [u: Float64Array, v: Float64Array] {
  const [u, v] = [LABEL.defocusU, LABEL.defocusV].map((label) => {
    const values = table.numbers(label);
    refuseMicrometres(values, (expected) => table.wrong(label, 0, values[0], expected));
    const far = values.findIndex((value) => Math.abs(value) > FARTHEST);
    if (far >= 0) throw table.wrong(label, far, values[far], "angstrom, as 21000");
    return values;
  }) as [Float64Array, Float64Array];
  return [u, v];
}

/** The same of cryoSPARC's columns of both. */
export function refuseMicrometresInCs(u: Float64Array, v: Float64Array, path: string): void {
  for (const [name, values] of [
    ["ctf/df1_A", u],
    ["ctf/df2_A", v],
  ] as const) {
    refuseMicrometres(values, (expected) => wrongInCs(path, name, 0, values[0]!, expected));
    const far = values.findIndex((value) => Math.abs(value) > FARTHEST);
    if (far >= 0) throw wrongInCs(path, name, far, values[far]!, "angstrom, as 21000");
  }
}

/** rlnDefocusAngle or rlnPhaseShift of each row. @throws FormatError for angles that are no degrees */
export function degreesOfStar(table: StarTable, label: string): Float64Array {
  const values = table.numbers(label);
  const row = values.findIndex((value) => Math.abs(value) > FULL_TURN);
  if (row >= 0) throw table.wrong(label, row, values[row], `degrees, -${FULL_TURN} to ${FULL_TURN}`);
  return values;
}

/** @throws FormatError for angles of a .cs file that are no radians, as those in degrees */
export function refuseDegreesInCs(angles: Float64Array, name: string, path: string): void {
  const row = angles.findIndex((angle) => Math.abs(angle) > 2 * Math.PI + 1e-3);
  if (row >= 0) throw wrongInCs(path, name, row, angles[row]!, "radians, -6.28 to 6.28");
}

/** @throws FormatError for a pixel size of a .cs file that is none in angstrom */
export function refuseSizesInCs(sizes: Float64Array, name: string, path: string): void {
  const row = sizes.findIndex((size) => !isPixelSize(size));
  if (row >= 0) throw wrongInCs(path, name, row, sizes[row]!, PIXEL_SIZES);
}

const wrongInCs = (path: string, name: string, row: number, found: number, expected: string): FormatError =>
  new FormatError(path, `${name}, row ${row + 1}`, found, expected);

function inUnits(
  numbers: (name: keyof MicroscopeColumns) => Float64Array,
  wrong: Wrong<keyof MicroscopeColumns>,
): MicroscopeColumns {
  const checked = (name: keyof MicroscopeColumns): Float64Array => {
    const [low, high, unit] = RANGES[name];
    const values = numbers(name);
    const row = values.findIndex((value) => value < low || value > high);
    if (row >= 0) throw wrong(name, row, values[row]!, `${low} to ${high}${unit}`);
    return values;
  };
  return {
    voltage: checked("voltage"),
    sphericalAberration: checked("sphericalAberration"),
    amplitudeContrast: checked("amplitudeContrast"),
  };
}

function refuseMicrometres(defocus: Float64Array, wrong: (expected: string) => FormatError): void {
  if (defocus.length === 0 || !defocus.every((value) => value !== 0 && Math.abs(value) < NEAR_FOCUS)) return;
  throw wrong("angstrom, as 21000, not micrometre");
}
