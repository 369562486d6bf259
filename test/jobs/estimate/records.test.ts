import { describe, expect, test } from "vitest";
import { type Estimates, parseEstimates } from "../../../src/jobs/estimate/records.js";
import { toyEstimates } from "../../helpers/toys/estimates.js";

const whole = toyEstimates({
  optics: { pixelSize: 1.5, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
  particleDiameter: 100,
  micrographs: [
    {
      ...{ file: "a.mrc", sha256: "ab".repeat(32), shape: [64, 64] },
      ...{ defocusU: 15_000, defocusV: 14_000, defocusAngle: 0, phaseShift: 0 },
      ...{ ctfFrom: "fit", score: 0.9, evidence: 90, resolution: 5, ice: { mean: 1, lowest: 1 } },
      ...{ signalFraction: 0.1, backgroundFraction: 0.9, particles: null, particleSize: null },
      files: { ctfPicture: "", ctfCurve: "", ice: "", icePreview: "", particlePicture: "", sizeCurve: "" },
    },
  ],
});
const { noise, distributions, optics } = whole;

describe("estimates that do not fit together are refused", () => {
  test.each<[string, Partial<Estimates>, string]>([
    ["volts", { optics: { ...optics, voltage: 300_000 } }, "optics.voltage: found 300000"],
    [
      "micrometres",
      { distributions: { ...distributions, defocus: { mean: 2.1, standardDeviation: 0.5 } } },
      "distributions.defocus.mean: found 2.1, expected angstrom, as 21000, not micrometre",
    ],
    [
      "frequencies that descend",
      { noise: { ...noise, frequency: [0.2, 0.1], power: [1, 1], relativeDeviation: [0, 0] } },
      "noise.frequency: found [0.2,0.1], expected frequencies that ascend",
    ],
    [
      "powers without frequencies",
      { noise: { ...noise, power: [1, 2] } },
      "noise.power: found [1,2], expected one",
    ],
    [
      "a part of a tile",
      { noise: { ...noise, anisotropy: { tile: 2, ratio: [1] } } },
      "noise.anisotropy.ratio: found [1], expected a half plane of the tile",
    ],
  ])("%s", (_, change, message) => {
    expect(parseEstimates(JSON.stringify(whole), "estimates.json")).toEqual(whole);
    expect(() => parseEstimates(JSON.stringify({ ...whole, ...change }), "estimates.json")).toThrow(
      `estimates.json: ${message}`,
    );
  });
});
