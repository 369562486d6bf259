import type { Image } from "../../array/image.js";
import { crop } from "../../array/resample.js";
import { mean } from "../../array/statistics.js";
import { DomainError } from "../../core/errors.js";
import type { Defocus } from "../../physics/optics/optics.js";
import type { CleanMicrograph } from "../noise/field.js";
import { tileFor } from "../noise/power.js";
import type { LabelledImage, TrainingSet } from "../samples/sampler.js";

/** Micrographs that a fit looks at, and the largest side of the part of each. */
const MOST_REAL = 8;
const MOST_SIMULATED = 16;
const LARGEST_SIDE = 1024;

/** Parts of some micrographs of a training set that fits look at. */
export interface FitSet {
  /** Normalised. */
  readonly real: readonly Image[];
  readonly realDefocus: readonly (Defocus | undefined)[];
  readonly simulated: readonly CleanMicrograph[];
  /** Mean variance of the clean micrographs. */
  readonly cleanVariance: number;
  /** Tile of the radial profiles, pixels. */
  readonly tile: number;
  /** Angstrom. */
  readonly particleDiameter: number;
  readonly pixelSize: number;
}

/** @throws DomainError where no simulated micrograph has any signal */
export async function drawFitSet({
  real,
  realDefocus,
  simulated,
  particleDiameter,
  pixelSize,
}: TrainingSet): Promise<FitSet> {
  const realParts: Image[] = [];
  for (let i = 0; i < Math.min(MOST_REAL, real.count); i++) realParts.push(middle(await real.load(i)));
  const simulatedParts: FitSet["simulated"][number][] = [];
  const variances: number[] = [];
  for (let i = 0; i < Math.min(MOST_SIMULATED, simulated.count); i++) {
    const source: LabelledImage = await simulated.load(i);
    variances.push(source.variance);
    simulatedParts.push({ image: middle(source.image), mean: source.mean, optics: source.optics });
  }
  const cleanVariance = mean(variances);
  if (!(cleanVariance > 0)) {
    throw new DomainError("variance of the simulated micrographs", cleanVariance, "some signal in them");
  }
  const sides = [...realParts, ...simulatedParts.map(({ image }) => image)].flatMap(({ shape }) => shape);
  const tile = tileFor(Math.min(...sides));
  return {
    real: realParts,
    realDefocus,
    simulated: simulatedParts,
    cleanVariance,
    tile,
    particleDiameter,
    pixelSize,
  };
}

function middle(image: Image): Image {
  const [rows, columns] = image.shape.map((n) => Math.min(n, LARGEST_SIDE)) as [number, number];
  return crop(image, (image.shape[1] - columns) >> 1, (image.shape[0] - rows) >> 1, [rows, columns]);
}
