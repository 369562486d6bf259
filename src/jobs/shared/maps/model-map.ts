import { fftFriendlySize } from "../../../array/fft/fft.js";
import type { Volume } from "../../../array/image.js";
import { OptionError } from "../../../core/errors.js";
import type { JobContext } from "../../../core/ports.js";
import {
  modelDiameter,
  type PotentialAtom,
  type PotentialOptions,
  potentialMemory,
  potentialSteps,
} from "../../../physics/potential/potential.js";
import { refuseBeyondMemory } from "../memory.js";

/** What the map of a model shall be: `potential`'s options of the same names. */
export interface ModelMapChoice {
  /** Angstrom. */
  readonly pixelSize: number;
  /** Voxels; absent: 1.5 diameters. */
  readonly box?: number | undefined;
  /** Angstrom; absent: two voxels. */
  readonly resolution?: number | undefined;
  readonly bFactors: boolean;
}

/** The grid of a model's map. */
export interface ModelMapPlan extends PotentialOptions {
  /** Angstrom, of the model. */
  readonly diameter: number;
}

/**
 * The grid for the map of a model, or of several whose atoms are given together.
 *
 * @throws OptionError for a resolution finer than two voxels, or a map that the machine's memory does not hold
 */
export function planModelMap(
  atoms: readonly PotentialAtom[],
  { pixelSize, box: wanted, resolution = 2 * pixelSize, bFactors }: ModelMapChoice,
  context: JobContext,
): ModelMapPlan {
  if (resolution < 2 * pixelSize) {
    throw new OptionError(
      "resolution",
      `found ${resolution}, expected at least two voxels, ${2 * pixelSize} angstrom`,
    );
  }
  const diameter = modelDiameter(atoms);
  const box = wanted ?? roomyBox(diameter, pixelSize);
  const need = { voxelSize: pixelSize, box, resolution };
  refuseBeyondMemory(
    {
      // the map is copied once more to be written
      bytes: potentialMemory(need) + 4 * box ** 3,
      option: wanted === undefined ? "pixelSize" : "box",
      what: `a map of ${box} x ${box} x ${box} voxels at a resolution of ${resolution} angstrom`,
      instead: "take larger voxels, or a smaller `box`",
    },
    context,
  );
  return { ...need, applyBFactors: bFactors, diameter };
}

/** The potential of atoms, in steps between which the program hears a wish to stop. */
export async function modelMap(
  atoms: readonly PotentialAtom[],
  plan: PotentialOptions,
  { report, signal }: Pick<JobContext, "report" | "signal">,
): Promise<Volume> {
  signal.throwIfAborted();
  const steps = potentialSteps(atoms, plan);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    report.progress(value);
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
}

/** An even size that transforms fast, at least 1.5 diameters and some room for a small molecule. */
function roomyBox(diameter: number, pixelSize: number): number {
  return fftFriendlySize(2 * Math.ceil((0.75 * diameter + 8) / pixelSize));
}
