import { describe, expect, test } from "vitest";
import { type MicrographCtf, readMicrographCtfs } from "../../../src/io/particles/micrograph-ctf.js";
import { judgeCtfs, judgeEstimates, judgeTable } from "../../../src/jobs/check/ctf.js";
import type { CheckedMicrograph } from "../../../src/jobs/check/records.js";
import type { MicrographEstimate } from "../../../src/jobs/estimate/records.js";

const quality = { mean: 0, deviation: 1, levels: 257, clipped: 0, skewness: 0, fineness: 1, spectrum: [] };
const checked = (name: string): CheckedMicrograph => ({
  ...{
    key: "",
    file: `raw/${name}.mrc`,
    shape: [8, 8],
    headerPixelSize: null,
    quality,
    defects: null,
    failure: null,
  },
  picture: `pictures/${name}.png`,
});
const ctf = (name: string, more: Partial<MicrographCtf>): MicrographCtf => ({
  ...{ micrograph: `MotionCorr/${name}.mrc`, defocusU: 1e4, defocusV: 1e4, defocusAngle: 0, phaseShift: 0 },
  ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, ...more },
});
const judged = (...fits: readonly Partial<MicrographCtf>[]) =>
  judgeCtfs(
    fits.map((_, i) => checked(`m${i}`)),
    fits.map((fit, i) => ctf(`m${i}`, fit)),
  );

describe("micrographs whose CTF could not be fitted", () => {
  test.each<[string, Partial<MicrographCtf>, RegExp]>([
    ["no resolution", { resolution: Number.POSITIVE_INFINITY }, /its resolution is Infinity/],
    ["no number", { resolution: Number.NaN }, /its resolution is NaN/],
    [
      "RELION's and cryogem's word for none",
      { resolution: 999 },
      /agree to 999 angstrom only, expected 10.1 or/,
    ],
    ["far coarser than the others", { resolution: 12 }, /agree to 12 angstrom only, expected 10.1 or better/],
    ["a score of nothing", { resolution: 4, score: 0 }, /score of the fit is 0/],
    ["a defocus of 0", { defocusU: 0, defocusV: 0, resolution: 4 }, /its defocus is 0/],
    ["a score that is no number", { resolution: 4, score: Number.NaN }, /score of the fit is NaN/],
  ])("%s: set aside with its reason and its picture", (_name, bad, reason) => {
    const [only, ...more] = judged({ resolution: 4 }, bad, { resolution: 3.9 }, { resolution: 4.1 });
    expect(more).toEqual([]);
    expect(only).toMatchObject({ kind: "set aside", about: "raw/m1.mrc", pictures: ["pictures/m1.png"] });
    expect(only!.found).toMatch(reason);
  });

  test("what is usual for the set stays, and a table that says nothing sets nothing aside", () => {
    expect(judged({ resolution: 9 }, { resolution: 18 }, { resolution: 9 })).toEqual([]);
    expect(judged({ resolution: 9 }, { resolution: 24 }, { resolution: 9 })).toHaveLength(1);
    expect(judged({ resolution: 30 }, { resolution: 31 })).toHaveLength(2);
    expect(judged({}, {})).toEqual([]);
  });

  test("micrographs that are unusable anyway, or not in the table, are not judged twice", () => {
    const broken = { ...checked("m0"), quality: null, failure: "empty" };
    const fits = [ctf("m0", { resolution: 999 })];
    expect(judgeCtfs([broken, checked("other")], fits)).toEqual([]);
  });
});

describe("a table of CTFs", () => {
  const microscope = { pixelSize: 1.06, voltage: 300, cs: 2.7, amplitudeContrast: 0.1 };
  const judgedTable = (rows: readonly MicrographCtf[], files = ["raw/a.mrc", "raw/b.tif"]) =>
    judgeTable(files, rows, microscope, "m.star").map(
      ({ kind, about, found }) => `${kind}: ${about}: ${found}`,
    );

  test("of these micrographs and this microscope raises no question", () => {
    const single = { voltage: Math.fround(300), amplitudeContrast: Math.fround(0.1), pixelSize: 1.0605 };
    expect(judgedTable([ctf("b", single), ctf("a", {}), ctf("other", { voltage: 200 })])).toEqual([]);
  });

  test("of other micrographs stops a project before anything is done, and says what names it found", () => {
    expect(judgedTable([ctf("a_DW", {}), ctf("b_DW", {})])).toEqual([
      "stop: m.star: it has no row for any of the micrographs (it names MotionCorr/a_DW.mrc, the project raw/a.mrc)",
    ]);
  });

  test("without a row for a micrograph sets it aside", () => {
    expect(judgedTable([ctf("a", {})])).toEqual(["set aside: raw/b.tif: m.star has no row for it"]);
  });

  test("of another microscope stops a project; of another pixel size it is a doubt", () => {
    const rows = [ctf("a", { voltage: 200, pixelSize: 0.53 }), ctf("b", { amplitudeContrast: 0.07 })];
    expect(judgedTable(rows)).toEqual([
      "stop: m.star: its voltage is 200 kV (MotionCorr/a.mrc), the project says 300 kV",
      "stop: m.star: its amplitudeContrast is 0.07 (MotionCorr/b.mrc), the project says 0.1",
      "doubt: m.star: it says 0.53 angstrom per pixel, the project 1.06",
    ]);
  });
});

test("the figures are read from RELION's table as CTFFIND writes them", () => {
  const star = `data_

loop_
_rlnMicrographName
_rlnDefocusU
_rlnDefocusV
_rlnDefocusAngle
_rlnVoltage
_rlnSphericalAberration
_rlnAmplitudeContrast
_rlnCtfMaxResolution
_rlnCtfFigureOfMerit
a.mrc 21000 20500 0 300 2.7 0.1 4.25 0.12
b.mrc 21000 20500 0 300 2.7 0.1 inf -nan
`;
  const ctfs = readMicrographCtfs(new TextEncoder().encode(star), "m.star");
  expect(ctfs.map(({ resolution, score }) => [resolution, score])).toEqual([
    [4.25, 0.12],
    [Number.POSITIVE_INFINITY, Number.NaN],
  ]);
});

describe("micrographs in which estimate found no rings", () => {
  const estimated = (name: string, evidence: number): MicrographEstimate => ({
    ...{
      file: `p/working/${name}.mrc`,
      sha256: "",
      shape: [8, 8],
      defocusU: 1,
      defocusV: 1,
      defocusAngle: 0,
    },
    ...{
      phaseShift: 0,
      ctfFrom: "fit",
      score: 0,
      evidence,
      resolution: null,
      ice: { mean: 1, lowest: 1 },
      signalFraction: 0,
    },
    ...{ backgroundFraction: 1, particles: null, particleSize: null },
    files: {
      ...{ ctfPicture: `ctf/${name}.png`, ctfCurve: "", ice: "", icePreview: "" },
      ...{ particlePicture: "", sizeCurve: "" },
    },
  });
  const raw = ["raw/a.tif", "raw/b.tif", "raw/c.tif"];

  test("are set aside by the name of the raw file, with the picture of the fit", () => {
    const micrographs = [estimated("a", 50), estimated("b", 49.4), estimated("c", 400)];
    expect(judgeEstimates({ micrographs }, raw)).toEqual([
      expect.objectContaining({
        ...{ kind: "set aside", about: "raw/b.tif", pictures: ["../estimates/ctf/b.png"] },
        found: "its CTF could not be fitted: no Thon rings to speak of (evidence 49, expected 50 or more)",
      }),
    ]);
  });

  test("are a doubt of the whole set where it is so of all: something would be left to learn from", () => {
    const found = judgeEstimates({ micrographs: [estimated("a", 10), estimated("b", 4)] }, raw);
    expect(found.map(({ kind, about }) => [kind, about])).toEqual([["doubt", "micrographs"]]);
  });
});
