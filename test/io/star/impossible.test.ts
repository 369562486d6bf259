import { describe, expect, test } from "vitest";
import { readMicrographCtfs } from "../../../src/io/particles/micrograph-ctf.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { refuseImpossible } from "../../../src/io/star/impossible.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { readCoordinates } from "../../../src/jobs/extract/coordinates.js";

type Columns = Readonly<Record<string, readonly (string | number)[]>>;

const block = (name: string, columns: Columns): string => {
  const rows = Object.values(columns)[0]!.map((_, row) =>
    Object.values(columns)
      .map((values) => values[row])
      .join(" "),
  );
  return `data_${name}\nloop_\n${Object.keys(columns)
    .map((label) => `_${label}\n`)
    .join("")}${rows.join("\n")}\n\n`;
};

const OPTICS: Columns = {
  rlnOpticsGroup: [1],
  rlnImagePixelSize: [1.5],
  rlnVoltage: [300],
  rlnSphericalAberration: [2.7],
  rlnAmplitudeContrast: [0.1],
};
const ROWS: Columns = {
  rlnMicrographName: ["a.mrc", "b.mrc"],
  rlnOpticsGroup: [1, 1],
  rlnDefocusU: [21_000, 21_000],
  rlnDefocusV: [20_000, 20_000],
  rlnDefocusAngle: [10, 10],
};
const PLACES: Columns = { rlnCoordinateX: [20, 25], rlnCoordinateY: [20, 22] };
const star = (name: string, more: Columns, optics: Columns = {}): string =>
  block("optics", { ...OPTICS, ...optics }) + block(name, { ...ROWS, ...more });

const READERS: Readonly<Record<string, (more: Columns, optics?: Columns) => unknown>> = {
  particles: (more, optics) => readParticlesStar(star("particles", { ...PLACES, ...more }, optics), "x.star"),
  "particles to cut out": (more, optics) =>
    readCoordinates(star("particles", { ...PLACES, ...more }, optics), "x.star"),
  "CTFs of micrographs": (more, optics) =>
    readMicrographCtfs(new TextEncoder().encode(star("micrographs", more, optics)), "x.star"),
  "what is only carried": (more, optics) =>
    refuseImpossible(parseStar(star("micrographs", more, optics), "x.star")),
};

describe.each(Object.entries(READERS))("%s", (_name, read) => {
  test("that are right are read", () => {
    expect(() => read({})).not.toThrow();
    // 0.9 pixels of 1.5 angstrom, as programs round it
    const both = { rlnOriginXAngst: [1.35, 0], rlnOriginYAngst: [0, 0], rlnOriginX: [0.9, 0] };
    expect(() => read({ ...both, rlnOriginY: [0.04, 0] })).not.toThrow();
  });

  test.each<[label: string, value: number, expected: string]>([
    ["rlnVoltage", 0, "60 to 1000 kV"],
    ["rlnSphericalAberration", 2700, "-10 to 10 mm"],
    ["rlnAmplitudeContrast", 1.5, "-1 to 1"],
    ["rlnImagePixelSize", 0, "0.1 to 50 angstrom"],
    ["rlnMicrographPixelSize", 0, "0.1 to 50 angstrom"],
    ["rlnMicrographOriginalPixelSize", 150, "0.1 to 50 angstrom"],
  ])("with %s of %d in data_optics are refused", (label, value, expected) => {
    expect(() => read({}, { [label]: [value] })).toThrow(
      new RegExp(`^x\\.star: data_optics, line \\d+, ${label}: found ${value}, expected ${expected}$`),
    );
  });

  test.each<[label: string, value: number, expected: string]>([
    ["rlnDefocusU", 2e7, "angstrom, as 21000"],
    ["rlnDefocusAngle", 500, "degrees, -360 to 360"],
    ["rlnPhaseShift", 700, "degrees, -360 to 360"],
    ["rlnCtfScalefactor", 0, "another factor than 0: 1 where none was measured"],
    ["rlnRandomSubset", 3, "1 or 2"],
    ["rlnOpticsGroup", 2, "a group that data_optics defines"],
  ])("with %s of %d in a row are refused", (label, value, expected) => {
    expect(() => read({ [label]: [1, value] })).toThrow(
      new RegExp(`^x\\.star: data_\\w+, line \\d+, ${label}: found ${value}, expected ${expected}$`),
    );
  });

  test("with an image 0, which RELION reads as the first one too, are refused", () => {
    const images = (first: string): Columns => ({ rlnImageOriginalName: [first, "000002@s.mrcs"] });
    expect(() => read(images("000001@s.mrcs"))).not.toThrow();
    expect(() => read(images("000000@s.mrcs"))).toThrow(
      /^x\.star: data_\w+, line \d+, rlnImageOriginalName: found "000000@s\.mrcs", expected N@stack with N from 1$/,
    );
  });

  test("with two origins that contradict each other are refused", () => {
    const both = { rlnOriginXAngst: [3, 3], rlnOriginYAngst: [0, 0], rlnOriginX: [2, 5], rlnOriginY: [0, 0] };
    expect(() => read(both)).toThrow(
      /^x\.star: data_\w+, line \d+, rlnOriginX: found 5, expected 2 pixels of 1\.5 angstrom, as rlnOriginXAngst says$/,
    );
  });
});

test("a text in place of a number of the optics is refused also where it is carried", () => {
  const text = star("particles", PLACES, { rlnVoltage: ["******"] });
  expect(() => refuseImpossible(parseStar(text, "x.star"))).toThrow(
    /^x\.star: data_optics, line \d+, rlnVoltage: found "\*{6}", expected a number$/,
  );
});

test("a CTF that is no number is carried, and refused where the number is used", () => {
  const unfitted = { rlnDefocusU: ["nan", 21_000], ...PLACES };
  expect(() => refuseImpossible(parseStar(star("particles", unfitted), "x.star"))).not.toThrow();
  expect(() => readParticlesStar(star("particles", unfitted), "x.star")).toThrow(
    'rlnDefocusU: found "nan", expected a number',
  );
});

test("particles of tomograms are no particles of micrographs", () => {
  for (const reader of ["particles", "particles to cut out"])
    expect(() => READERS[reader]!({ rlnTomoName: ["TS_01", "TS_02"] })).toThrow(
      'rlnTomoName: found "TS_01", expected no tomogram: particles in single micrographs',
    );
});

test("volumes of subtomograms are no images", () => {
  expect(() => READERS["particles"]!({}, { rlnImageDimensionality: [3] })).toThrow(
    "rlnImageDimensionality: found 3, expected 2: images, not the volumes of subtomograms",
  );
  expect(() => READERS["particles"]!({}, { rlnImageDimensionality: [2] })).not.toThrow();
});
