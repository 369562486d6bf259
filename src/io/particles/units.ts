import { FormatError } from "../../core/errors.js";
import { LIMITS, type Limit } from "../limits.js";
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

/** cryoSPARC's names of the same. */
const CRYOSPARC = {
  voltage: "ctf/accel_kv",
  sphericalAberration: "ctf/cs_mm",
  amplitudeContrast: "ctf/amp_contrast",
} as const;

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
    const far = values.findIndex((value) => !LIMITS.defocus.fits(value));
    if (far >= 0) throw table.wrong(label, far, values[far], LIMITS.defocus.expected);
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
    refuseBeyondInCs(values, name, LIMITS.defocus, path);
  }
}

/** rlnDefocusAngle or rlnPhaseShift of each row. @throws FormatError for angles that are no degrees */
export function degreesOfStar(table: StarTable, label: string): Float64Array {
  const values = table.numbers(label);
  const row = values.findIndex((value) => !LIMITS.degrees.fits(value));
  if (row >= 0) throw table.wrong(label, row, values[row], LIMITS.degrees.expected);
  return values;
}

/**
 * Holds a column of a .cs file against what it can be.
 *
 * @throws FormatError for the first value beyond; no number is left to the reader
 */
export function refuseBeyondInCs(values: Float64Array, name: string, limit: Limit, path: string): void {
  const row = values.findIndex((value) => !Number.isNaN(value) && !limit.fits(value));
  if (row >= 0) throw wrongInCs(path, name, row, values[row]!, limit.expected);
}

const wrongInCs = (path: string, name: string, row: number, found: number, expected: string): FormatError =>
  new FormatError(path, `${name}, row ${row + 1}`, found, expected);

function inUnits(
  numbers: (name: keyof MicroscopeColumns) => Float64Array,
  wrong: Wrong<keyof MicroscopeColumns>,
): MicroscopeColumns {
  const checked = (name: keyof MicroscopeColumns): Float64Array => {
    const { fits, expected } = LIMITS[name];
    const values = numbers(name);
    const row = values.findIndex((value) => !Number.isNaN(value) && !fits(value));
    if (row >= 0) throw wrong(name, row, values[row]!, expected);
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
