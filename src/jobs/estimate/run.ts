import { mean, quantile, standardDeviation } from "../../array/statistics.js";
import { inside } from "../../dataset/layout.js";
import { opticsBlock } from "../../dataset/star.js";
import { ANISOTROPY_TILE, NOISE_TILE } from "../../estimate/noise/noise.js";
import { noiseFrequencies } from "../../estimate/noise/noise-grid.js";
import { averageNoise, type NoiseSpectrum } from "../../estimate/noise/noise-spectrum.js";
import { starColumns } from "../../io/star/names.js";
import { writeStar } from "../../io/star/write.js";
import { lineChart } from "../../plot/line-chart.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { tellEarlierRun } from "../shared/micrographs/earlier-run.js";
import { tellMicrographRemarks } from "../shared/micrographs/header-remarks.js";
import { PixelSizeWatch } from "../shared/micrographs/pixel-size.js";
import { startProgress } from "../shared/progress.js";
import { ofShare, refuseMissing, requireTables, type ShardDone } from "../shared/share.js";
import { readKnownCtfs } from "./known-ctfs.js";
import type { EstimateInput, EstimateTarget } from "./micrograph.js";
import type { EstimatePlan } from "./plan.js";
import {
  type EstimatePart,
  type Estimates,
  hasRings,
  isCtfKnown,
  type MicrographEstimate,
  ringsDoubt,
} from "./records.js";

/** Files of a folder of estimates beside the folders ctf, ice and measured. */
export const ESTIMATES = {
  record: "estimates.json",
  star: "micrographs_ctf.star",
  noise: "noise.svg",
} as const;

/**
 * Measures what a simulation needs on real micrographs: CTF, ice gradient and noise of each, and how these are distributed.
 * Micrographs measured before with the same settings are not measured again. With `shard` join it only puts together what was measured.
 *
 * @throws FormatError for a micrograph that cannot be measured, FileError for micrographs that are not measured when they are to be joined,
 *   UsageError for a folder with something else, AbortError
 */
export async function estimateMicrographs(plan: EstimatePlan, context: DatasetContext): Promise<Estimates> {
  requireTables(plan.assignment, "estimateShard");
  return inEstimatesFolder(plan, context, async () => {
    const { files, program, report } = context;
    const parts = await measureShare(plan, context);
    const noise = averageNoise(reliableOf(parts, ({ micrograph }) => micrograph).map(noiseOfPart));
    const estimates = joinEstimates(plan, parts, noise, program);
    tellSize(estimates, plan.settings, report.note);
    await tellEarlierRun(plan, { measured: "measured", what: "pictures" }, context);
    await files.write(inside(plan.out, ESTIMATES.star), micrographsCtfStar(estimates));
    await files.write(inside(plan.out, ESTIMATES.noise), noiseChart(noise, plan.settings.optics.pixelSize));
    await files.write(inside(plan.out, ESTIMATES.record), `${JSON.stringify(estimates, null, 1)}\n`);
    return estimates;
  });
}

/** Measures the micrographs of one share. @throws as `estimateMicrographs` */
export async function estimateShard(plan: EstimatePlan, context: DatasetContext): Promise<ShardDone> {
  return inEstimatesFolder(plan, context, async () => {
    const parts = await measureShare(plan, context);
    return { out: plan.out, micrographs: parts.length };
  });
}

const inEstimatesFolder = <T>(
  { out, assignment }: EstimatePlan,
  { files }: DatasetContext,
  work: () => Promise<T>,
): Promise<T> =>
  inClaimedFolder(
    files,
    out,
    { holds: "estimates", marks: [ESTIMATES.record, "measured"], assignment },
    work,
  );

/** What was measured on the micrographs of the share, those measured before among them. */
async function measureShare(plan: EstimatePlan, context: DatasetContext): Promise<readonly EstimatePart[]> {
  const { report, signal, workers, program } = context;
  const { share } = plan.assignment;
  const micrographs = ofShare(plan.micrographs, share);
  const total = micrographs.length;
  const advance = startProgress(report, { stage: "estimate", total, unit: "micrographs" });
  const joins = share.kind === "join";
  const shared: EstimateTarget = { settings: plan.settings, dir: plan.out, program, joins };
  const known =
    plan.ctf === undefined
      ? undefined
      : await readKnownCtfs(plan.ctf, plan.micrographs, plan.settings, context);
  const inputs = micrographs.map((each): EstimateInput => {
    const ctf = known?.get(each.stem);
    return ctf ? { ...each, ctf } : each;
  });
  if (!joins)
    await tellMicrographRemarks(
      micrographs.map(({ path }) => path),
      context,
    );
  const watch = new PixelSizeWatch(plan.settings.optics.pixelSize, report);
  const parts = await workers.map("estimate-micrograph", inputs, {
    signal,
    shared,
    onResult: (part) => {
      advance();
      if (!part) return;
      watch.see(part.micrograph.file, part.headerPixelSize);
      const { file, evidence } = part.micrograph;
      const doubt = known ? undefined : ringsDoubt(file, evidence);
      if (doubt) report.warn(doubt);
    },
  });
  signal.throwIfAborted();
  watch.close();
  const missing = micrographs.filter((_, i) => !parts[i]).map(({ stem }) => stem);
  refuseMissing(plan.out, missing, { total });
  const measured = parts.filter((part) => part !== undefined);
  if (plan.ctf !== undefined) tellUnseenRings(measured, plan.ctf, plan.settings, report.note);
  return measured;
}

/** CTFs of a table stay as they are where the micrographs do not show their rings; a table of other micrographs would look the same. */
function tellUnseenRings(
  parts: readonly EstimatePart[],
  ctf: string,
  { optics }: EstimatePlan["settings"],
  note: (line: string) => void,
): void {
  const unseen = parts.filter(({ micrograph }) => !hasRings(micrograph)).length;
  if (unseen === 0) return;
  note(
    `${ctf}: its CTFs are used. In ${unseen} of ${parts.length} micrographs no Thon rings of them are seen at ` +
      `${Number(optics.pixelSize.toPrecision(4))} angstrom per pixel`,
  );
}

/** What a user who gave no diameter, or another one, wants to know. */
function tellSize(
  { micrographs, distributions: { particleSize } }: Estimates,
  { countsParticles, particleDiameter }: EstimatePlan["settings"],
  note: (line: string) => void,
): void {
  if (particleSize === null) return;
  const seen = micrographs.filter((m) => m.particleSize !== null).length;
  const size = `particles look ${Math.round(particleSize)} angstrom across (median of ${seen} micrographs)`;
  if (!countsParticles) note(`${size}: with \`particleDiameter\` they are counted`);
  else if (Math.abs(particleSize / particleDiameter - 1) > 0.25) note(`${size}, not ${particleDiameter}`);
}

/** Those whose CTF is known, by which averages are made; all where there is none. */
function reliableOf<T>(all: readonly T[], micrographOf: (each: T) => MicrographEstimate): readonly T[] {
  const reliable = all.filter((each) => isCtfKnown(micrographOf(each)));
  return reliable.length > 0 ? reliable : all;
}

function noiseOfPart({
  radial,
  anisotropy,
  micrograph,
}: EstimatePart): Parameters<typeof averageNoise>[0][number] {
  return {
    radial: { frequency: noiseFrequencies(NOISE_TILE), value: Float64Array.from(radial) },
    anisotropy: { data: Float32Array.from(anisotropy), shape: [ANISOTROPY_TILE, ANISOTROPY_TILE] },
    signalFraction: micrograph.signalFraction,
  };
}

function joinEstimates(
  plan: EstimatePlan,
  parts: readonly EstimatePart[],
  noise: NoiseSpectrum,
  program: string,
): Estimates {
  const { optics, particleDiameter } = plan.settings;
  const micrographs = parts.map(({ micrograph }) => micrograph);
  const short = (value: number): number => Number(value.toPrecision(5));
  return {
    format: "cryogem-estimates",
    formatVersion: 1,
    program,
    options: plan.record,
    optics,
    particleDiameter,
    micrographs,
    distributions: distributionsOf(micrographs),
    noise: {
      frequency: Array.from(noise.radial.frequency),
      power: Array.from(noise.radial.value, short),
      relativeDeviation: Array.from(noise.relativeDeviation, short),
      anisotropy: { tile: ANISOTROPY_TILE, ratio: Array.from(noise.anisotropy.data, short) },
    },
  };
}

function distributionsOf(all: readonly MicrographEstimate[]): Estimates["distributions"] {
  const used = reliableOf(all, (each) => each);
  const spread = (values: readonly number[]) => ({
    mean: mean(values),
    standardDeviation: standardDeviation(values),
  });
  const turns = (m: MicrographEstimate): number => (m.defocusAngle * Math.PI) / 90;
  const component = (of: (angle: number) => number): number =>
    mean(used.map((m) => (m.defocusU - m.defocusV) * of(turns(m))));
  const sizes = used.flatMap(({ particleSize }) => (particleSize === null ? [] : [particleSize]));
  const counts = used.flatMap(({ particles }) => (particles === null ? [] : [particles]));
  return {
    defocus: spread(used.map((m) => (m.defocusU + m.defocusV) / 2)),
    astigmatism: spread(used.map((m) => m.defocusU - m.defocusV)),
    astigmatismAngle: (Math.atan2(component(Math.sin), component(Math.cos)) * 90) / Math.PI,
    signalFraction: spread(used.map((m) => m.signalFraction)),
    particles: counts.length > 0 ? spread(counts) : null,
    particleSize: sizes.length > 0 ? Number(quantile(sizes, 0.5).toPrecision(5)) : null,
  };
}

/** The micrographs with their CTF as RELION 3.1 and newer read them. */
function micrographsCtfStar({ optics, micrographs }: Estimates): string {
  const columns = starColumns(micrographs, {
    micrograph: ({ file }) => file,
    opticsGroup: () => 1,
    defocusU: (m) => m.defocusU,
    defocusV: (m) => m.defocusV,
    defocusAngle: (m) => m.defocusAngle,
    astigmatism: (m) => m.defocusU - m.defocusV,
    phaseShift: (m) => m.phaseShift,
    fitScore: (m) => m.score,
    // RELION has no way to say that there is none
    fitResolution: (m) => m.resolution ?? 999,
  });
  return writeStar([opticsBlock(optics), { name: "micrographs", columns }]);
}

function noiseChart({ radial, relativeDeviation }: NoiseSpectrum, pixelSize: number): string {
  const { frequency, value } = radial;
  const band = (sign: number): Float64Array =>
    value.map((power, i) => power * Math.max(0.05, 1 + sign * relativeDeviation[i]!));
  return lineChart({
    title: "Power of the background over the variance of the micrograph",
    x: { label: "spatial frequency, 1/Å", scale: "log" },
    y: { label: "power (white noise: 1)", scale: "log" },
    series: [
      {
        name: "mean and spread between micrographs",
        x: frequency.map((k) => k / pixelSize),
        y: value,
        lower: band(-1),
        upper: band(1),
      },
    ],
  });
}
