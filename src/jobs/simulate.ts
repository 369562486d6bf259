import type { Volume } from "../array/image.js";
import { DomainError } from "../core/errors.js";
import type { Files } from "../core/ports.js";
import { imageKinds } from "../dataset/images.js";
import { joinDataset } from "../dataset/join.js";
import { writeLabels } from "../dataset/labels.js";
import { readDataset } from "../dataset/reader.js";
import type { DatasetJob, DatasetManifest, InputRecord } from "../dataset/records.js";
import { openDataset } from "../dataset/writer.js";
import type { NoiseModel } from "../physics/noise.js";
import { prepareProjector } from "../physics/projector.js";
import type { DatasetContext } from "./context.js";
import { hashFile } from "./hash-file.js";
import type { SimulationSetup, SimulationTarget } from "./simulate-micrograph.js";
import { defaultParticles, SIMULATE_DEFAULTS, type SimulationPlan } from "./simulate-plan.js";
import { coarsen, readStructure, structureDiameter } from "./structure.js";

/**
 * Simulates a dataset of labelled micrographs, or what is still missing of it.
 *
 * @throws FileError or FormatError for an input, UsageError for a folder that holds something else, AbortError
 */
export async function simulateDataset(
  plan: SimulationPlan,
  context: DatasetContext,
): Promise<DatasetManifest> {
  const { files, report, signal, workers } = context;
  const sources = await readSources(plan, files);
  const kinds = imageKinds(plan.keepClean);
  const progress = await openDataset(files, plan.out, datasetJob(plan, sources, context.program), kinds);
  if (progress.finished) {
    report.note(`${plan.out} is complete already`);
    if (plan.labels.length > 0) await writeLabels(files, plan.out, plan.labels);
    return (await readDataset(files, plan.out)).manifest;
  }
  if (progress.missing.length > 0) {
    const setup = prepareSimulation(plan, sources);
    const shared: SimulationTarget = { setup, dir: plan.out, mode: plan.mode };
    let done = plan.count - progress.missing.length;
    let placed = 0;
    let requested = 0;
    const tell = (): void =>
      report.progress({ stage: "simulate", done, total: plan.count, unit: "micrographs" });
    tell();
    await workers.map<number, { readonly placed: number; readonly requested: number }>(
      "simulate-micrograph",
      progress.missing,
      {
        signal,
        shared,
        onResult: (made) => {
          done++;
          placed += made.placed;
          requested += made.requested;
          tell();
        },
      },
    );
    if (placed < requested) {
      report.warn(
        `${requested - placed} of ${requested} particles found no place: lower --particles or --collapse-ratio`,
      );
    }
  }
  signal.throwIfAborted();
  const manifest = await joinDataset(files, plan.out);
  if (plan.labels.length > 0) await writeLabels(files, plan.out, plan.labels);
  return manifest;
}

/** The inputs of a simulation, read and measured. */
interface Sources {
  readonly volumes: readonly Volume[];
  /** Angstrom, of each volume. */
  readonly diameters: readonly number[];
  readonly pixelSize: number;
  readonly inputs: readonly InputRecord[];
}

async function readSources(plan: SimulationPlan, files: Files): Promise<Sources> {
  const volumes: Volume[] = [];
  const inputs: InputRecord[] = [];
  for (const { path } of plan.maps) {
    volumes.push(readStructure(await files.read(path), path, plan.pixelSize));
    inputs.push(await hashFile(path, undefined, files));
  }
  const pixelSize = plan.pixelSize ?? volumes[0]!.voxelSize;
  const diameters = volumes.map((volume) => plan.diameter ?? structureDiameter(volume));
  const field = Math.min(...plan.shape) * pixelSize;
  const largest = Math.max(...diameters);
  if (largest > field) {
    throw new DomainError(
      "micrograph: shorter side",
      `${field.toFixed(0)} angstrom`,
      `at least a particle's diameter, ${largest.toFixed(0)} angstrom: give a larger --size`,
    );
  }
  return { volumes, diameters, pixelSize, inputs };
}

function datasetJob(plan: SimulationPlan, sources: Sources, program: string): DatasetJob {
  return {
    program,
    command: "simulate",
    options: plan.record,
    seed: plan.seed,
    inputs: sources.inputs,
    optics: opticsOf(plan, sources.pixelSize),
    particleDiameter: Math.max(...sources.diameters),
    ...(plan.bFactor > 0 && { bFactor: plan.bFactor }),
    count: plan.count,
  };
}

function opticsOf(plan: SimulationPlan, pixelSize: number): SimulationSetup["optics"] {
  return {
    pixelSize,
    voltage: plan.voltage ?? SIMULATE_DEFAULTS.voltage,
    sphericalAberration: plan.sphericalAberration ?? SIMULATE_DEFAULTS.cs,
    amplitudeContrast: plan.amplitudeContrast ?? SIMULATE_DEFAULTS.amplitudeContrast,
  };
}

function prepareSimulation(plan: SimulationPlan, sources: Sources): SimulationSetup {
  const { pixelSize, diameters } = sources;
  const [mean, standardDeviation] =
    plan.particles ?? defaultParticles(plan.shape, pixelSize, Math.max(...diameters));
  const [low, high] = plan.defocus ?? SIMULATE_DEFAULTS.defocus;
  return {
    shape: plan.shape,
    optics: opticsOf(plan, pixelSize),
    bFactor: plan.bFactor,
    projectors: sources.volumes.map((volume) => prepareProjector(coarsen(volume, pixelSize), { pixelSize })),
    structures: plan.maps.map(({ weight }, i) => ({ diameter: diameters[i]!, weight })),
    particles: { mean, standardDeviation },
    collapseRatio: plan.collapseRatio,
    iceThickness: plan.depth,
    defocus: {
      kind: "range",
      low,
      high,
      astigmatism: plan.astigmatism,
      phaseShift: plan.phaseShift ?? SIMULATE_DEFAULTS.phaseShift,
    },
    ice: plan.iceGradient ? { kind: "made-up", depth: plan.iceGradient } : { kind: "even" },
    noise: noiseModel(plan, pixelSize),
    keepClean: plan.keepClean,
    seed: plan.seed,
  };
}

function noiseModel({ noise }: SimulationPlan, pixelSize: number): NoiseModel | undefined {
  const { kind, snr, dose, gaussianShare } = noise;
  if (snr === Number.POSITIVE_INFINITY) return undefined;
  if (kind === "poisson") return { kind, snr, dose, pixelSize };
  if (kind === "poisson-gaussian") return { kind, snr, dose, pixelSize, gaussianShare };
  return { kind: "gaussian", snr };
}
