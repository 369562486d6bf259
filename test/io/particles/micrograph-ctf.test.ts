import { expect, test } from "vitest";
import { readMicrographCtfs } from "../../../src/io/particles/micrograph-ctf.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";

const star = (text: string) => readMicrographCtfs(new TextEncoder().encode(text), "ctf.star");

const OPTICS = `data_optics
loop_
_rlnOpticsGroup
_rlnMicrographOriginalPixelSize
_rlnMicrographPixelSize
_rlnVoltage
_rlnSphericalAberration
_rlnAmplitudeContrast
1 0.53 1.06 300 2.7 0.1
7 0.65 1.3 200 1.4 0.07

`;

test("RELION 3.1 and later: the microscope by optics group, the micrograph's own pixel size", () => {
  const rows = star(`${OPTICS}data_micrographs
loop_
_rlnMicrographName
_rlnOpticsGroup
_rlnDefocusU
_rlnDefocusV
_rlnDefocusAngle
_rlnPhaseShift
_rlnCtfMaxResolution
a/m1.mrc 7 15000 14000 -30 90 inf
a/m2.mrc 1 21000 20500 12 0 3.1
`);
  expect(rows).toEqual([
    {
      ...{ micrograph: "a/m1.mrc", defocusU: 15000, defocusV: 14000, defocusAngle: -30, phaseShift: 90 },
      ...{ voltage: 200, sphericalAberration: 1.4, amplitudeContrast: 0.07, pixelSize: 1.3 },
      resolution: Number.POSITIVE_INFINITY,
    },
    {
      ...{ micrograph: "a/m2.mrc", defocusU: 21000, defocusV: 20500, defocusAngle: 12, phaseShift: 0 },
      ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 1.06 },
      resolution: 3.1,
    },
  ]);
});

test("RELION 3.0: everything in every row, the pixel from detector and magnification", () => {
  const [row] = star(`data_
loop_
_rlnMicrographName
_rlnDefocusU
_rlnDefocusV
_rlnDefocusAngle
_rlnVoltage
_rlnSphericalAberration
_rlnAmplitudeContrast
_rlnMagnification
_rlnDetectorPixelSize
m.mrc 15000 14000 -30 300 2.7 0.1 10000 1.5
`);
  expect(row).toMatchObject({ micrograph: "m.mrc", voltage: 300, phaseShift: 0, pixelSize: 1.5 });
});

test("a group that is not defined, a missing column and an empty table are refused with their place", () => {
  const body =
    "data_micrographs\nloop_\n_rlnMicrographName\n_rlnOpticsGroup\n_rlnDefocusU\n_rlnDefocusV\n_rlnDefocusAngle\n";
  expect(() => star(`${OPTICS}${body}m.mrc 3 21000 20500 0\n`)).toThrow(
    /data_micrographs, line \d+, rlnOpticsGroup: found 3, expected a group that data_optics defines/,
  );
  expect(() =>
    star(`${OPTICS}data_micrographs\nloop_\n_rlnMicrographName\n_rlnOpticsGroup\nm.mrc 1\n`),
  ).toThrow('ctf.star: data_micrographs: found "no rlnDefocusU", expected this label');
  expect(() => star("data_optics\n\ndata_micrographs\n")).toThrow("ctf.star");
});

test.runIf(hasSharedData)("what RELION 4 wrote is read (needs ../shared/data)", () => {
  const rows = readMicrographCtfs(sharedBytes("star/relion4_ctffind_output.star"), "relion4.star");
  expect(rows[0]).toMatchObject({
    defocusU: 39224.277344,
    defocusAngle: -15.47666,
    voltage: 300,
    pixelSize: 1.35,
  });
});

test("a micrograph with two rows, and a pixel size that is none, are refused", () => {
  const labels = "_rlnMicrographName\n_rlnOpticsGroup\n_rlnDefocusU\n_rlnDefocusV\n_rlnDefocusAngle\n";
  const rows = (text: string): string => `data_micrographs\nloop_\n${labels}${text}`;
  expect(() => star(OPTICS + rows("m.mrc 1 15000 14000 0\nm.mrc 7 25000 24000 0\n"))).toThrow(
    'ctf.star: row 2, micrograph: found "m.mrc", expected each once: row 1 has it',
  );
  expect(() => star(OPTICS.replace("1.06", "-1.06") + rows("m.mrc 1 15000 14000 0\n"))).toThrow(
    "rlnMicrographPixelSize: found -1.06, expected 0.1 to 50 angstrom",
  );
});
