import type { Files, JobContext } from "../core/ports.js";
import { inside } from "../dataset/layout.js";
import { type Dataset, readDataset, readMicrograph } from "../dataset/reader.js";
import type { ParticleRecord } from "../dataset/records.js";
import { particlePosition } from "../dataset/true-position.js";
import { readImage } from "../io/read-image.js";
import type { Finding } from "../jobs/check/records.js";
import { REALISM_FILES } from "../jobs/evaluate/plan.js";
import { decodeRealism } from "../jobs/evaluate/records.js";
import { averageAtLabels, countAtLabels } from "../jobs/shared/micrographs/label-averages.js";
import { MODEL } from "../jobs/shared/models/model-files.js";
import { parseMetrics, type TrainingStep } from "../jobs/train/metrics.js";
import type { Mark } from "../plot/image-panel.js";
import type { ReportData, ReportFigure, ReportPicture, ReportRealism } from "./data.js";
import { readFindings } from "./findings.js";
import { type MapPlan, readMapFolders } from "./map/read.js";
import { readPicksFolder } from "./picks.js";
import { readEstimates } from "./read-estimates.js";
import { renderReport } from "./render.js";

/** What a report is made from; the texts go into it as they are. */
export interface ReportPlan
  extends Pick<
    ReportData,
    "title" | "introduction" | "timings" | "commands" | "citations" | "seed" | "next" | "control"
  > {
  /** File to write, as "demo/report.html". */
  readonly out: string;
  /** A real micrograph to show, at best one kept out of training. */
  readonly real: string;
  /** Dataset of clean physics micrographs, and the dataset translated from it: same micrographs, same labels. */
  readonly simulated: string;
  readonly synthetic: string;
  /** Folder of `evaluate realism`, with the names of the sets as its table has them. */
  readonly scores?: { readonly folder: string } & Pick<ReportRealism, "subject" | "baselines">;
  /** What the check of the data found, and its folder. */
  readonly checked?: { readonly folder: string; readonly findings: readonly Finding[] };
  /** Folder of `estimate`. */
  readonly estimates?: string;
  /** Folder of `pick run`. */
  readonly picks?: string;
  /** Results of the stages from picks to a map. */
  readonly map?: MapPlan;
  /** Folder of `train`. */
  readonly model?: string;
}

/**
 * Gathers what a run has left in its folders and writes the report.
 *
 * @throws FileError, FormatError for an input that is missing or damaged
 */
export async function writeReport(
  plan: ReportPlan,
  { files, program }: Pick<JobContext, "files"> & { readonly program: string },
): Promise<void> {
  const simulated = await readDataset(files, plan.simulated);
  const synthetic = await readDataset(files, plan.synthetic);
  const { title, introduction, timings, commands, citations, seed, next, control } = plan;
  const data: ReportData = {
    ...{ title, introduction, timings, commands, citations, seed, next, control, program },
    pictures: await readPictures(plan, simulated, synthetic, files),
    findings: plan.checked && (await readFindings(plan.checked.findings, plan.checked.folder, files)),
    realism: plan.scores && { ...plan.scores, result: await readRealism(plan.scores.folder, files) },
    particles: {
      ...(await averageAtLabels(simulated, synthetic, files)),
      counts: await countAtLabels(simulated, synthetic, files),
      pixelSize: synthetic.manifest.optics.pixelSize,
    },
    estimates: plan.estimates === undefined ? undefined : await readEstimates(plan.estimates, files),
    picks: plan.picks === undefined ? undefined : await readPicksFolder(plan.picks, files),
    map: plan.map && (await readMapFolders(plan.map, files)),
    ...(plan.model !== undefined && (await readTraining(plan.model, files))),
  };
  await files.write(plan.out, renderReport(data));
}

const text = async (files: Files, path: string): Promise<string> =>
  new TextDecoder().decode(await files.read(path));

async function readRealism(folder: string, files: Files) {
  const path = inside(folder, REALISM_FILES.result);
  return decodeRealism(await text(files, path), path);
}

/** A real micrograph, and the first of the simulated ones before and after translation. */
async function readPictures(
  plan: ReportPlan,
  simulated: Dataset,
  synthetic: Dataset,
  files: Files,
): Promise<readonly ReportPicture[]> {
  const { pixelSize } = synthetic.manifest.optics;
  const real = (await readImage(await files.read(plan.real), plan.real)).image;
  const pictures: ReportPicture[] = [{ name: "real", image: real, pixelSize }];
  for (const [name, dataset] of [
    ["physics", simulated],
    ["synthetic", synthetic],
  ] as const) {
    for await (const { micrograph, particles } of dataset.byMicrograph()) {
      pictures.push({
        name,
        image: await readMicrograph(files, dataset.dir, micrograph),
        pixelSize,
        marks: particles.map((particle) => markOf(particle, pixelSize)),
        markRadius: dataset.manifest.particleDiameter / pixelSize / 2,
      });
      break;
    }
  }
  return pictures;
}

/** A mark where the particle truly is. */
const markOf = (particle: ParticleRecord, pixelSize: number): Mark => ({
  ...particlePosition(particle, pixelSize),
  partial: particle.visibleFraction < 1,
});

/** The steps of a training, and the last picture it wrote. */
async function readTraining(
  folder: string,
  files: Files,
): Promise<{
  readonly training?: readonly TrainingStep[];
  readonly trainingSamples?: readonly ReportFigure[];
}> {
  const metrics = inside(folder, MODEL.metrics);
  if (!(await files.exists(metrics))) return {};
  const training = parseMetrics(await text(files, metrics), metrics);
  const samples = inside(folder, MODEL.samples);
  const names = (await files.exists(samples)) ? await files.list(samples) : [];
  const last = names.filter((name) => name.endsWith(".png")).at(-1);
  if (last === undefined) return { training };
  const caption = `Crops after step ${Number.parseInt(last, 10)}: real, clean physics, with noise, translated.`;
  return {
    training,
    trainingSamples: [{ kind: "png", bytes: await files.read(inside(samples, last)), caption }],
  };
}
