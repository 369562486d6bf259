import { eulerToMatrix } from "../../../src/core/rotation.js";
import { parseJob, parseManifest, parsePart, parseParticle } from "../../../src/dataset/manifest.js";
import { decodeText } from "../../../src/io/bytes/text.js";
import type { Specimen } from "./specimen.js";

const DEFOCUS = { defocusU: 15_000, defocusV: 14_000, defocusAngle: 30, phaseShift: 0 };
const MICROGRAPH = {
  index: 1,
  path: "micrographs/000001.mrc",
  shape: [64, 80],
  iceMean: 1,
  particles: 1,
  ...DEFOCUS,
};
const DRAFT = {
  ...{ micrograph: 1, x: 10, y: 20, originX: 0.5, originY: -0.5, rot: 10, tilt: 20, psi: 30 },
  ...{
    matrix: eulerToMatrix({ rot: 10, tilt: 20, psi: 30 }),
    depth: 0,
    ...DEFOCUS,
    structure: 0,
    visibleFraction: 1,
    overlap: 0,
  },
};
const JOB = {
  ...{ program: "cryogem 0.1.0", command: "simulate", options: { size: [64, 80] }, seed: 1 },
  inputs: [{ path: "map.mrc", sha256: "0123456789abcdef".repeat(4) }],
  optics: { pixelSize: 1.5, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
  particleDiameter: 100,
};
const MANIFEST = {
  ...{ format: "cryogem-dataset", formatVersion: 1, ...JOB },
  ...{ micrographs: [MICROGRAPH], particles: 1 },
};

const ownFile = (
  name: string,
  content: object,
  parse: (text: string, path: string) => unknown,
): Specimen => ({
  name,
  bytes: new TextEncoder().encode(JSON.stringify(content)),
  read: (bytes, path) => parse(decodeText(bytes, path), path),
});

/** The files that a dataset keeps of itself. */
export const DATASET_FILES: readonly Specimen[] = [
  ownFile("dataset.json", MANIFEST, parseManifest),
  ownFile("job.json", { ...JOB, count: 3 }, parseJob),
  ownFile("000001.json", { micrograph: MICROGRAPH, particles: [DRAFT] }, parsePart),
  ownFile("truth.jsonl", { id: 1, halfSet: 1, ...DRAFT }, (text, path) => parseParticle(text, path, 1)),
];
