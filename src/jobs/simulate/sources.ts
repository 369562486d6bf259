import type { Volume } from "../../array/image.js";
import { OptionError } from "../../core/errors.js";
import type { InputRecord } from "../../dataset/records.js";
import type { Optics } from "../../physics/optics/optics.js";
import type { Orientations } from "../../physics/specimen/orientations.js";
import type { DatasetContext } from "../shared/context.js";
import { hashFile } from "../shared/hash-file.js";
import { mapDiameter, readDensityMap } from "../shared/maps/density-map.js";
import { refuseBeyondMemory } from "../shared/memory.js";
import { type Consensus, readConsensus } from "./consensus.js";
import { type DetectorSource, readDetector } from "./detector.js";
import { readSimulationEstimates, type SimulationEstimates } from "./estimates.js";
import { refuseCrowd, refuseDots, simulationMemory } from "./limits.js";
import { WITHOUT_ESTIMATES } from "./options.js";
import { readOrientations } from "./orientations.js";
import { defaultParticles, type SimulationPlan } from "./plan.js";

/** The inputs of a simulation, read and measured. */
export interface Sources {
  readonly estimates: SimulationEstimates | undefined;
  readonly consensus: Consensus | undefined;
  readonly volumes: readonly Volume[];
  /** Angstrom, of each volume. */
  readonly diameters: readonly number[];
  readonly pixelSize: number;
  readonly orientations: Orientations;
  readonly detector: DetectorSource;
  readonly inputs: readonly InputRecord[];
}

/**
 * Reads the inputs, and refuses what cannot be simulated of them.
 *
 * @throws FileError, FormatError for an input; OptionError for options that do not fit it
 */
export async function readSources(plan: SimulationPlan, context: DatasetContext): Promise<Sources> {
  const { files } = context;
  const estimates =
    plan.estimates === undefined ? undefined : await readSimulationEstimates(files, plan.estimates);
  const wanted = plan.pixelSize ?? estimates?.optics.pixelSize;
  const volumes: Volume[] = [];
  const inputs: InputRecord[] = [];
  for (const { path } of plan.maps) {
    volumes.push(await readDensityMap(context, path, wanted));
    inputs.push(await hashFile(path, undefined, files));
  }
  if (estimates) inputs.push(...estimates.inputs);
  const consensus =
    plan.consensus === undefined
      ? undefined
      : await readConsensus(plan.consensus, files, {
          usesDefocus: plan.defocus === undefined,
          warn: (line) => context.report.warn(line),
        });
  if (consensus) inputs.push(...consensus.inputs);
  const orientations = await readOrientations(plan.orientations, context, consensus);
  if (plan.orientations.kind === "star")
    inputs.push(await hashFile(plan.orientations.path, undefined, files));
  const pixelSize = wanted ?? volumes[0]!.voxelSize;
  const detector = await readDetector(plan, pixelSize, context);
  inputs.push(...detector.inputs);
  const diameters = volumes.map((volume) => plan.diameter ?? mapDiameter(volume));
  refuseOtherNoise(plan, pixelSize, estimates);
  const maps = volumes.map(({ shape, voxelSize }) => ({ longest: Math.max(...shape), voxelSize }));
  const hasDepth = plan.depth > 0;
  const workers = context.workers.count;
  refuseCrowd(plan, particlesOf(plan, { pixelSize, diameters, estimates, consensus })[0], diameters);
  refuseDots(diameters, pixelSize);
  refuseBeyondMemory(simulationMemory({ shape: plan.size, pixelSize, workers, hasDepth, maps }), context);
  const field = Math.min(...plan.size) * pixelSize;
  const largest = Math.max(...diameters);
  if (largest > field) {
    throw new OptionError(
      "size",
      `found a shorter side of ${field.toFixed(0)} angstrom, expected at least a particle's diameter, ${largest.toFixed(0)} angstrom`,
    );
  }
  return { estimates, consensus, volumes, diameters, pixelSize, orientations, detector, inputs };
}

/** A spectrum in cycles per pixel holds at the pixel size it was measured at. */
function refuseOtherNoise(
  { noise }: SimulationPlan,
  pixelSize: number,
  estimates: SimulationEstimates | undefined,
): void {
  const measured = estimates?.optics.pixelSize ?? pixelSize;
  if (noise.kind !== "coloured" || Math.abs(pixelSize / measured - 1) < 0.01) return;
  throw new OptionError(
    "noise",
    `found coloured at a pixel size of ${pixelSize} angstrom, expected ${measured}, at which the noise was measured`,
  );
}

/** What the user says, else what was estimated, else the default. */
export function opticsOf(plan: SimulationPlan, { pixelSize, estimates, consensus }: Sources): Optics {
  const measured = estimates?.optics ?? consensus?.optics;
  const d = WITHOUT_ESTIMATES;
  return {
    pixelSize,
    voltage: plan.voltage ?? measured?.voltage ?? d.voltage,
    sphericalAberration: plan.cs ?? measured?.sphericalAberration ?? d.cs,
    amplitudeContrast: plan.amplitudeContrast ?? measured?.amplitudeContrast ?? d.amplitudeContrast,
  };
}

/** How many particles a micrograph gets: as given, else as measured, else what fits in easily. */
export function particlesOf(
  plan: SimulationPlan,
  sources: Pick<Sources, "pixelSize" | "diameters" | "estimates" | "consensus">,
): readonly [mean: number, deviation: number] {
  if (plan.particles) return plan.particles;
  const { pixelSize, diameters, estimates, consensus } = sources;
  const density = consensus?.density ?? estimates?.density;
  if (!density) return defaultParticles(plan.size, pixelSize, Math.max(...diameters));
  const area = plan.size[0] * plan.size[1] * pixelSize ** 2;
  return [Math.max(1, density.mean * area), density.standardDeviation * area];
}
