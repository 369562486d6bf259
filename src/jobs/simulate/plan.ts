import { OptionError } from "../../core/errors.js";
import { recordOf, resolveOptions } from "../shared/options/check.js";
import { type Assignment, assignmentOf } from "../shared/share.js";
import {
  type ResolvedSimulateOptions,
  type SimulateOptions,
  simulateCommand,
  simulateOptions,
  WITHOUT_ESTIMATES,
} from "./options.js";
import { type OrientationRequest, parseOrientations, symmetriesOf } from "./orientations.js";

export type { SimulateOptions } from "./options.js";

/** Kinds of a plan: counting is poisson at the contrast of a map in volt, where no SNR is given. */
type PlannedNoise = NonNullable<SimulateOptions["noise"]> | "counting" | "none";

/** A simulation as decided from its options, before any file is read: the options by their names, and what follows from them. */
export interface SimulationPlan
  extends Omit<ResolvedSimulateOptions, "map" | "noise" | "particles" | "orientations" | "shard"> {
  readonly assignment: Assignment;
  readonly maps: readonly { readonly path: string; readonly weight: number }[];
  /** On a micrograph; absent: as estimated, or discs over a quarter of the area. */
  readonly particles: readonly [mean: number, deviation: number] | undefined;
  readonly astigmatism: number;
  /** Whether `collapseRatio` is as given, or to be measured on the particles of `consensus`. */
  readonly spacing: "given" | "measured";
  readonly noise: {
    readonly kind: PlannedNoise;
    readonly snr: number;
    readonly dose: number;
    readonly gaussianShare: number;
  };
  readonly orientations: OrientationRequest;
  /** One group for each map. */
  readonly symmetries: readonly string[];
  /** What the manifest records: every option that decides the files, JSON as it will be read back. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Angstrom: nobody means a defocus as near to focus but in micrometres. */
const NEAR_FOCUS = 50;

/** Angstrom, where only the mean defocus is given. */
const ASTIGMATISM = 200;
/** Electrons per square angstrom: a typical exposure of single particles. */
const DOSE = 40;
const GAUSSIAN_SHARE = 0.5;

/**
 * Decides a simulation from its options, without touching a file.
 *
 * @throws OptionError for an option out of its range, and for options that clash
 */
export function planSimulation(given: SimulateOptions): SimulationPlan {
  const options = resolveOptions(simulateOptions, given);
  refuseClashes(options);
  const { map, noise: _, particles, orientations, shard: _shard, ...rest } = options;
  const ofConsensus = options.consensus !== undefined && given.orientations === undefined;
  const request: OrientationRequest = ofConsensus
    ? { kind: "consensus", keepPsi: options.keepPsi }
    : parseOrientations(orientations, options.keepPsi);
  const spacing = options.consensus !== undefined && given.collapseRatio === undefined ? "measured" : "given";
  const noise = noiseOf(options);
  const astigmatism = options.astigmatism ?? ASTIGMATISM;
  return {
    ...{ ...rest, noise, astigmatism, spacing },
    assignment: assignmentOf(simulateCommand, given),
    maps: map.map((path, i) => ({ path, weight: options.ratios?.[i] ?? 1 })),
    particles: particles && [particles[0]!, particles[1] ?? 0],
    orientations: request,
    symmetries: symmetriesOf(options.symmetry, map.length),
    record: recordOfPlan(options, request, noise, spacing),
  };
}

/** Poisson noise with a dose and no SNR: the contrast is the map's own, in volt. */
const countsAtDose = ({ noise, dose, snr }: ResolvedSimulateOptions): boolean =>
  noise === "poisson" && dose !== undefined && snr === undefined;

const isNoisy = (options: ResolvedSimulateOptions): boolean =>
  countsAtDose(options) || (options.snr ?? Number.POSITIVE_INFINITY) !== Number.POSITIVE_INFINITY;

function noiseOf(options: ResolvedSimulateOptions): SimulationPlan["noise"] {
  const kind = isNoisy(options) ? (options.noise ?? "white") : "none";
  return {
    kind: countsAtDose(options) ? "counting" : kind,
    snr: options.snr ?? Number.POSITIVE_INFINITY,
    dose: options.dose ?? DOSE,
    gaussianShare: options.gaussianShare ?? GAUSSIAN_SHARE,
  };
}

/** What decides the files: options, with the part of the noise's that is used, and which inputs there are. */
function recordOfPlan(
  options: ResolvedSimulateOptions,
  orientations: OrientationRequest,
  { kind, snr, dose, gaussianShare }: SimulationPlan["noise"],
  spacing: SimulationPlan["spacing"],
): SimulationPlan["record"] {
  const {
    snr: _snr,
    dose: _dose,
    gaussianShare: _share,
    collapseRatio,
    ...rest
  } = recordOf(simulateOptions, options);
  const strength = Number.isFinite(snr) ? snr : "inf";
  const noise = {
    none: { snr: "inf" },
    white: { kind, snr: strength },
    coloured: { kind, snr: strength },
    poisson: { kind, snr: strength, dose },
    "poisson-gaussian": { kind, snr: strength, dose, gaussianShare },
    counting: { kind, dose },
  }[kind];
  const inputs = {
    estimates: options.estimates !== undefined,
    mtf: options.mtf !== undefined,
    dqe: options.dqe !== undefined,
    ...(options.consensus && { consensus: true }),
  };
  const isMeasured = inputs.estimates || options.consensus !== undefined;
  const defocus = options.defocus ?? (isMeasured ? undefined : WITHOUT_ESTIMATES.defocus);
  return {
    ...rest,
    ...(spacing === "given" && { collapseRatio }),
    ...(defocus && { defocus, astigmatism: options.astigmatism ?? ASTIGMATISM }),
    ...{ noise, orientations: withoutPaths(orientations), ...inputs },
  };
}

/** Views out of a STAR file are recorded as an input, with their contents. */
const withoutPaths = (request: OrientationRequest): unknown =>
  request.kind === "star" ? { kind: "star", keepPsi: request.keepPsi } : request;

function refuseClashes(o: ResolvedSimulateOptions): void {
  const refuse = (option: keyof SimulateOptions, problem: string): never => {
    throw new OptionError(option, problem);
  };
  const noisy = isNoisy(o);
  const isPoisson = o.noise === "poisson" || o.noise === "poisson-gaussian";
  if (o.defocus?.every((value) => value !== 0 && Math.abs(value) < NEAR_FOCUS)) {
    refuse("defocus", `found ${o.defocus}, expected angstrom, as 15000,25000, not micrometre`);
  }
  if (o.particles && o.particles[0]! < 1)
    refuse("particles", `found ${o.particles[0]}, expected a mean of at least 1`);
  if (o.ratios && o.ratios.length !== o.map.length) {
    refuse("ratios", `found ${o.ratios.length}, expected one for each of ${o.map.length} maps`);
  }
  if (o.ratios?.every((ratio) => ratio === 0)) {
    refuse("ratios", `found ${o.ratios}, expected at least one above 0, 0 to 1000000`);
  }
  if (o.noise && !noisy) {
    refuse("noise", "found no `snr`, expected the strength of the noise with it, or `dose` for poisson");
  }
  if (o.clustering > 0 && (o.exclusion === "disc" || o.collapseRatio === 0)) {
    refuse("clustering", "expected `exclusion` outline and a `collapseRatio` above 0, since outlines touch");
  }
  if (o.keepClean && !noisy) refuse("keepClean", "found no noise, expected `snr` with it");
  if (o.noise === "coloured" && o.estimates === undefined) {
    refuse("noise", "found coloured without `estimates`, expected the folder with the measured spectrum");
  }
  if (o.dose !== undefined && !isPoisson) {
    refuse("dose", "expected `noise` poisson or poisson-gaussian with it");
  }
  if (o.dqe !== undefined && !(noisy && isPoisson)) {
    refuse("dqe", "expected `noise` poisson or poisson-gaussian with it, whose electrons it counts");
  }
  if (o.mtfPixelSize !== undefined && o.mtf === undefined && o.dqe === undefined) {
    refuse("mtfPixelSize", "found no `mtf`, expected the curve that it belongs to");
  }
  if (o.gaussianShare !== undefined && o.noise !== "poisson-gaussian") {
    refuse("gaussianShare", "expected `noise` poisson-gaussian with it");
  }
  const measured = o.consensus ? "consensus" : o.estimates === undefined ? undefined : "estimates";
  if (o.astigmatism !== undefined && measured && !o.defocus) {
    refuse("astigmatism", `found \`${measured}\`, which give it; expected \`defocus\` with it`);
  }
}

/** Mean and deviation of the particle count where the user gives none: discs over a quarter of the field. */
export function defaultParticles(
  shape: readonly [rows: number, columns: number],
  pixelSize: number,
  diameter: number,
): readonly [mean: number, deviation: number] {
  const disc = (Math.PI / 4) * (diameter / pixelSize) ** 2;
  const mean = Math.max(1, Math.round((0.25 * shape[0] * shape[1]) / disc));
  return [mean, Math.round(mean / 5)];
}
