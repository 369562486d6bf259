import type { Volume } from "../../array/image.js";
import type { CountingModel, NoiseModel } from "../../physics/noise.js";
import { prepareProjector } from "../../physics/projection/projector.js";
import { prepareSilhouette } from "../../physics/specimen/silhouette.js";
import { coarsen } from "../shared/maps/density-map.js";
import type { DefocusSource, IceSource } from "./draw.js";
import type { SimulationSetup } from "./micrograph.js";
import { WITHOUT_ESTIMATES } from "./options.js";
import type { SimulationPlan } from "./plan.js";
import { opticsOf, particlesOf, type Sources } from "./sources.js";

/** Nearer than this no two particles lie whose densities are told apart: one was picked twice. */
const LEAST_RATIO = 0.1;

/** All that a worker needs to simulate a micrograph: what was asked for, else what the sources tell. */
export function prepareSimulation(plan: SimulationPlan, sources: Sources): SimulationSetup {
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
    micrographSpread: plan.micrographSpread,
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
