import { imageKinds } from "../../dataset/images.js";
import { joinDataset } from "../../dataset/join.js";
import { writeLabels } from "../../dataset/labels.js";
import { readDataset } from "../../dataset/reader.js";
import type { DatasetJob, DatasetManifest } from "../../dataset/records.js";
import { type DatasetProgress, openDataset } from "../../dataset/writer.js";
import { DATASET_CLAIM, inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { symmetryDoubt } from "../shared/maps/symmetry-doubt.js";
import { startProgress } from "../shared/progress.js";
import { boundsOf, refuseMissing, requireTables, type ShardDone } from "../shared/share.js";
import { writeMtf } from "./detector.js";
import type { SimulationTarget } from "./micrograph.js";
import type { SimulationPlan } from "./plan.js";
import { prepareSimulation } from "./setup.js";
import { opticsOf, readSources, type Sources } from "./sources.js";

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
  let placed = 0;
  let requested = 0;
  const total = to - from;
  const done = total - missing.length;
  const advance = startProgress(report, { stage: "simulate", done, total, unit: "micrographs" });
  await workers.map("simulate-micrograph", missing, {
    signal,
    shared,
    onResult: (made) => {
      placed += made.placed;
      requested += made.requested;
      advance();
    },
  });
  if (placed < requested) {
    report.warn(
      `${requested - placed} of ${requested} particles found no place: ask for fewer \`particles\`, or a lower \`collapseRatio\``,
    );
  }
  signal.throwIfAborted();
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
