import { describe, expect, test } from "vitest";
import { ctf } from "../../src/index.js";
import { barLength } from "../../viewer/micrograph/marks.js";
import { ringFrequency } from "../../viewer/micrograph/rings.js";
import { filtered, levelOfFilter, paint, rangeOf, sorted } from "../../viewer/micrograph/tone.js";
import { axisOf, numberText } from "../../viewer/table/axis.js";
import { curvesOf, histogramsOf, xOf } from "../../viewer/table/guess.js";

describe("low-pass filter", () => {
  // a wave of some pixels' length across a window, in the middle of which no edge is felt
  const wave = (length: number): Float32Array =>
    Float32Array.from({ length: 256 * 64 }, (_, i) => Math.cos((2 * Math.PI * ((i % 256) - 128)) / length));
  const amplitude = (length: number, resolution: number, level: number): number => {
    const window = { level, left: 0, top: 0, width: 256, height: 64, data: wave(length) };
    return filtered(window, resolution, 1.5).data[32 * 256 + 128]!;
  };

  test("leaves half of the amplitude at its resolution, exp(-ln 2 (d / length)²) elsewhere", () => {
    // waves of 8 pixels of 1.5 angstrom are 12 angstrom long; on the next level 24
    expect(amplitude(8, 12, 0)).toBeCloseTo(0.5, 3);
    expect(amplitude(8, 24, 1)).toBeCloseTo(0.5, 3);
    expect(amplitude(16, 12, 0)).toBeCloseTo(2 ** -0.25, 3);
  });

  test("is done on a level that still holds it, with a blur of 1.5 to 3 pixels", () => {
    expect(levelOfFilter(10, 1.5, 4)).toBe(0);
    // 24 angstrom: 3.0 pixels of 1.5 angstrom
    expect(levelOfFilter(30, 1.5, 4)).toBe(1);
    expect(levelOfFilter(60, 1.5, 4)).toBe(2);
    expect(levelOfFilter(1e4, 1.5, 4)).toBe(3);
  });
});

describe("contrast", () => {
  test("black and white are percentiles; of a mask they are its two values", () => {
    const values = sorted(Float32Array.from({ length: 1001 }, (_, i) => 1000 - i));
    expect(rangeOf(values, 1)).toEqual([10, 990]);
    const mask = sorted(Float32Array.from({ length: 1000 }, (_, i) => (i === 3 ? 255 : 0)));
    expect(rangeOf(mask, 1)).toEqual([0, 255]);
    expect(rangeOf(sorted(new Float32Array(9)), 1)).toEqual([-0.5, 0.5]);
  });

  test("values become opaque greys, by gamma, inverted where asked for", () => {
    const out = new Uint32Array(4);
    const greys = (gamma: number, isInverted: boolean): number[] => {
      paint(Float32Array.of(-1, 0, 0.5, 9), [0, 1], { clip: 1, gamma, isInverted }, out);
      return Array.from(new Uint8Array(out.buffer)).filter((_, i) => i % 4 === 0);
    };
    expect(greys(1, false)).toEqual([0, 0, 128, 255]);
    expect(greys(2, false)).toEqual([0, 0, 64, 255]);
    expect(greys(1, true)).toEqual([255, 255, 127, 0]);
    expect(new Uint8Array(out.buffer)[3]).toBe(255);
  });
});

test("rings lie where the CTF is zero, whatever the direction", () => {
  const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.07 };
  const defocus = { defocusU: 22_000, defocusV: 17_000, defocusAngle: 35, phaseShift: 20 };
  const value = ctf({ ...optics, ...defocus });
  for (const angle of [0, 0.6, 1.7, 3]) {
    for (const n of [1, 2, 7]) {
      const k = ringFrequency({ ...optics, ...defocus }, angle, n);
      expect(value(k * Math.cos(angle), k * Math.sin(angle))).toBeCloseTo(0, 9);
      // between two zeros lies one extremum, so that none was left out
      const next = ringFrequency({ ...optics, ...defocus }, angle, n + 1);
      const middle = Math.sqrt((k * k + next * next) / 2);
      expect(Math.abs(value(middle * Math.cos(angle), middle * Math.sin(angle)))).toBeGreaterThan(0.99);
    }
  }
  const flat = { ...optics, ...defocus, sphericalAberration: 0 };
  expect(ctf(flat)(ringFrequency(flat, 0, 3), 0)).toBeCloseTo(0, 9);
});

test("scale bars and numbers are round", () => {
  expect(barLength(1000, 1)).toBe(200);
  expect(barLength(1000, 3.789)).toBe(500);
  expect([12_345.678, 0.000_123, 0.5, Number.NaN, 1e7].map(numberText)).toEqual([
    "12345.7",
    "1.23e-4",
    "0.5",
    "–",
    "1e+7",
  ]);
  const axis = axisOf([0.001, 10], [0, 400], 4, true);
  expect(axis.at(0.1)).toBeCloseTo(200, 9);
  expect(axis.valueAt(300)).toBeCloseTo(1, 9);
});

test("what is drawn first: defocus, fit, ice and picks; correlations along the resolution", () => {
  const block = (...names: string[]) => ({
    name: "",
    rows: 9,
    columns: names.map((name) => ({ name, type: "number" as const })),
    hasImages: false,
  });
  const micrographs = block(
    "rlnOpticsGroup",
    "rlnCtfMaxResolution",
    "picks",
    "ice.mean",
    "rlnDefocusU",
    "rlnDefocusV",
  );
  expect(histogramsOf(micrographs)).toEqual(["rlnDefocusU", "rlnCtfMaxResolution", "ice.mean", "picks"]);
  expect(xOf(micrographs)).toBeUndefined();
  const shells = block("rlnSpectralIndex", "rlnResolution", "rlnAngstromResolution", "rlnGoldStandardFsc");
  expect([xOf(shells), curvesOf(shells)]).toEqual(["rlnResolution", ["rlnGoldStandardFsc"]]);
  expect(curvesOf(block("step", "loss", "seconds"))).toEqual(["loss"]);
});
