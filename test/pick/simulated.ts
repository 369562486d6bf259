import type { Image } from "../../src/array/image.js";
import { standardDeviation } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../src/core/rotation.js";
import type { Point } from "../../src/evaluate/picking/matching.js";
import { simulateMicrograph } from "../../src/physics/micrograph/micrograph.js";
import { prepareProjector } from "../../src/physics/projection/projector.js";
import { toyVolume } from "../helpers/toys/map.js";

export const OPTICS = { pixelSize: 4, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
/** The optics as the first block of a STAR file of micrographs. */
export const OPTICS_BLOCK = {
  name: "optics",
  columns: {
    rlnOpticsGroupName: ["opticsGroup1"],
    rlnOpticsGroup: [1],
    rlnMicrographOriginalPixelSize: [OPTICS.pixelSize],
    rlnMicrographPixelSize: [OPTICS.pixelSize],
    rlnVoltage: [OPTICS.voltage],
    rlnSphericalAberration: [OPTICS.sphericalAberration],
    rlnAmplitudeContrast: [OPTICS.amplitudeContrast],
  },
};
export const DEFOCUS = { defocusU: 18_000, defocusV: 17_000, defocusAngle: 30, phaseShift: 0 };
/** Of the toy volume, angstrom. */
export const DIAMETER = 110;

/** Particles on a shaken grid in white noise of a given standard deviation over the particles' own, gain and offset added. */
export function noisyMicrograph(
  shape: readonly [rows: number, columns: number],
  noise: number,
  seed: number,
): { readonly image: Image; readonly truth: Point[] } {
  const random = Random.of(seed, "noisy micrograph");
  const truth: Point[] = [];
  for (let y = 30; y < shape[0] - 20; y += 50) {
    for (let x = 30; x < shape[1] - 20; x += 50) {
      truth.push({ x: x + random.uniform(-8, 8), y: y + random.uniform(-8, 8) });
    }
  }
  const particles = truth.map(({ x, y }) => {
    const angles = uniformRotation(random);
    return { x, y, depth: 0, structure: 0, ...angles, matrix: eulerToMatrix(angles) };
  });
  const projectors = [prepareProjector(toyVolume(), { pixelSize: OPTICS.pixelSize })];
  const { clean } = simulateMicrograph({ shape, optics: OPTICS, defocus: DEFOCUS, projectors, particles });
  const deviation = noise * standardDeviation(clean.data);
  const gain = 50 / (deviation || 1);
  const data = clean.data.map((value) => 1000 + gain * (value + random.normal(0, deviation)));
  return { image: { data, shape }, truth };
}
