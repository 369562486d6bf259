import { readFileSync } from "node:fs";
import { type Image, type Volume, zeros } from "../../src/array/image.js";
import { variance } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { readPdb } from "../../src/io/structure/pdb.js";
import { applyAssembly, selectAtoms } from "../../src/io/structure/structure.js";
import { simulateMicrograph } from "../../src/physics/micrograph/micrograph.js";
import type { Optics } from "../../src/physics/optics/optics.js";
import { potentialMap } from "../../src/physics/potential/potential.js";
import { type Projector, prepareProjector } from "../../src/physics/projection/projector.js";
import { drawSpecimen } from "../../src/physics/specimen/specimen.js";

export interface Truth {
  readonly defocusU: number;
  readonly defocusV: number;
  readonly defocusAngle: number;
  /** 0 when absent. */
  readonly phaseShift?: number;
}

export const APOFERRITIN_DIAMETER = 130;
const SHAPE = [1200, 1240] as const;

/** Potential of the whole shell of PDB 2ZA7. */
export function apoferritinMap(voxelSize: number): Volume {
  const path = new URL("../../examples/apoferritin-10146/2za7.pdb", import.meta.url);
  const structure = readPdb(readFileSync(path), path.pathname);
  const atoms = applyAssembly(structure, selectAtoms(structure.atoms));
  const box = 2 * Math.ceil(84 / voxelSize);
  return potentialMap(atoms, { voxelSize, box, resolution: 2 * voxelSize });
}

/** A clean micrograph of 1240 x 1200 pixels of apoferritin shells and where they are, B factor 80 angstrom². */
export function cleanMicrograph(
  projector: Projector,
  optics: Optics,
  truth: Truth,
  count: number,
  seed: number,
) {
  const specimen = drawSpecimen(
    {
      shape: SHAPE,
      pixelSize: optics.pixelSize,
      count: { mean: count, standardDeviation: 0 },
      structures: [{ diameter: APOFERRITIN_DIAMETER }],
    },
    Random.of(seed, "specimen"),
  );
  return simulateMicrograph({
    shape: SHAPE,
    optics,
    defocus: { phaseShift: 0, ...truth },
    bFactor: 80,
    projectors: [projector],
    particles: specimen.particles,
  });
}

export const projectorOf = (voxelSize: number): Projector => prepareProjector(apoferritinMap(voxelSize));

/** The image with white noise at an SNR of variances. */
export function withWhiteNoise(image: Image, snr: number, seed: number): Image {
  const random = Random.of(seed, "noise");
  const deviation = Math.sqrt(variance(image.data) / snr);
  return { data: image.data.map((value) => value + deviation * random.normal()), shape: image.shape };
}

export function whiteNoise(rows: number, columns: number, seed: number): Image {
  const image = zeros(rows, columns);
  Random.of(seed, "white").fillNormal(image.data);
  return image;
}

/** Errors of U and V, angstrom. */
export const defocusErrors = (fit: Truth, truth: Truth): readonly [number, number] => [
  Math.abs(fit.defocusU - truth.defocusU),
  Math.abs(fit.defocusV - truth.defocusV),
];

/** Smallest turn between two directions that are the same after half a turn, degrees. */
export const angleBetween = (a: number, b: number): number => Math.abs(((((a - b) % 180) + 270) % 180) - 90);

/** Lets the test runner be heard between long sums; it gives up on a test file that is silent for a minute. */
export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
