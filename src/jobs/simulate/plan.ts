import { inRange, integerInRange } from "../../core/check.js";
import { UsageError } from "../../core/errors.js";
import type { StorageMode } from "../../dataset/images.js";
import type { LabelForm } from "../../dataset/labels.js";
import { type OrientationRequest, parseOrientations, symmetriesOf } from "./orientations.js";

export type NoiseKind = "white" | "coloured" | "poisson" | "poisson-gaussian";

export type Exclusion = "outline" | "disc";

/** Kinds of a plan: counting is poisson at the contrast of a map in volt, where no SNR is given. */
type PlannedNoise = NoiseKind | "counting";

/** What a user may ask of `simulate`; absent means the default, or what the estimates say. */
export interface SimulateOptions {
  /** Density maps, MRC; several are mixed. */
  readonly map: readonly string[];
  readonly out: string;
  /** Shares of the maps. */
  readonly ratios?: readonly number[];
  /** Angstrom; absent: that of the estimates, or the map's voxel size. */
  readonly pixelSize?: number;
  /** Pixels. */
  readonly size?: readonly [rows: number, columns: number];
  /** Micrographs. */
  readonly count?: number;
  /** A micrograph; absent: discs over a quarter of the area. */
  readonly particles?: readonly [mean: number, deviation: number];
  /** Angstrom; absent: measured on the map. */
  readonly diameter?: number;
  /** How particles keep clear of each other: by their own outlines, or as discs of their diameter. */
  readonly exclusion?: Exclusion;
  readonly collapseRatio?: number;
  readonly clustering?: number;
  /** Ice thickness over which particles lie, angstrom. */
  readonly depth?: number;
  /** Fall of a made-up ice gradient, 0 to 0.9. */
  readonly iceGradient?: number;
  /** Angstrom, positive = underfocus. */
  readonly defocus?: readonly [low: number, high: number];
  /** Largest difference of defocus U and V, angstrom. */
  readonly astigmatism?: number;
  /** Degrees. */
  readonly phaseShift?: number;
  /** kV. */
  readonly voltage?: number;
  /** Spherical aberration, mm. */
  readonly cs?: number;
  readonly amplitudeContrast?: number;
  /** Angstrom squared. */
  readonly bFactor?: number;
  /** Standard deviation of the focus, angstrom. */
  readonly focalSpread?: number;
  /** Half angle of illumination, milliradian. */
  readonly convergence?: number;
  /** STAR files of the detector's curves. */
  readonly mtf?: string;
  readonly dqe?: string;
  /** Angstrom, of the detector's physical pixels, to which the curves refer. */
  readonly mtfPixelSize?: number;
  /** Folder that `estimate` wrote. */
  readonly estimates?: string;
  /** RELION's name of the maps' point group, or names with commas between, one a map. */
  readonly symmetry?: string;
  /** uniform, cones as cone:rot,tilt,half-angle[,weight], or one STAR file. */
  readonly orientations?: readonly string[];
  /** In-plane angles of the STAR file too. */
  readonly keepPsi?: boolean;
  /** Variance of signal over variance of noise; Infinity: no noise. */
  readonly snr?: number;
  readonly noise?: NoiseKind;
  /** Electrons per square angstrom. */
  readonly dose?: number;
  /** Share of read-out noise in the variance, for poisson-gaussian. */
  readonly gaussianShare?: number;
  readonly seed?: number;
  readonly mode?: StorageMode;
  readonly keepClean?: boolean;
  /** Further forms of the labels. */
  readonly labels?: readonly LabelForm[];
}

/** A simulation decided as far as that needs no file. */
export interface SimulationPlan {
  readonly out: string;
  readonly maps: readonly { readonly path: string; readonly weight: number }[];
  readonly estimates: string | undefined;
  readonly pixelSize: number | undefined;
  readonly shape: readonly [rows: number, columns: number];
  readonly count: number;
  readonly particles: readonly [mean: number, deviation: number] | undefined;
  readonly diameter: number | undefined;
  readonly exclusion: Exclusion;
  readonly collapseRatio: number;
  readonly clustering: number;
  readonly depth: number;
  readonly iceGradient: number | undefined;
  readonly defocus: readonly [low: number, high: number] | undefined;
  readonly astigmatism: number;
  readonly phaseShift: number | undefined;
  readonly voltage: number | undefined;
  readonly sphericalAberration: number | undefined;
  readonly amplitudeContrast: number | undefined;
  readonly bFactor: number;
  readonly focalSpread: number;
  readonly convergence: number;
  readonly detector: {
    readonly mtf: string | undefined;
    readonly dqe: string | undefined;
    readonly pixelSize: number | undefined;
  };
  readonly noise: {
    readonly kind: PlannedNoise;
    readonly snr: number;
    readonly dose: number;
    readonly gaussianShare: number;
  };
  readonly seed: number;
  readonly mode: StorageMode;
  readonly keepClean: boolean;
  /** As given: one group for all maps, or one a map with commas between. */
  readonly symmetry: string;
  readonly orientations: OrientationRequest;
  readonly labels: readonly LabelForm[];
  /** What the manifest records: every option that decides the files, JSON as it will be read back. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Options that `simulate` uses where neither the user nor the estimates say otherwise. */
export const SIMULATE_DEFAULTS = {
  size: [1024, 1024],
  count: 10,
  exclusion: "outline",
  collapseRatio: 1,
  clustering: 0,
  depth: 0,
  defocus: [10_000, 25_000],
  astigmatism: 200,
  phaseShift: 0,
  voltage: 300,
  cs: 2.7,
  amplitudeContrast: 0.1,
  bFactor: 0,
  focalSpread: 0,
  convergence: 0,
  snr: Number.POSITIVE_INFINITY,
  noise: "white",
  dose: 40,
  gaussianShare: 0.5,
  seed: 1,
  mode: "float32",
} as const;

/**
 * Decides a simulation from its options, without touching a file.
 *
 * @throws UsageError for options that clash, DomainError for one outside its range
 */
export function planSimulation(options: SimulateOptions): SimulationPlan {
  refuseClashes(options);
  const d = SIMULATE_DEFAULTS;
  const snr = options.snr ?? d.snr;
  const shape = options.size ?? d.size;
  for (const n of shape) integerInRange("--size", n, 32, 32_768);
  if (options.particles) inRange("--particles", options.particles[0], "on average", 1, 1e6);
  const plan = {
    out: options.out,
    maps: options.map.map((path, i) => ({ path, weight: options.ratios?.[i] ?? 1 })),
    estimates: options.estimates,
    pixelSize: options.pixelSize,
    shape,
    count: integerInRange("--count", options.count ?? d.count, 1, 999_999),
    particles: options.particles,
    diameter: options.diameter,
    exclusion: options.exclusion ?? d.exclusion,
    collapseRatio: options.collapseRatio ?? d.collapseRatio,
    clustering: options.clustering ?? d.clustering,
    depth: options.depth ?? d.depth,
    iceGradient: options.iceGradient,
    defocus: options.defocus ?? (options.estimates === undefined ? d.defocus : undefined),
    astigmatism: options.astigmatism ?? d.astigmatism,
    phaseShift: options.phaseShift,
    voltage: options.voltage,
    sphericalAberration: options.cs,
    amplitudeContrast: options.amplitudeContrast,
    bFactor: options.bFactor ?? d.bFactor,
    focalSpread: options.focalSpread ?? d.focalSpread,
    convergence: options.convergence ?? d.convergence,
    detector: { mtf: options.mtf, dqe: options.dqe, pixelSize: options.mtfPixelSize },
    noise: {
      kind: countsAtDose(options) ? ("counting" as const) : (options.noise ?? d.noise),
      snr,
      dose: options.dose ?? d.dose,
      gaussianShare: options.gaussianShare ?? d.gaussianShare,
    },
    seed: options.seed ?? d.seed,
    mode: options.mode ?? d.mode,
    keepClean: options.keepClean ?? false,
    symmetry: options.symmetry ?? "C1",
    orientations: parseOrientations(options.orientations ?? [], options.keepPsi ?? false),
  };
  symmetriesOf(plan.symmetry, plan.maps.length);
  return { ...plan, labels: options.labels ?? [], record: recordOf(plan) };
}

/** Poisson noise with a dose and no SNR: the contrast is the map's own, in volt. */
const countsAtDose = (o: SimulateOptions): boolean =>
  o.noise === "poisson" && o.dose !== undefined && o.snr === undefined;

/** Options that decide something. Paths are recorded as inputs, with their contents; Infinity, which JSON lacks, as "inf". */
function recordOf({
  out: _out,
  maps,
  estimates,
  seed: _seed,
  ...plan
}: Omit<SimulationPlan, "record" | "labels">) {
  const { kind, snr, dose, gaussianShare } = plan.noise;
  const used = {
    none: { snr },
    white: { kind, snr },
    coloured: { kind, snr },
    poisson: { kind, snr, dose },
    "poisson-gaussian": { kind, snr, dose, gaussianShare },
    counting: { kind, dose },
  }[snr === Number.POSITIVE_INFINITY && kind !== "counting" ? "none" : kind];
  const { mtf, dqe, pixelSize } = plan.detector;
  const options = {
    ...plan,
    ...withoutPaths(plan.orientations),
    detector: mtf || dqe ? { mtf: mtf !== undefined, dqe: dqe !== undefined, pixelSize } : undefined,
    focalSpread: plan.focalSpread || undefined,
    convergence: plan.convergence || undefined,
    noise: used,
    astigmatism: plan.defocus && plan.astigmatism,
    maps: maps.map(({ weight }) => weight),
    estimates: estimates !== undefined,
  };
  return JSON.parse(
    JSON.stringify(options, (_key, value) => (value === Number.POSITIVE_INFINITY ? "inf" : value)),
  ) as Record<string, unknown>;
}

/** Uniform orientations, as ever, are not worth a line. */
function withoutPaths(request: OrientationRequest): { readonly orientations: unknown } {
  if (request.kind === "star") return { orientations: { kind: "star", keepPsi: request.keepPsi } };
  return { orientations: request.kind === "uniform" ? undefined : request };
}

function refuseClashes(o: SimulateOptions): void {
  const refuse = (message: string): never => {
    throw new UsageError(message);
  };
  const isNoisy = countsAtDose(o) || (o.snr !== undefined && o.snr !== Number.POSITIVE_INFINITY);
  if (o.map.length === 0) refuse("--map: found none, expected at least one density map");
  if (o.ratios && o.ratios.length !== o.map.length) {
    refuse(`--ratios: found ${o.ratios.length}, expected one for each of ${o.map.length} maps`);
  }
  if (o.noise && !isNoisy)
    refuse("--noise: found no --snr, expected the strength of the noise with it, or --dose for poisson");
  if (o.clustering && (o.exclusion === "disc" || o.collapseRatio === 0)) {
    refuse("--clustering: expected --exclusion outline and a --collapse-ratio above 0, since outlines touch");
  }
  if (o.keepClean && !isNoisy) refuse("--keep-clean: found no noise, expected --snr with it");
  if (o.noise === "coloured" && o.estimates === undefined) {
    refuse("--noise coloured: found no --estimates, expected the folder with the measured spectrum");
  }
  if (o.dose !== undefined && !o.noise?.startsWith("poisson")) {
    refuse("--dose: expected --noise poisson or poisson-gaussian with it");
  }
  if (o.dqe !== undefined && !(isNoisy && o.noise?.startsWith("poisson"))) {
    refuse("--dqe: expected --noise poisson or poisson-gaussian with it, whose electrons it counts");
  }
  if (o.mtfPixelSize !== undefined && o.mtf === undefined && o.dqe === undefined) {
    refuse("--mtf-pixel-size: found no --mtf, expected the curve that it belongs to");
  }
  if (o.gaussianShare !== undefined && o.noise !== "poisson-gaussian") {
    refuse("--gaussian-share: expected --noise poisson-gaussian with it");
  }
  if (o.defocus && o.defocus[0] > o.defocus[1]) {
    refuse(`--defocus: found ${o.defocus.join(",")}, expected the lower number first`);
  }
  if (o.astigmatism !== undefined && o.estimates !== undefined && !o.defocus) {
    refuse("--astigmatism: found --estimates, which give it; expected --defocus with it");
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
