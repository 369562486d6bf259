import { resampleVolume } from "../../array/fft/resample.js";
import type { Volume } from "../../array/image.js";
import { FormatError, OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import type { Particle } from "../../io/particles/particle.js";
import { LABEL } from "../../io/star/names.js";
import { mapDiameter } from "../shared/maps/density-map.js";
import { contrastDoubt } from "../shared/maps/map-contrast.js";
import { type MapFrame, readMapFile, readMask } from "../shared/maps/map-files.js";
import { softSphere } from "../shared/maps/soft-sphere.js";
import { beyondNyquist } from "../shared/options/beyond-nyquist.js";
import { readSearchInputs, SAME_PIXEL, type SearchInputs } from "../shared/particles/search-inputs.js";
import type { RefinePlan } from "./plan.js";
import { readProposals } from "./proposals.js";

/** The inputs of a refinement, fit for each other. */
export interface RefineInputs extends SearchInputs {
  /** 0 or 1 for each particle. */
  readonly halves: readonly number[];
  /** In the images' box and pixel size; not yet filtered. */
  readonly reference: Volume;
  readonly frame: MapFrame;
  readonly mask: Volume;
  /** Pixels. */
  readonly diameter: number;
}

/** Of the box that the particle fills at most: beyond, its mask's edge would be cut. */
const LARGEST = 0.9;
/** The particle's diameter over that of the sphere which holds its density. */
const MARGIN = 1.15;
/** Fewest particles of a half of which a map can be made. */
const FEWEST = 10;

/**
 * Reads and checks everything but the images themselves.
 *
 * @throws FileError, FormatError, ShapeError, DomainError for an input; OptionError for a diameter that does not fit the box
 */
export async function readInputs(
  plan: RefinePlan,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<RefineInputs> {
  const path = plan.particles;
  const found = await readSearchInputs(
    { path, fewest: 2 * FEWEST, givenPoses: plan.givenPoses },
    { files, report },
  );
  const { set, box, pixelSize } = found;
  const starts = plan.poses && (await readProposals(files, plan.poses, set.particles, pixelSize));
  checkLowPass(plan, box * pixelSize);
  const doubt = beyondNyquist("initialLowPass", plan.initialLowPass, pixelSize);
  if (doubt) report.warn(doubt);
  const { reference, frame } = await readReference(plan, box, pixelSize, { files, report });
  const diameter = diameterOf(plan, reference);
  const mask = plan.mask
    ? await readMask(files, plan.mask, { path: `the images of ${path}`, map: reference, frame }, report)
    : softSphere(box, pixelSize, diameter / 2);
  return {
    ...{ ...found, reference, frame, mask, diameter },
    ...(starts && { particles: found.particles.map((particle, i) => ({ ...particle, ...starts[i]! })) }),
    halves: halvesOf(set.particles, plan),
  };
}

/** Shells of the first reference that are compared at least: with fewer, no orientation differs from another. */
const FEWEST_SHELLS = 2;

/** @param side of the images, angstrom */
function checkLowPass({ initialLowPass }: RefinePlan, side: number): void {
  if (Math.round(side / initialLowPass) >= FEWEST_SHELLS) return;
  const most = (side / FEWEST_SHELLS).toFixed(0);
  throw new OptionError(
    "initialLowPass",
    `found ${initialLowPass}, expected at most ${most}, half the side of the images`,
  );
}

/** The reference in the images' box, and a warning where it is probably inverted. */
async function readReference(
  plan: RefinePlan,
  box: number,
  pixelSize: number,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<{ readonly reference: Volume; readonly frame: MapFrame }> {
  const { map, frame } = await readMapFile(files, plan.reference, report);
  if (!map.data.some((value) => value > 0)) {
    throw new FormatError(plan.reference, "densities", "none above 0", "a map whose particle is white");
  }
  const doubt = contrastDoubt(map, plan.reference);
  if (doubt) report.warn(doubt);
  const isSame = Math.abs(map.voxelSize / pixelSize - 1) <= SAME_PIXEL;
  if (isSame && map.shape[0] === box) return { reference: { ...map, voxelSize: pixelSize }, frame };
  report.note(
    `${plan.reference}: ${map.shape[0]} voxels of ${map.voxelSize} angstrom become ${box} of ${pixelSize}, as the images`,
  );
  const resampled = resampleVolume(isSame ? { ...map, voxelSize: pixelSize } : map, pixelSize, box);
  return {
    reference: { ...resampled, voxelSize: pixelSize },
    frame: { origin: [0, 0, 0], start: [0, 0, 0] },
  };
}

/** Pixels. */
function diameterOf({ particleDiameter }: RefinePlan, reference: Volume): number {
  const largest = LARGEST * reference.shape[0];
  if (particleDiameter === undefined)
    return Math.min(largest, (MARGIN * mapDiameter(reference)) / reference.voxelSize);
  const diameter = particleDiameter / reference.voxelSize;
  if (diameter > reference.shape[0]) {
    const side = reference.shape[0] * reference.voxelSize;
    throw new OptionError(
      "particleDiameter",
      `found ${particleDiameter}, expected at most the ${side} angstrom of the images`,
    );
  }
  return Math.min(largest, diameter);
}

/** As the STAR file says, else drawn, both as large. @throws FormatError where one half has too few */
function halvesOf(particles: readonly Particle[], { particles: path, seed }: RefinePlan): readonly number[] {
  if (particles[0]!.halfSet === undefined) {
    return Random.of(seed, "half sets").shuffle(particles.map((_, i) => i % 2));
  }
  const halves = particles.map(({ halfSet }): number => halfSet! - 1);
  const second = halves.reduce((sum, half) => sum + half, 0);
  const fewest = Math.min(second, particles.length - second);
  if (fewest < FEWEST) {
    throw new FormatError(
      path,
      LABEL.halfSet,
      `${particles.length - second} particles in 1 and ${second} in 2`,
      `at least ${FEWEST} in each: leave the label out to have halves drawn`,
    );
  }
  return halves;
}
