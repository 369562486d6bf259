import { describe, expect, test } from "vitest";
import { type NpyColumn, readNpyTable, writeNpyTable } from "../../../src/io/npy/read.js";
import { particlesOfCs, placesOfCs } from "../../../src/io/particles/cs.js";
import { readMicrographCtfs } from "../../../src/io/particles/micrograph-ctf.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { amplitudeContrast, cs, voltage } from "../../../src/jobs/shared/options/microscope.js";

interface Values {
  readonly kv?: number;
  readonly mm?: number;
  readonly contrast?: number;
  readonly defocus?: number;
  /** Default: the same. */
  readonly second?: number;
}

const optics31 = ({ kv = 300, mm = 2.7, contrast = 0.1 }: Values): string =>
  `data_optics\nloop_\n_rlnOpticsGroup\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n_rlnImagePixelSize\n1 ${kv} ${mm} ${contrast} 1.5\n\n`;
const rows = (block: string, { defocus = 21_000, second = defocus }: Values): string =>
  `data_${block}\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnOpticsGroup\n_rlnDefocusU\n_rlnDefocusV\n_rlnDefocusAngle\na.mrc 1 2 1 ${defocus} ${second} 0\nb.mrc 1 2 1 ${defocus * 0.9} ${second} 0\n`;
const old = ({ kv = 300, mm = 2.7, contrast = 0.1, defocus = 21_000, second = defocus }: Values): string =>
  `data_\nloop_\n_rlnImageName\n_rlnMicrographName\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n_rlnDetectorPixelSize\n_rlnMagnification\n_rlnDefocusU\n_rlnDefocusV\n_rlnDefocusAngle\n1@a.mrcs a.mrc ${kv} ${mm} ${contrast} 15 100000 ${defocus} ${second} 0\n`;

const column = (values: readonly number[], shape: readonly number[] = []): NpyColumn => ({
  ...{ dtype: "<f4", shape, values: Float64Array.from(values) },
});
function cryosparc(
  { kv = 300, mm = 2.7, contrast = 0.1, defocus = 21_000, second = defocus }: Values,
  side = 100,
): Uint8Array {
  const names: NpyColumn = { dtype: "|S5", shape: [], values: ["a.mrc", "b.mrc"] };
  const columns = {
    ...{ "micrograph_blob/path": names, "location/micrograph_path": names },
    "location/micrograph_shape": column([side, 200, side, 200], [2]),
    "location/center_x_frac": column([0.5, 0.5]),
    "location/center_y_frac": column([0.5, 0.5]),
    ...{
      "ctf/accel_kv": column([kv, kv]),
      "ctf/cs_mm": column([mm, mm]),
      "blob/psize_A": column([1.5, 1.5]),
    },
    ...{ "ctf/amp_contrast": column([contrast, contrast]), "ctf/df1_A": column([defocus, defocus]) },
    ...{ "ctf/df2_A": column([second, second]), "ctf/df_angle_rad": column([0, 0]) },
    "ctf/phase_shift_rad": column([0, 0]),
  };
  return writeNpyTable({ rows: 2, columns: new Map(Object.entries(columns)) });
}
const asCsFile = (bytes: Uint8Array) => ({ path: "x.cs", table: readNpyTable(bytes, "x.cs") });

const READERS: Readonly<Record<string, (values: Values) => unknown>> = {
  "particles of RELION 3.1": (values) =>
    readParticlesStar(optics31(values) + rows("particles", values), "x.star"),
  "particles of RELION 3.0": (values) => readParticlesStar(old(values), "x.star"),
  "particles of cryoSPARC": (values) => particlesOfCs(asCsFile(cryosparc(values))),
  "micrographs of RELION 3.1": (values) =>
    readMicrographCtfs(new TextEncoder().encode(optics31(values) + rows("micrographs", values)), "x.star"),
  "exposures of cryoSPARC": (values) => readMicrographCtfs(cryosparc(values), "x.cs"),
};

describe.each(Object.entries(READERS))("values in another unit, in %s,", (_name, read) => {
  test.each<[string, Values, RegExp]>([
    [
      "volt",
      { kv: 300_000 },
      /^x\.(star|cs): .*(rlnVoltage|accel_kv).*: found 300000, expected 60 to 1000 kV$/,
    ],
    ["megavolt", { kv: 0.3 }, /found 0\.3.*, expected 60 to 1000 kV$/],
    ["micrometre", { mm: 2700 }, /found 2700, expected -10 to 10 mm$/],
    ["per cent", { contrast: 10 }, /found 10, expected -1 to 1$/],
    [
      "micrometres of defocus",
      { defocus: 2.1 },
      /found 2\.\d+, expected angstrom, as 21000, not micrometre$/,
    ],
  ])("%s, are refused by name and row", (_unit, values, message) => {
    expect(() => read(values)).toThrow(message);
  });

  test("micrometres in the second column alone are refused too", () => {
    expect(() => read({ defocus: 15_000, second: 1.5 })).toThrow(
      /(line \d+, rlnDefocusV|df2_A, row 1): found 1\.5, expected angstrom, as 21000, not micrometre$/,
    );
  });

  test("right ones are read, a refined negative aberration and exact focus among them", () => {
    for (const values of [{}, { mm: -0.02 }, { contrast: -0.1 }, { defocus: 0 }, { defocus: -800 }]) {
      expect(() => read(values)).not.toThrow();
    }
  });
});

test("the ranges are no narrower than those of the options", () => {
  for (const [{ kind }, key] of [
    [voltage, "kv"],
    [cs, "mm"],
    [amplitudeContrast, "contrast"],
  ] as const) {
    if (kind.type !== "number") throw new Error("expected a number");
    for (const value of [kind.low, kind.high]) {
      for (const read of Object.values(READERS)) expect(() => read({ [key]: value })).not.toThrow();
    }
  }
});

test("places in a micrograph without a size are refused", () => {
  expect(placesOfCs(asCsFile(cryosparc({})))[0]).toMatchObject({ x: 100, y: 50 });
  expect(() => placesOfCs(asCsFile(cryosparc({}, 0)))).toThrow(
    "x.cs: location/micrograph_shape, row 1: found 0, expected pixels of the micrograph, which places are shares of",
  );
});
