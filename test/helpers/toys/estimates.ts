import type { Estimates } from "../../../src/jobs/estimate/records.js";

/** What `estimate` writes of some micrographs, as far as a test does not ask for anything else. */
export function toyEstimates(
  own: Pick<Estimates, "optics" | "particleDiameter" | "micrographs"> & Partial<Estimates>,
): Estimates {
  const spread = { mean: 0, standardDeviation: 0 };
  return {
    ...{ format: "cryogem-estimates", formatVersion: 1, program: "cryogem 9.9.9", options: {} },
    distributions: {
      ...{ defocus: spread, astigmatism: spread, astigmatismAngle: 0, signalFraction: spread },
      ...{ particles: null, particleSize: null },
    },
    noise: {
      frequency: [0.1],
      power: [1],
      relativeDeviation: [0],
      anisotropy: { tile: 2, ratio: [1, 1, 1, 1] },
    },
    ...own,
  };
}
