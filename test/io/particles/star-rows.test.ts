import { describe, expect, test } from "vitest";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { readPicksStar } from "../../../src/io/picks/star.js";
import { readCoordinates } from "../../../src/jobs/extract/coordinates.js";

const FULL = {
  rlnMicrographName: ["a.mrc", "a.mrc"],
  rlnCoordinateX: [20, 25],
  rlnCoordinateY: [20, 22],
  rlnOpticsGroup: [1, 1],
  rlnDefocusU: [21_000, 21_000],
  rlnDefocusV: [20_000, 20_000],
  rlnDefocusAngle: [10, 10],
};
type Columns = Readonly<Record<string, readonly (string | number)[] | undefined>>;

/** Particles of two rows, whose columns begin in line 13. */
function starOf(more: Columns, pixelSize = 2): string {
  const columns = Object.entries({ ...FULL, ...more }).filter(([, values]) => values);
  const labels = columns.map(([label]) => `_${label}\n`).join("");
  const rows = [0, 1].map((row) => `${columns.map(([, values]) => values![row]).join(" ")}\n`).join("");
  return (
    "data_optics\nloop_\n_rlnOpticsGroup\n_rlnImagePixelSize\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n" +
    `1 ${pixelSize} 300 2.7 0.1\n\ndata_particles\nloop_\n${labels}${rows}`
  );
}
const read = (more: Columns, pixelSize?: number) => readParticlesStar(starOf(more, pixelSize), "p.star");

describe("particles of a STAR file are refused, not taken without what is missing or meant otherwise:", () => {
  test.each<[string, Columns, string]>([
    ["x without y", { rlnCoordinateY: undefined }, 'found "no rlnCoordinateY"'],
    ["y without x", { rlnCoordinateX: undefined }, 'found "no rlnCoordinateX"'],
    ["an origin along y alone", { rlnOriginYAngst: [4, 4] }, 'found "no rlnOriginXAngst"'],
    ["an origin along x alone", { rlnOriginXAngst: [4, 4] }, 'found "no rlnOriginYAngst"'],
    ["defocus V without U", { rlnDefocusU: undefined }, 'found "no rlnDefocusU"'],
    [
      "tilt and psi without rot",
      { rlnAngleTilt: [1, 2], rlnAnglePsi: [1, 2] },
      'data_particles: found "no rlnAngleRot"',
    ],
    ["a row without micrograph", { rlnMicrographName: ["a.mrc", '""'] }, 'rlnMicrographName: found ""'],
    [
      "sections of a tomogram",
      { rlnCoordinateZ: [5, 50] },
      "rlnCoordinateZ: found 50, expected 5 as in the rows before",
    ],
    ["a defocus of metres", { rlnDefocusV: [2e4, 2e9] }, "rlnDefocusV: found 2000000000, expected angstrom"],
    [
      "an angle of many turns",
      { rlnDefocusAngle: [10, 1e5] },
      "rlnDefocusAngle: found 100000, expected degrees",
    ],
    [
      "a phase shift of many turns",
      { rlnPhaseShift: [1e6, 9] },
      "rlnPhaseShift: found 1000000, expected degrees",
    ],
  ])("%s", (_name, more, message) => {
    expect(read({}).particles).toHaveLength(2);
    expect(() => read(more)).toThrow(/^p\.star: data_particles/);
    expect(() => read(more)).toThrow(message);
  });

  test.each([0.02, 200])("a pixel size of %d", (size) => {
    expect(() => read({}, size)).toThrow(
      `p.star: data_optics, line 8, rlnImagePixelSize: found ${size}, expected 0.1 to 50 angstrom`,
    );
  });
});

test("one section is none, and psi alone is what a picker tells", () => {
  expect(read({ rlnCoordinateZ: [0, 0], rlnAnglePsi: [1, 2] }).particles[0]).not.toHaveProperty("angles");
});

test.each<[string, (text: string) => unknown]>([
  ["picks", (text) => readPicksStar(text, "p.star", "m")],
  ["coordinates of `extract`", (text) => readCoordinates(text, "p.star")],
])("%s of several sections or without a name are refused too", (_name, readPlaces) => {
  expect(() => readPlaces(starOf({ rlnCoordinateZ: [5, 50] }))).toThrow("rlnCoordinateZ: found 50");
  expect(() => readPlaces(starOf({ rlnOriginYAngst: [4, 4] }))).toThrow('found "no rlnOriginXAngst"');
  expect(() => readPlaces(starOf({ rlnOriginXAngst: [4, 4] }))).toThrow('found "no rlnOriginYAngst"');
  expect(() => readPlaces(starOf({ rlnMicrographName: ["a", '""'] }))).toThrow('rlnMicrographName: found ""');
});
