import type { Image } from "../../array/image.js";
import { UsageError } from "../../core/errors.js";
import type { ComputeRuntime, JobContext, Workers } from "../../core/ports.js";
import { encodeMicrograph, encodePreview, imageKinds } from "../../dataset/images.js";
import { joinDataset } from "../../dataset/join.js";
import { writeLabels } from "../../dataset/labels.js";
import { type ImageKind, imagePath, inside } from "../../dataset/layout.js";
import { writePart } from "../../dataset/part.js";
import { type Dataset, readDataset } from "../../dataset/reader.js";
import type { DatasetJob, DatasetManifest, MicrographRecord, ParticleRecord } from "../../dataset/records.js";
import { type DatasetProgress, openDataset } from "../../dataset/writer.js";
import type { Model } from "../../translate/model.js";
import { openTranslator } from "../../translate/translator.js";
import { DATASET_CLAIM, inClaimedFolder } from "../shared/claim-folder.js";
import { hashFile } from "../shared/hash-file.js";
import { cleanMicrographs, micrographCtf } from "../shared/micrographs/clean-micrographs.js";
import { modelFile, readModel } from "../shared/models/model-files.js";
import { boundsOf, refuseMissing, requireTables, type ShardDone } from "../shared/share.js";
import { planSimulation } from "../simulate/plan.js";
import { simulateDataset } from "../simulate/run.js";
import { signalDoubt, syntheticMicrograph } from "./micrograph.js";
import type { GeneratePlan } from "./plan.js";

/** What a generation receives beside its plan. */
export interface GenerateContext extends JobContext {
  /** Simulate, where no dataset was given. */
  readonly workers: Workers;
  /** As "cryogem 0.1.0": recorded in the dataset. */
  readonly program: string;
  /** Opened only if the translator has a network. */
  readonly runtime: () => Promise<ComputeRuntime>;
}

/**
 * Translates a simulated dataset into a synthetic one with the same labels, or what is still missing of it. Every
 * micrograph depends on nothing but the model, its clean one, the seed and its number. With `shard` join it only joins what is there.
 *
 * @throws FileError or FormatError for an input, FileError for micrographs that are missing when they are to be joined, UsageError
 *   for inputs or a folder that do not fit, AbortError
 */
export async function generateDataset(
  plan: GeneratePlan,
  context: GenerateContext,
): Promise<DatasetManifest> {
  requireTables(plan.assignment, "generateShard");
  if (plan.simulation) {
    // a wrong model is to be told of before the work
    await readModel(context.files, plan.model);
    await simulateDataset(planSimulation(plan.simulation), context);
  }
  return inDatasetFolder(plan, context, async (opened) => {
    const { files, report } = context;
    const { progress, count } = opened;
    if (progress.finished) report.note(`${plan.out} is complete already`);
    else {
      if (plan.assignment.share.kind === "join") {
        refuseMissing(plan.out, progress.missing, { total: count });
      }
      await translateMissing(progress.missing, opened, context);
    }
    const manifest = progress.finished
      ? (await readDataset(files, plan.out)).manifest
      : await joinDataset(files, plan.out);
    if (plan.labels.length > 0) await writeLabels(files, plan.out, plan.labels);
    return manifest;
  });
}

/** Translates the micrographs of one share, or what is still missing of them. @throws as `generateDataset` */
export async function generateShard(plan: GeneratePlan, context: GenerateContext): Promise<ShardDone> {
  return inDatasetFolder(plan, context, async (opened) => {
    const [from, to] = boundsOf(plan.assignment.share, opened.count);
    const missing = opened.progress.missing.filter((index) => index > from && index <= to);
    await translateMissing(missing, opened, context);
    return { out: plan.out, micrographs: to - from };
  });
}

interface Generation {
  readonly plan: GeneratePlan;
  readonly model: Model;
  readonly simulated: Dataset;
  readonly progress: DatasetProgress;
  /** Micrographs of all shares. */
  readonly count: number;
}

async function inDatasetFolder<T>(
  plan: GeneratePlan,
  context: GenerateContext,
  work: (opened: Generation) => Promise<T>,
): Promise<T> {
  const { files } = context;
  const { assignment } = plan;
  return inClaimedFolder(files, plan.out, { ...DATASET_CLAIM, assignment }, async () => {
    const model = await readModel(files, plan.model);
    const simulated = await readDataset(files, plan.simulated);
    requireFit(plan, model, simulated);
    const job = await datasetJob(plan, model, simulated, context);
    const isAlone = assignment.share.kind !== "shard";
    const progress = await openDataset(files, plan.out, job, imageKinds(false), isAlone);
    return work({ plan, model, simulated, progress, count: job.count });
  });
}

/** Makes the micrographs whose numbers are missing, one after the other. */
async function translateMissing(
  missing: readonly number[],
  { plan, model, simulated, count }: Generation,
  context: GenerateContext,
): Promise<void> {
  if (missing.length === 0) return;
  const { files, report, signal } = context;
  const wanted = new Set(missing);
  const clean = cleanMicrographs(files, simulated);
  const [from, to] = boundsOf(plan.assignment.share, count);
  let done = to - from - missing.length;
  const translator = await openTranslator(model, context.runtime);
  try {
    const tell = (): void =>
      report.progress({ stage: "generate", done, total: to - from, unit: "micrographs" });
    tell();
    for await (const { micrograph, particles } of simulated.byMicrograph()) {
      if (!wanted.has(micrograph.index)) continue;
      signal.throwIfAborted();
      const image = await clean(micrograph);
      if (done === 0) warnOfContrast(image, plan, model, context);
      const optics = micrographCtf(micrograph, simulated.manifest.optics);
      const translated = await syntheticMicrograph(
        translator,
        model,
        { image, optics, index: micrograph.index },
        plan,
      );
      await writeMicrograph(context, plan, simulated, { micrograph, particles, translated });
      done++;
      tell();
      if (micrograph.index === missing.at(-1)) break;
    }
  } finally {
    await translator.close();
  }
}

interface Made {
  readonly micrograph: MicrographRecord;
  readonly particles: readonly ParticleRecord[];
  readonly translated: Image;
}

/** Writes the images of a micrograph, and last what is known of it; the footprints are those of the simulation. */
async function writeMicrograph(
  { files }: GenerateContext,
  { out, mode }: GeneratePlan,
  simulated: Dataset,
  { micrograph, particles, translated }: Made,
): Promise<void> {
  const { index } = micrograph;
  const { pixelSize } = simulated.manifest.optics;
  const write = (kind: ImageKind, bytes: Uint8Array): Promise<void> =>
    files.write(inside(out, imagePath(kind, index)), bytes);
  await write("micrographs", encodeMicrograph(translated, mode, pixelSize));
  await write("masks", await files.read(inside(simulated.dir, imagePath("masks", index))));
  await write("previews", encodePreview(translated));
  await writePart(files, out, {
    micrograph: { ...micrograph, path: imagePath("micrographs", index) },
    particles: particles.map(({ id: _id, halfSet: _halfSet, ...draft }) => draft),
  });
}

async function datasetJob(
  plan: GeneratePlan,
  { record: { translator } }: Model,
  { manifest }: Dataset,
  { files, program }: GenerateContext,
): Promise<DatasetJob> {
  const { optics, particleDiameter, bFactor, micrographs } = manifest;
  const inputs = [
    await hashFile(modelFile(plan.model), undefined, files),
    await hashFile(inside(plan.simulated, "dataset.json"), undefined, files),
  ];
  return {
    program,
    command: "generate",
    options: { ...plan.record, translator },
    seed: plan.seed,
    inputs,
    optics,
    particleDiameter,
    ...(bFactor !== undefined && { bFactor }),
    count: micrographs.length,
  };
}

function requireFit(plan: GeneratePlan, { record }: Model, { manifest }: Dataset): void {
  const { pixelSize } = manifest.optics;
  if (Math.abs(pixelSize / record.pixelSize - 1) > 0.01) {
    throw new UsageError(
      `${plan.simulated}: found a pixel size of ${pixelSize} angstrom, expected ${record.pixelSize}, for which ${plan.model} was trained`,
    );
  }
}

function warnOfContrast(
  clean: Image,
  { signal, simulated }: GeneratePlan,
  model: Model,
  { report }: GenerateContext,
): void {
  const doubt = signalDoubt(clean, signal, model);
  if (!doubt) return;
  report.warn(
    `${simulated}: found ${doubt.ratio.toPrecision(2)} times the variance of the micrographs that the model was ` +
      "trained with, expected about as much: the noise keeps " +
      `its strength. If the map is in other units, \`signal\` ${doubt.better} makes them alike`,
  );
}
