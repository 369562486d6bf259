import { type Image, zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import { realismOfImages } from "../../src/evaluate/realism/images.js";
import { realismProtocol } from "../../src/evaluate/realism/profile.js";
import type { MicrographEstimate } from "../../src/jobs/estimate/records.js";

/** A micrograph of white noise. */
export const noise = (seed: number, size = 160): Image => {
  const image = zeros(size, size);
  Random.of(seed, "report").fillNormal(image.data);
  return image;
};
export const protocol = realismProtocol({ pixelSize: 2, patch: 32, tile: 128 });
/** What `evaluate realism` finds of noise. */
export const result = realismOfImages(
  [noise(1), noise(2)],
  [
    { name: "synthetic", images: [noise(3)] },
    { name: "<baseline>", images: [noise(4)] },
  ],
  { protocol, seed: 1 },
);
/** What `estimate` says of a micrograph. */
export const estimate = (file: string, evidence: number, resolution: number | null): MicrographEstimate => ({
  ...{
    file,
    sha256: "0".repeat(64),
    shape: [160, 160],
    defocusU: 15000,
    defocusV: 14800,
    defocusAngle: 12.34,
  },
  ...{ phaseShift: 0, ctfFrom: "fit", score: 0.7, evidence, resolution, ice: { mean: 0.9, lowest: 0.8 } },
  ...{ signalFraction: 0.2, backgroundFraction: 0.5, particles: 158, particleSize: 128 },
  files: {
    ...{ ctfPicture: "c.png", ctfCurve: "c.svg", ice: "i.mrc", icePreview: "i.png" },
    ...{ particlePicture: "p.svg", sizeCurve: "s.svg" },
  },
});
