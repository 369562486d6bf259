import type { Volume } from "../../array/image.js";
import { OptionError } from "../../core/errors.js";
import { imageKinds } from "../../dataset/images.js";
import { joinDataset } from "../../dataset/join.js";
import { writeLabels } from "../../dataset/labels.js";
import { readDataset } from "../../dataset/reader.js";
import type { DatasetJob, DatasetManifest, InputRecord } from "../../dataset/records.js";
import { type DatasetProgress, openDataset } from "../../dataset/writer.js";
import type { CountingModel, NoiseModel } from "../../physics/noise.js";
import type { Optics } from "../../physics/optics/optics.js";
import { prepareProjector } from "../../physics/projection/projector.js";
import type { Orientations } from "../../physics/specimen/orientations.js";
import { prepareSilhouette } from "../../physics/specimen/silhouette.js";
import { DATASET_CLAIM, inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { hashFile } from "../shared/hash-file.js";
import { coarsen, mapDiameter, readDensityMap } from "../shared/maps/density-map.js";
import { refuseBeyondMemory } from "../shared/memory.js";
import { boundsOf, refuseMissing, requireTables, type ShardDone } from "../shared/share.js";
import { type Consensus, readConsensus } from "./consensus.js";
import { type DetectorSource, readDetector, writeMtf } from "./detector.js";
import type { DefocusSource, IceSource } from "./draw.js";
import { readSimulationEstimates, type SimulationEstimates } from "./estimates.js";
import { refuseCrowd, simulationMemory } from "./limits.js";
import type { SimulationSetup, SimulationTarget } from "./micrograph.js";
import { WITHOUT_ESTIMATES } from "./options.js";
import { readOrientations, symmetryDoubt } from "./orientations.js";
import { defaultParticles, type SimulationPlan } from "./plan.js";

/**
 * Simulates a dataset of labelled micrographs, or what is still missing of it. With `shard` join it only joins what is there.
 *
 * @throws FileError or FormatError for an input, FileError for micrographs that are missing when they are to be joined, UsageError for
 *   a folder that holds something else, AbortError
 */
export async function simulateDataset(
  plan: SimulationPlan,
  context: DatasetContext,
): Promise<DatasetManifest> {
  requireTables(plan.assignment, "simulateShard");
  return inDatasetFolder(plan, context, async (opened) => {
    const { progress, sources } = opened;
    const { files, report } = context;
    if (progress.finished) report.note(`${plan.out} is complete already`);
    else {
      if (plan.assignment.share.kind === "join") {
        refuseMissing(plan.out, progress.missing, { total: plan.count });
      }
      await writeMtf(files, plan.out, sources.detector);
      await simulateMissing(progress.missing, plan, opened, context);
    }
    const manifest = progress.finished
      ? (await readDataset(files, plan.out)).manifest
      : await joinDataset(files, plan.out);
    if (plan.labels) await writeLabels(files, plan.out, plan.labels);
    return manifest;
  });
}

/** Simulates the micrographs of one share, or what is still missing of them. @throws as `simulateDataset` */
export async function simulateShard(plan: SimulationPlan, context: DatasetContext): Promise<ShardDone> {
  return inDatasetFolder(plan, context, async (opened) => {
    const [from, to] = boundsOf(plan.assignment.share, plan.count);
    const missing = opened.progress.missing.filter((index) => index > from && index <= to);
    await simulateMissing(missing, plan, opened, context);
    return { out: plan.out, micrographs: to - from };
  });
}

interface OpenSimulation {
  readonly sources: Sources;
  readonly progress: DatasetProgress;
}

async function inDatasetFolder<T>(
  plan: SimulationPlan,
  context: DatasetContext,
  work: (opened: OpenSimulation) => Promise<T>,
): Promise<T> {
  const { files, report } = context;
  const { assignment } = plan;
  return inClaimedFolder(files, plan.out, { ...DATASET_CLAIM, assignment }, async () => {
    const sources = await readSources(plan, context);
    if (sources.estimates?.isDoubtful && !plan.defocus) {
      report.warn("no real micrograph has reliable Thon rings: consider giving `defocus`");
    }
    const job = datasetJob(plan, sources, context.program);
    const isAlone = assignment.share.kind !== "shard";
    const progress = await openDataset(files, plan.out, job, imageKinds(plan.keepClean), isAlone);
    return work({ sources, progress });
  });
}

async function simulateMissing(
  missing: readonly number[],
  plan: SimulationPlan,
  { sources }: OpenSimulation,
  { report, signal, workers }: DatasetContext,
): Promise<void> {
  if (missing.length === 0) return;
  for (const [i, name] of plan.symmetries.entries()) {
    const doubt = symmetryDoubt(sources.volumes[i]!, name, plan.maps[i]!.path);
    if (doubt) report.warn(doubt);
  }
  const setup = prepareSimulation(plan, sources);
  const shared: SimulationTarget = { setup, dir: plan.out, mode: plan.mode };
  const [from, to] = boundsOf(plan.assignment.share, plan.count);
  let done = to - from - missing.length;
  let placed = 0;
  let requested = 0;
  const tell = (): void =>
    report.progress({ stage: "simulate", done, total: to - from, unit: "micrographs" });
  tell();
  await workers.map("simulate-micrograph", missing, {
    signal,
    shared,
    onResult: (made) => {
      done++;
      placed += made.placed;
      requested += made.requested;
      tell();
    },
  });
  if (placed < requested) {
    report.warn(
      `${requested - placed} of ${requested} particles found no place: ask for fewer \`particles\`, or a lower \`collapseRatio\``,
    );
  }
  signal.throwIfAborted();
}

/** Nearer than this no two particles lie whose densities are told apart: one was picked twice. */
const LEAST_RATIO = 0.1;

/** The inputs of a simulation, read and measured. */
interface Sources {
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

async function readSources(plan: SimulationPlan, context: DatasetContext): Promise<Sources> {
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
      : await readConsensus(plan.consensus, files, (line) => context.report.warn(line));
  if (consensus) inputs.push(...consensus.inputs);
  const orientations = await readOrientations(plan.orientations, files, consensus);
  if (plan.orientations.kind === "star")
    inputs.push(await hashFile(plan.orientations.path, undefined, files));
  const pixelSize = wanted ?? volumes[0]!.voxelSize;
  const detector = await readDetector(plan, pixelSize, files);
  inputs.push(...detector.inputs);
  const diameters = volumes.map((volume) => plan.diameter ?? mapDiameter(volume));
  refuseOtherNoise(plan, pixelSize, estimates);
  const maps = volumes.map(({ shape, voxelSize }) => ({ longest: Math.max(...shape), voxelSize }));
  const hasDepth = plan.depth > 0;
  const workers = context.workers.count;
  refuseCrowd(plan, particlesOf(plan, { pixelSize, diameters, estimates, consensus })[0], diameters);
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

function datasetJob(plan: SimulationPlan, sources: Sources, program: string): DatasetJob {
  return {
    program,
    command: "simulate",
    options: plan.record,
    seed: plan.seed,
    inputs: sources.inputs,
    optics: opticsOf(plan, sources),
    particleDiameter: Math.max(...sources.diameters),
    ...(plan.bFactor > 0 && { bFactor: plan.bFactor }),
    ...(sources.detector.mtf && { mtf: sources.detector.mtf }),
    count: plan.count,
  };
}

/** What the user says, else what was estimated, else the default. */
function opticsOf(plan: SimulationPlan, { pixelSize, estimates, consensus }: Sources): Optics {
  const measured = estimates?.optics ?? consensus?.optics;
  const d = WITHOUT_ESTIMATES;
  return {
    pixelSize,
    voltage: plan.voltage ?? measured?.voltage ?? d.voltage,
    sphericalAberration: plan.cs ?? measured?.sphericalAberration ?? d.cs,
    amplitudeContrast: plan.amplitudeContrast ?? measured?.amplitudeContrast ?? d.amplitudeContrast,
  };
}

function prepareSimulation(plan: SimulationPlan, sources: Sources): SimulationSetup {
  const { pixelSize, diameters } = sources;
  const [mean, standardDeviation] = particlesOf(plan, sources);
  const volumes = sameUnit(sources.volumes.map((volume) => coarsen(volume, pixelSize)));
  return {
    shape: plan.size,
    optics: opticsOf(plan, sources),
    bFactor: plan.bFactor,
    coherence: { focalSpread: plan.focalSpread, convergence: plan.convergence },
    detector: sources.detector.curves,
    orientations: sources.orientations,
    projectors: volumes.map((volume) => prepareProjector(volume, { pixelSize })),
    structures: plan.maps.map(({ weight }, i) => ({
      ...{ diameter: diameters[i]!, weight },
      symmetry: plan.symmetries[i]!,
    })),
    particles: { mean, standardDeviation },
    silhouettes:
      plan.exclusion === "outline"
        ? volumes.map((volume) => prepareSilhouette(volume, Math.max(...diameters)))
        : undefined,
    collapseRatio: collapseRatioOf(plan, sources),
    clustering: plan.clustering,
    iceThickness: plan.depth,
    strengthSpread: plan.strengthSpread,
    contaminants: plan.contaminants,
    defocus: defocusSource(plan, sources),
    ice: iceSource(plan, sources),
    noise: noiseModel(plan, sources, volumes[0]!.voxelSize),
    keepClean: plan.keepClean,
    seed: plan.seed,
  };
}

/** A projection is a sum over sections: maps whose sections differ in thickness are brought to that of the first. */
function sameUnit(volumes: readonly Volume[]): Volume[] {
  const [first] = volumes;
  return volumes.map((volume) => {
    const factor = volume.voxelSize / first!.voxelSize;
    return factor === 1 ? volume : { ...volume, data: volume.data.map((value) => factor * value) };
  });
}

function particlesOf(
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

/** How near particles come: as given, or as the nearest neighbours of a refinement do, at most side by side. */
function collapseRatioOf(
  { spacing, collapseRatio }: SimulationPlan,
  { consensus, diameters }: Sources,
): number {
  if (spacing === "given" || consensus?.spacing === undefined) return collapseRatio;
  return Math.min(1, Math.max(LEAST_RATIO, consensus.spacing / Math.max(...diameters)));
}

function defocusSource(plan: SimulationPlan, { estimates, consensus }: Sources): DefocusSource {
  const { phaseShift } = plan;
  const measured = consensus && consensus.defocus.length > 0 ? consensus.defocus : estimates?.defocus;
  if (measured && !plan.defocus) {
    return { kind: "measured", measured, ...(phaseShift !== undefined && { phaseShift }) };
  }
  const [low, high] = plan.defocus ?? WITHOUT_ESTIMATES.defocus;
  const { astigmatism } = plan;
  return { kind: "range", low, high, astigmatism, phaseShift: phaseShift ?? WITHOUT_ESTIMATES.phaseShift };
}

function iceSource(plan: SimulationPlan, { estimates }: Sources): IceSource {
  if (plan.iceGradient !== undefined) return { kind: "made-up", depth: plan.iceGradient };
  return estimates ? { kind: "measured", measured: estimates.ice } : { kind: "even" };
}

/** @param voxelSize angstrom, of the sections whose sum is a micrograph */
function noiseModel(
  plan: SimulationPlan,
  sources: Sources,
  voxelSize: number,
): NoiseModel | CountingModel | undefined {
  const { pixelSize, estimates, detector } = sources;
  const { kind, snr, dose, gaussianShare } = plan.noise;
  const counts = { ...detector.curves, dose, pixelSize };
  if (kind === "counting") return { ...counts, kind, voxelSize, voltage: opticsOf(plan, sources).voltage };
  if (kind === "none") return undefined;
  if (kind === "poisson") return { ...counts, kind, snr };
  if (kind === "poisson-gaussian") return { ...counts, kind, snr, gaussianShare };
  if (kind === "white" || !estimates) return { kind: "gaussian", snr };
  return { kind, snr, power: estimates.noisePower(plan.size) };
}
