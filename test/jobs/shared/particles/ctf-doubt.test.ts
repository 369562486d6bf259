import { describe, expect, test } from "vitest";
import { parseStar } from "../../../../src/io/star/parse.js";
import {
  carriedCtfDoubt,
  ctfDoubt,
  micrographCtfDoubt,
  starCtfDoubt,
} from "../../../../src/jobs/shared/particles/ctf-doubt.js";

interface Ctf {
  readonly defocusU: number;
  readonly defocusV: number;
  readonly phaseShift: number;
  readonly bFactor?: number;
  readonly scale?: number;
}
interface Microscope {
  readonly sphericalAberration?: number;
  readonly amplitudeContrast?: number;
}

const CTF: Ctf = { defocusU: 21_000, defocusV: 20_000, phaseShift: 0 };

const starText = (ctfs: readonly Partial<Ctf>[], microscope: Microscope): string => {
  const rows = ctfs.map((each) => {
    const { defocusU, defocusV, phaseShift, bFactor = 0, scale = 1 } = { ...CTF, ...each };
    return `a.mrc ${defocusU} ${defocusV} ${phaseShift} ${bFactor} ${scale} 1`;
  });
  const { sphericalAberration = 2.7, amplitudeContrast = 0.1 } = microscope;
  return (
    `data_optics\nloop_\n_rlnOpticsGroup\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n1 ${sphericalAberration} ${amplitudeContrast}\n\n` +
    `data_micrographs\nloop_\n_rlnMicrographName\n_rlnDefocusU\n_rlnDefocusV\n_rlnPhaseShift\n_rlnCtfBfactor\n_rlnCtfScalefactor\n_rlnOpticsGroup\n${rows.join("\n")}\n`
  );
};
const setOf = (ctfs: readonly Partial<Ctf>[], microscope: Microscope) => ({
  optics: [
    {
      ...{ name: "g", pixelSize: 1.5, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
      ...microscope,
    },
  ],
  particles: ctfs.map((ctf) => ({ opticsGroup: 0, defocus: { ...CTF, defocusAngle: 0, ...ctf } })),
});

type Doubt = (ctfs: readonly Partial<Ctf>[], microscope: Microscope, path: string) => string | undefined;

/** Every way by which CTFs come in. */
const WAYS: Readonly<Record<string, Doubt>> = {
  "particles whose CTF is used": (ctfs, microscope, path) => ctfDoubt(setOf(ctfs, microscope), path),
  "particles that are converted": (ctfs, microscope, path) => carriedCtfDoubt(setOf(ctfs, microscope), path),
  micrographs: (ctfs, microscope, path) =>
    micrographCtfDoubt(
      ctfs.map((ctf) => ({
        ...{ ...CTF, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
        ...microscope,
        ...ctf,
      })),
      path,
    ),
  "a STAR file that is carried": (ctfs, microscope, path) =>
    starCtfDoubt(parseStar(starText(ctfs, microscope), path)),
};

describe.each(Object.entries(WAYS))("of %s", (_name, doubt) => {
  test.each<[string, readonly Partial<Ctf>[], Microscope, RegExp]>([
    [
      "phase shifts in radians",
      [{ phaseShift: 1.57 }, { phaseShift: 0.4 }],
      {},
      /^x\.star: the phase shifts of all \w+ lie within 3\.2 degrees: are they in radians\?$/,
    ],
    [
      "a second defocus of another fit",
      [{ defocusV: 2000 }, {}],
      {},
      /^x\.star: 1 of 2 \w+ have a defocus U and V that differ by more than their mean/,
    ],
    ["a negative B factor", [{ bFactor: -90 }, {}], {}, /1 of 2 \w+ have a negative B factor of the CTF/],
    ["a negative scale", [{ scale: -1 }, {}], {}, /1 of 2 \w+ have a negative scale of the CTF/],
    [
      "a negative aberration",
      [{}],
      { sphericalAberration: -2.7 },
      /^x\.star: the spherical aberration is negative, -2\.7 mm$/,
    ],
    [
      "a negative amplitude contrast",
      [{}],
      { amplitudeContrast: -0.1 },
      /^x\.star: the amplitude contrast is negative, -0\.1/,
    ],
  ])("%s is told", (_what, ctfs, microscope, message) => {
    expect(doubt(ctfs, microscope, "x.star")).toMatch(message);
  });

  test.each<[string, readonly Partial<Ctf>[], Microscope]>([
    ["no phase plate", [{}, {}], {}],
    ["a phase plate", [{ phaseShift: 90 }, { phaseShift: 1.5 }], {}],
    ["whole degrees", [{ phaseShift: 1 }, { phaseShift: 3 }], {}],
    ["strong astigmatism near focus", [{ defocusU: 3000, defocusV: -1000 }], {}],
    ["a refined aberration", [{}], { sphericalAberration: -0.02 }],
  ])("%s is nothing odd", (_what, ctfs, microscope) => {
    expect(doubt(ctfs, microscope, "x.star")).toBeUndefined();
  });
});

test("phase shifts of a .cs file were radians, and may be few degrees", () => {
  expect(WAYS["particles whose CTF is used"]!([{ phaseShift: 1.57 }], {}, "x.cs")).toBeUndefined();
});

test("a defocus that is no number is told where it is only carried", () => {
  const text = starText([{}, {}], {}).replace("a.mrc 21000", "a.mrc -nan");
  expect(starCtfDoubt(parseStar(text, "x.star"))).toBe(
    "x.star: 1 of 2 micrographs have a defocus that is no number",
  );
});
