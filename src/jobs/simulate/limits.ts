import { OptionError } from "../../core/errors.js";
import type { MemoryNeed } from "../shared/memory.js";
import type { SimulationPlan } from "./plan.js";

/** What decides the memory of a simulation. */
export interface SimulationSize {
  readonly shape: readonly [rows: number, columns: number];
  /** Angstrom. */
  readonly pixelSize: number;
  readonly workers: number;
  /** Whether particles lie at depths of their own, which takes one more canvas. */
  readonly hasDepth: boolean;
  readonly maps: readonly { readonly longest: number; readonly voxelSize: number }[];
}

/**
 * Bytes a pixel of a micrograph in the making: its canvas and the canvas's transform, the clean image, noise, mask and encoded
 * pictures. Measured: 985 MB for two workers at 4096 x 4096, of which 150 MB are the program's own.
 */
const PIXEL = 28;
const DEPTH_PIXEL = 16;
/** Bytes a sample of a padded map: it and its transform in 32-bit floats, the samples that are kept in 16-bit integers. */
const SAMPLE = 10;
/** Bytes a pixel of a particle's box: slice, projection and footprint. */
const BOX_PIXEL = 24;

/** The memory that a simulation takes at most, from numbers known before any of it is taken. */
export function simulationMemory(size: SimulationSize): MemoryNeed {
  const { shape, pixelSize, workers, maps } = size;
  const [rows, columns] = shape;
  const canvases = workers * rows * columns * (PIXEL + (size.hasDepth ? DEPTH_PIXEL : 0));
  const sides = maps.map(({ longest, voxelSize }) => (longest * voxelSize) / pixelSize);
  const boxes = workers * BOX_PIXEL * Math.max(...sides) ** 2;
  const volumes = maps.reduce((sum, { longest }, i) => {
    // a map finer than the micrographs is coarsened to about their sampling first
    const samples = Math.min(longest, 1.25 * sides[i]!);
    return sum + 4 * longest ** 3 + SAMPLE * (2 * samples) ** 3;
  }, 0);
  const bytes = canvases + boxes + volumes;
  if (volumes > canvases + boxes) {
    const longest = Math.max(...maps.map((map) => map.longest));
    const what = `maps of up to ${longest} voxels a side`;
    return { bytes, option: "map", what, instead: "bin them, or cut them to a smaller box" };
  }
  if (boxes > canvases) {
    const what = `${pixelSize} angstrom, at which a particle's box is ${Math.ceil(Math.max(...sides))} pixels wide`;
    return { bytes, option: "pixelSize", what, instead: "take larger pixels, or fewer `workers`" };
  }
  const what = `${columns} x ${rows} pixels on ${workers} ${workers === 1 ? "worker" : "workers"}`;
  return { bytes, option: "size", what, instead: "take fewer pixels, or fewer `workers`" };
}

/** Pixels across a particle, at least: a smaller one has no shape, and a picker sees none (`pick run` takes as many). */
const LEAST_PIXELS = 4;

/** Refuses pixels in which a particle is a dot. */
export function refuseDots(diameters: readonly number[], pixelSize: number): void {
  const smallest = Math.min(...diameters);
  if (smallest >= LEAST_PIXELS * pixelSize) return;
  throw new OptionError(
    "pixelSize",
    `found ${pixelSize} angstrom, at which a particle of ${smallest.toFixed(0)} angstrom is ` +
      `${(smallest / pixelSize).toFixed(1)} pixels across, expected at least ${LEAST_PIXELS}`,
  );
}

/** Particles on one micrograph, at most: more take minutes to place, and none of the densest specimens has as many. */
const MOST_PARTICLES = 20_000;

/** Refuses more particles on a micrograph than can be placed in reasonable time. @param mean as asked for, or as due */
export function refuseCrowd(
  plan: Pick<SimulationPlan, "particles">,
  mean: number,
  diameters: readonly number[],
): void {
  if (mean <= MOST_PARTICLES) return;
  const most = `expected at most ${MOST_PARTICLES} a micrograph`;
  if (plan.particles) throw new OptionError("particles", `found a mean of ${mean}, ${most}`);
  throw new OptionError(
    "diameter",
    `found ${Math.max(...diameters).toFixed(0)} angstrom, for which ${Math.round(mean)} particles are due on a micrograph, ${most}: ` +
      `give \`particles\`, or the particle's true diameter`,
  );
}
