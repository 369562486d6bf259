import { FormatError } from "../../core/errors.js";
import { decodeText } from "../bytes/text.js";
import { LIMITS } from "../limits.js";
import { isTextColumn, readNpyTable } from "../npy/read.js";
import { refuseImpossible } from "../star/impossible.js";
import { opticsRowsOf } from "../star/optics-groups.js";
import { parseStar } from "../star/parse.js";
import { pixelSizeColumn, pixelSizesOf30 } from "../star/pixel-sizes.js";
import type { StarTable } from "../star/table.js";
import { furtherOptics } from "./further-optics.js";
import {
  defocusOfStar,
  degreesOfStar,
  microscopeOfCs,
  microscopeOfStar,
  refuseBeyondInCs,
  refuseMicrometresInCs,
} from "./units.js";

/** The CTF of one micrograph as another program fitted it. */
export interface MicrographCtf {
  /** As the table names it. */
  readonly micrograph: string;
  /** Angstrom, underfocus positive; degrees, +x towards +y. */
  readonly defocusU: number;
  readonly defocusV: number;
  readonly defocusAngle: number;
  readonly phaseShift: number;
  /** kV, mm, fraction. */
  readonly voltage: number;
  readonly sphericalAberration: number;
  readonly amplitudeContrast: number;
  /** Angstrom, of the micrograph; where the table says so. */
  readonly pixelSize?: number;
  /** Angstrom, to which rings and fit agree; infinite or no number where the program found none; absent where it does not say. */
  readonly resolution?: number;
  /** The program's own measure of the fit: higher is better. */
  readonly score?: number;
  /** Labels by which the table says more of the optics, as a beam tilt, which is not here. */
  readonly further?: readonly string[];
}

const DEGREES = 180 / Math.PI;
const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads the CTFs of micrographs: a micrographs_ctf.star of RELION 3.0 to 5, or exposures of cryoSPARC (.cs).
 *
 * @throws FormatError for a damaged file, a missing column, a value that is no finite number or no pixel size, or a micrograph
 *   that has two rows
 */
export function readMicrographCtfs(bytes: Uint8Array, path: string): readonly MicrographCtf[] {
  const read = NPY_MAGIC.every((byte, i) => bytes[i] === byte) ? ofCryosparc : ofRelion;
  const ctfs = read(bytes, path);
  if (ctfs.length === 0) throw new FormatError(path, "rows", 0, "at least one micrograph");
  const rows = new Map<string, number>();
  for (const [row, { micrograph }] of ctfs.entries()) {
    const other = rows.get(micrograph);
    if (other !== undefined) {
      throw new FormatError(
        path,
        `row ${row + 1}, micrograph`,
        micrograph,
        `each once: row ${other + 1} has it`,
      );
    }
    rows.set(micrograph, row);
  }
  return ctfs;
}

function ofRelion(bytes: Uint8Array, path: string): readonly MicrographCtf[] {
  const file = parseStar(decodeText(bytes, path), path);
  refuseImpossible(file);
  const optics = file.find("optics");
  const table = optics
    ? file.table("micrographs")
    : file.only((each) => each.has("rlnMicrographName"), "rlnMicrographName");
  // from 3.1 on the microscope stands by optics group, before that in every row
  const rows = optics && opticsRowsOf(optics, table);
  const microscope = microscopeColumns(optics ?? table);
  const [u, v] = defocusOfStar(table);
  const angle = degreesOfStar(table, "rlnDefocusAngle");
  const phase = table.has("rlnPhaseShift") ? degreesOfStar(table, "rlnPhaseShift") : undefined;
  const texts = (label: string) => (table.has(label) ? table.carried(label).map(anyNumber) : undefined);
  const [resolution, score] = [texts("rlnCtfMaxResolution"), texts("rlnCtfFigureOfMerit")];
  return table.strings("rlnMicrographName").map((micrograph, row) => ({
    ...{ micrograph, defocusU: u[row]!, defocusV: v[row]!, defocusAngle: angle[row]! },
    phaseShift: phase?.[row] ?? 0,
    ...(resolution && { resolution: resolution[row]! }),
    ...(score && { score: score[row]! }),
    ...microscope(rows ? rows[row]! : row),
  }));
}

/** A number as C writes it: inf and -nan too. */
function anyNumber(value: number | string): number {
  if (typeof value === "number") return value;
  const [, sign, infinite] = /^([+-]?)(inf(?:inity)?)?/i.exec(value) ?? [];
  if (infinite) return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number.NaN;
}

function microscopeColumns(table: StarTable) {
  const { voltage, sphericalAberration, amplitudeContrast } = microscopeOfStar(table);
  const pixelSize = micrographPixelSizes(table);
  const further = furtherOptics(table);
  return (row: number) => ({
    ...(further.length > 0 && { further }),
    voltage: voltage[row]!,
    sphericalAberration: sphericalAberration[row]!,
    amplitudeContrast: amplitudeContrast[row]!,
    ...(pixelSize && { pixelSize: pixelSize(row) }),
  });
}

/** Of the micrographs: rlnMicrographOriginalPixelSize is that of the movies before binning, and no more than a last resort. */
function micrographPixelSizes(table: StarTable): ((row: number) => number) | undefined {
  const label = ["rlnMicrographPixelSize", "rlnMicrographOriginalPixelSize"].find((each) => table.has(each));
  const values = label ? pixelSizeColumn(table, label) : pixelSizesOf30(table);
  return values && ((row) => values[row]!);
}

function ofCryosparc(bytes: Uint8Array, path: string): readonly MicrographCtf[] {
  const { rows, columns } = readNpyTable(bytes, path);
  const column = (name: string) => {
    const found = columns.get(name);
    if (!found)
      throw new FormatError(
        path,
        "columns",
        `no ${name}`,
        "exposures with their CTF, in one file as cryoSPARC exports the group",
      );
    return found;
  };
  const numbers = (name: string): Float64Array => {
    const { values, dtype, shape } = column(name);
    if (!(values instanceof Float64Array)) throw new FormatError(path, name, dtype, "numbers");
    if (values.length !== rows) throw new FormatError(path, `${name}, shape`, shape, "1 value a row");
    return values;
  };
  const optional = (name: string, otherwise: number) =>
    columns.has(name) ? numbers(name) : new Float64Array(rows).fill(otherwise);
  const { values: names, dtype } = column("micrograph_blob/path");
  if (!isTextColumn(names)) throw new FormatError(path, "micrograph_blob/path", dtype, "text");
  const [u, v] = [
    numbers("ctf/df1_A"),
    columns.has("ctf/df2_A") ? numbers("ctf/df2_A") : numbers("ctf/df1_A"),
  ];
  const [angle, phase] = [optional("ctf/df_angle_rad", 0), optional("ctf/phase_shift_rad", 0)];
  refuseMicrometresInCs(u, v, path);
  refuseBeyondInCs(angle, "ctf/df_angle_rad", LIMITS.radians, path);
  refuseBeyondInCs(phase, "ctf/phase_shift_rad", LIMITS.radians, path);
  const { voltage, sphericalAberration, amplitudeContrast } = microscopeOfCs(numbers, path);
  const fitName = ["ctf_stats/fit_to_A", "ctf_stats/ctf_fit_to_A", "ctf/ctf_fit_to_A"].find((name) =>
    columns.has(name),
  );
  const fitTo = fitName === undefined ? undefined : numbers(fitName);
  const pixelSize = columns.has("micrograph_blob/psize_A") ? numbers("micrograph_blob/psize_A") : undefined;
  if (pixelSize) refuseBeyondInCs(pixelSize, "micrograph_blob/psize_A", LIMITS.pixelSize, path);
  return Array.from({ length: rows }, (_, row): MicrographCtf => {
    const bad = [u, v, angle, phase, voltage, sphericalAberration, amplitudeContrast].find(
      (values) => !Number.isFinite(values[row]),
    );
    if (bad) throw new FormatError(path, `CTF of row ${row + 1}`, bad[row], "finite numbers");
    return {
      // a leading > marks a link in cryoSPARC's own folder
      micrograph: names[row]!.replace(/^>/, ""),
      ...{
        defocusU: u[row]!,
        defocusV: v[row]!,
        defocusAngle: angle[row]! * DEGREES,
        phaseShift: phase[row]! * DEGREES,
      },
      ...{ voltage: voltage[row]!, sphericalAberration: sphericalAberration[row]! },
      amplitudeContrast: amplitudeContrast[row]!,
      ...(pixelSize && { pixelSize: pixelSize[row]! }),
      ...(fitTo && { resolution: fitTo[row]! }),
    };
  });
}
