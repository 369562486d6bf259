import { describe, expect, test } from "vitest";
import type { ParticleSet } from "../../../src/io/particles/particle.js";
import { readAnglesStar, readParticlesStar } from "../../../src/io/particles/star.js";
import { writeParticlesStar } from "../../../src/io/particles/star-write.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { hasSharedData, sharedNames, sharedText } from "../shared-data.js";

const set: ParticleSet = {
  optics: [
    {
      name: "one",
      pixelSize: 3,
      micrographPixelSize: 1.5,
      voltage: 300,
      sphericalAberration: 2.7,
      amplitudeContrast: 0.1,
      imageSize: 64,
    },
    {
      name: "two",
      pixelSize: 4,
      micrographPixelSize: 2,
      voltage: 200,
      sphericalAberration: 0,
      amplitudeContrast: 0.07,
      imageSize: 48,
    },
  ],
  particles: [0, 1].map((i) => ({
    opticsGroup: i,
    image: { index: i + 5, stack: "dir/a b.mrcs" },
    micrograph: `m${i}.mrc`,
    x: 100 + i,
    y: 50.25,
    defocus: { defocusU: 15000.5, defocusV: 14000, defocusAngle: -33.125, phaseShift: 90 },
    angles: { rot: 1.5, tilt: 90, psi: -170.000001 },
    origin: { x: 0.5, y: -0.25 },
    halfSet: (i + 1) as 1 | 2,
    score: 0.75,
  })),
};

test("what is written is read back", () => {
  expect(readParticlesStar(writeParticlesStar(set), "p.star")).toEqual(set);
});

describe("RELION 3.0", () => {
  const block = (name: string, more = ""): string =>
    `data_${name}\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n` +
    `_rlnPixelSize\n${more}1 2 300 2.7 0.1 1.25\n`;

  test("rlnPixelSize alone says the pixel size", () => {
    expect(readParticlesStar(block(""), "p.star").optics[0]!.pixelSize).toBe(1.25);
  });

  test("several blocks of particles, or of angles, are refused", () => {
    expect(() => readParticlesStar(block("a") + block("b"), "p.star")).toThrow(
      'p.star: blocks: found ["data_a","data_b"], expected a single block with rlnImageName or rlnCoordinateX',
    );
    const angles = (name: string): string =>
      `data_${name}\nloop_\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n1 2 3\n`;
    expect(readAnglesStar(angles("a"), "p.star")).toEqual([{ rot: 1, tilt: 2, psi: 3 }]);
    expect(() => readAnglesStar(angles("a") + angles("b"), "p.star")).toThrow("expected a single block");
  });
});

test("scales and B factors of some particles are written for all, with those of none for the others", () => {
  const ctf = { defocusU: 2e4, defocusV: 1e4, defocusAngle: 5, phaseShift: 0 };
  const particles = [
    { opticsGroup: 0, defocus: { ...ctf, bFactor: 80 } },
    { opticsGroup: 0, defocus: { ...ctf, scale: 0.7 } },
  ];
  const strong = { optics: set.optics, particles };
  const text = writeParticlesStar(strong);
  expect(readParticlesStar(text, "p.star")).toEqual(strong);
  const table = parseStar(text, "p.star").table("particles");
  expect([[...table.numbers("rlnCtfBfactor")], [...table.numbers("rlnCtfScalefactor")]]).toEqual([
    [80, 0],
    [1, 0.7],
  ]);
});

test("segments of helices are told as such", () => {
  const text = writeParticlesStar(set);
  expect(readParticlesStar(text, "p.star").unused).toBeUndefined();
  const helix = text.replaceAll("rlnAutopickFigureOfMerit", "rlnHelicalTubeID");
  expect(readParticlesStar(helix, "p.star").unused).toEqual(["rlnHelicalTubeID"]);
});

test("what a set lacks is left out", () => {
  const bare = { optics: set.optics, particles: [{ opticsGroup: 1 }, { opticsGroup: 0 }] };
  expect(readParticlesStar(writeParticlesStar(bare), "p.star")).toEqual(bare);
});

const RELION_30 = `data_images
loop_
_rlnVoltage #1
_rlnSphericalAberration #2
_rlnAmplitudeContrast #3
_rlnDetectorPixelSize #4
_rlnMagnification #5
_rlnOriginX #6
_rlnOriginY #7
_rlnImageName #8
300 2.7 0.1 5 40000 2 -4 000003@a.mrcs
300 2.7 0.1 5 20000 2 -4 single.mrc
300 2.7 0.1 5 40000 0 0 1@a.mrcs
`;

test("RELION 3.0: optics are found by their values, origins in pixels become angstrom", () => {
  const { optics, particles } = readParticlesStar(RELION_30, "p.star");
  expect(optics.map(({ pixelSize, voltage }) => [pixelSize, voltage])).toEqual([
    [1.25, 300],
    [2.5, 300],
  ]);
  expect(particles).toEqual([
    { opticsGroup: 0, image: { index: 3, stack: "a.mrcs" }, origin: { x: 2.5, y: -5 } },
    { opticsGroup: 1, image: { index: 1, stack: "single.mrc" }, origin: { x: 5, y: -10 } },
    { opticsGroup: 0, image: { index: 1, stack: "a.mrcs" }, origin: { x: 0, y: 0 } },
  ]);
});

describe("readAnglesStar", () => {
  test("needs the angles alone", () => {
    const text =
      "data_\nloop_\n_rlnImageName\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n_rlnMagnification\n" +
      "1@s.mrcs 10 20 30 0\n2@s.mrcs 40 50 60 nan\n";
    expect(readAnglesStar(text, "a.star")).toEqual([
      { rot: 10, tilt: 20, psi: 30 },
      { rot: 40, tilt: 50, psi: 60 },
    ]);
    expect(readAnglesStar(writeParticlesStar(set), "p.star")).toEqual(
      set.particles.map(({ angles }) => angles),
    );
  });

  test("a file without them is refused, and a value that is none", () => {
    expect(() => readAnglesStar("data_a\nloop_\n_rlnImageName\n1@s.mrcs\n", "a.star")).toThrow(
      'a.star: blocks: found ["data_a"], expected one with rlnAngleRot',
    );
    const bad = "data_\nloop_\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n1 nan 3\n";
    expect(() => readAnglesStar(bad, "a.star")).toThrow('rlnAngleTilt: found "nan", expected a number');
  });
});

describe("refusals", () => {
  const text = writeParticlesStar(set);
  const row = /^ +\S+ +\S+ "000006@.*$/m.exec(text)![0];
  const optics = /^one .*$/m.exec(text)![0];
  test.each([
    [
      "a group that is not defined",
      text.replace(row, row.replace("           2 ", "           9 ")),
      "rlnOpticsGroup: found 9, expected a group that data_optics defines",
    ],
    [
      "an image counted from 0",
      text.replace("000006@", "000000@"),
      'rlnImageName: found "000000@dir/a b.mrcs", expected N@stack with N from 1',
    ],
    ["a half set 3", text.replace(/( +)2( +0.750000)/, "$13$2"), "rlnRandomSubset: found 3, expected 1 or 2"],
    [
      "no pixel size",
      text.replace(optics, optics.replace("3.000000", "0.000000")),
      "rlnImagePixelSize: found 0, expected 0.1 to 50 angstrom",
    ],
    ["no voltage", text.replace("_rlnVoltage", "_rlnVoltages"), 'data_optics: found "no rlnVoltage"'],
    ["no particles", text.replace("data_particles", "data_micrographs"), "expected data_particles"],
  ])("%s", (_name, damaged, message) => {
    expect(damaged).not.toBe(text);
    expect(() => readParticlesStar(damaged, "p.star")).toThrow(message);
  });
});

describe.skipIf(!hasSharedData)("real files (needs ../shared/data)", () => {
  const names = sharedNames("star", ".star").filter((name) => /particles|cryodrgn|cryosegnet|D4/.test(name));
  test.each(names)("%s", (name) => {
    const { optics, particles } = readParticlesStar(sharedText(name), name);
    expect(particles.length).toBeGreaterThan(1);
    for (const { pixelSize, voltage } of optics) {
      expect(pixelSize).toBeGreaterThan(0.3);
      expect([100, 200, 300]).toContain(voltage);
    }
    const again = readParticlesStar(writeParticlesStar({ optics, particles }), name);
    expect(again.particles.map(({ image }) => image)).toEqual(particles.map(({ image }) => image));
  });
  test("six groups, and the pixel of RELION 3.0 from detector and magnification", () => {
    const six = readParticlesStar(sharedText("star/cryodrgn_relion31.6opticsgroups.star"), "six.star");
    expect(six.optics.map(({ pixelSize }) => pixelSize)).toEqual([1.25, 1.24, 1.25, 1.25, 1.24, 1.25]);
    const sta = readParticlesStar(sharedText("star/cryodrgn_sta_testing_bin8.star"), "sta.star");
    expect(sta.optics.map(({ pixelSize }) => pixelSize)).toEqual([1.96]);
  });
});

test("angles in radians are refused; few particles, or particles of one view, may have small angles", () => {
  const angles = (count: number, step: number): string => {
    const rows = Array.from({ length: count }, (_, i) => `${i * step} ${(i * step) / 2} ${-i * step}\n`);
    return `data_\nloop_\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n${rows.join("")}`;
  };
  expect(() => readAnglesStar(angles(20, 0.3), "p.star")).toThrow(
    "p.star: data_, line 6, rlnAngleRot: found 0, expected degrees: all angles lie within 6.28, as radians do",
  );
  for (const [count, step] of [
    [19, 0.3],
    [20, 0],
    [20, 1],
  ] as const) {
    expect(readAnglesStar(angles(count, step), "p.star")).toHaveLength(count);
  }
});

test("rows that name a stack without the number of an image are refused where there are several", () => {
  const of = (...names: readonly string[]) =>
    readParticlesStar(
      `data_\nloop_\n_rlnImageName\n_rlnVoltage\n_rlnSphericalAberration\n_rlnAmplitudeContrast\n_rlnPixelSize\n${names
        .map((name) => `${name} 300 2.7 0.1 1.5\n`)
        .join("")}`,
      "p.star",
    ).particles.map(({ image }) => image);
  expect(of("a.mrcs", "b.mrcs", "c.mrc", "c.mrc")).toHaveLength(4);
  expect(() => of("a.mrcs", "b.mrcs", "a.mrcs")).toThrow(
    'p.star: data_, line 10, rlnImageName: found "a.mrcs", expected N@stack with N from 1, as other rows name this stack too',
  );
});

test("stacks of other endings than .mrcs are named with their format, as RELION needs it, which is no part of their path", () => {
  const stacks = ["J3/a_particles.mrc", "b.mrcs", "c.stk"];
  const particles = stacks.map((stack, i) => ({ ...set.particles[0]!, image: { index: i + 1, stack } }));
  const text = writeParticlesStar({ ...set, particles });
  for (const name of ["000001@J3/a_particles.mrc:mrcs ", "000002@b.mrcs ", "000003@c.stk:mrcs "])
    expect(text).toContain(name);
  expect(readParticlesStar(text, "p.star").particles.map(({ image }) => image!.stack)).toEqual(stacks);
});
