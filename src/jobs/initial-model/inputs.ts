import { fftFriendlySize } from "../../array/fft/fft.js";
import { centre } from "../../array/image.js";
import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { type ReconstructionGrid, reconstructionGrid } from "../../reconstruct/grid.js";
import { beyondNyquist } from "../shared/options/beyond-nyquist.js";
import { readSearchInputs, type SearchInputs } from "../shared/particles/search-inputs.js";
import type { InitialModelPlan } from "./plan.js";

/** Particles for an initial model, and the small box in which it is made. */
export interface ModelInputs {
  readonly stored: SearchInputs;
  /** The particles with shifts in pixels of the small images. */
  readonly particles: SearchInputs["particles"];
  /** Rows and columns of the small images; angstrom per pixel. */
  readonly box: number;
  readonly pixelSize: number;
  /** Pixels of the small images: where the centre of a stored image lies from that of a small one. */
  readonly offset: number;
  /** Pixels of the small images across the particle. */
  readonly diameter: number;
  /** Frequency steps up to which images and maps are compared at first and at last. */
  readonly coarsest: number;
  readonly finest: number;
  readonly grid: ReconstructionGrid;
}

const FEWEST = 20;
/** Of the particle's diameter, the detail at the first and, where nothing is asked for, at the last step. */
const FIRST_DETAIL = 6.5;
const LAST_DETAIL = 10;
/** Shells beyond the finest that the small box holds. */
const SPARE = 3;

/** @throws FileError, FormatError, UnsupportedError for the particles; OptionError for a diameter or detail that does not fit them */
export async function readModelInputs(
  plan: InitialModelPlan,
  context: Pick<JobContext, "files" | "report">,
): Promise<ModelInputs> {
  const stored = await readSearchInputs({ path: plan.particles, fewest: FEWEST, givenPoses: false }, context);
  const side = stored.box * stored.pixelSize;
  const { particleDiameter } = plan;
  if (particleDiameter > side) {
    throw new OptionError(
      "particleDiameter",
      `found ${particleDiameter}, expected at most the ${side} angstrom of the images`,
    );
  }
  const doubt = beyondNyquist("finest", plan.finest, stored.pixelSize);
  if (doubt) context.report.warn(doubt);
  const nyquist = (stored.box >> 1) - 1;
  const coarsest = Math.max(2, Math.round((FIRST_DETAIL * side) / particleDiameter));
  const finest = Math.min(nyquist, Math.floor(side / (plan.finest ?? particleDiameter / LAST_DETAIL)));
  if (finest < coarsest) {
    if (coarsest > nyquist) {
      const least = Math.ceil((FIRST_DETAIL * side) / nyquist);
      const found = `found ${particleDiameter}, expected at least ${least}: a seventh of it must be coarser than two pixels`;
      throw new OptionError("particleDiameter", found);
    }
    throw new OptionError(
      "finest",
      `found ${plan.finest}, expected at most ${(side / coarsest).toFixed(1)}, a seventh of the particle's diameter`,
    );
  }
  const box = Math.min(fftFriendlySize(2 * (finest + SPARE)), stored.box - (stored.box % 2));
  const pixelSize = side / box;
  const offset = (centre(stored.box) * box) / stored.box - centre(box);
  const particles = stored.particles.map((particle) => ({
    ...particle,
    shift: {
      x: (particle.shift.x * box) / stored.box + offset,
      y: (particle.shift.y * box) / stored.box + offset,
    },
  }));
  const diameter = Math.min(0.9 * box, particleDiameter / pixelSize);
  const grid = reconstructionGrid({ box, voxelSize: pixelSize });
  return { stored, particles, box, pixelSize, offset, diameter, coarsest, finest, grid };
}
