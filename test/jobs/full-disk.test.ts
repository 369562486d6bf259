import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Files } from "../../src/core/ports.js";
import { planBin } from "../../src/jobs/bin/plan.js";
import { binMicrographs } from "../../src/jobs/bin/run.js";
import { planEstimate } from "../../src/jobs/estimate/plan.js";
import { estimateMicrographs } from "../../src/jobs/estimate/run.js";
import { planRealism } from "../../src/jobs/evaluate/plan.js";
import { evaluateRealism } from "../../src/jobs/evaluate/run.js";
import { exportFiles } from "../../src/jobs/export/run.js";
import { extractParticles } from "../../src/jobs/extract/run.js";
import { planGeneration } from "../../src/jobs/generate/plan.js";
import { generateDataset } from "../../src/jobs/generate/run.js";
import { planPickRun } from "../../src/jobs/pick-run/plan.js";
import { runPicking } from "../../src/jobs/pick-run/run.js";
import { planPickTraining } from "../../src/jobs/pick-train/plan.js";
import { trainPickerModel } from "../../src/jobs/pick-train/run.js";
import { planReconstruction } from "../../src/jobs/reconstruct/plan.js";
import { reconstructMap } from "../../src/jobs/reconstruct/run.js";
import { inlineWorkers } from "../../src/jobs/shared/inline-workers.js";
import { planSimulation } from "../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../src/jobs/simulate/run.js";
import { planTraining } from "../../src/jobs/train/plan.js";
import { trainTranslator } from "../../src/jobs/train/run.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { diskFullAt } from "../helpers/machine/full-disk.js";
import { trainingFiles } from "../helpers/toys/training-files.js";
import { toyTrainingJob } from "../helpers/toys/training-job.js";
import { writeParticleFiles } from "./reconstruct/particle-files.js";

const { dir, at, real, prepare, simulate, contextOf, trainOptions } = toyTrainingJob();
const { star } = writeParticleFiles(dir, "particles", { count: 10 });

beforeAll(async () => {
  await prepare();
  await simulate("field", { size: [256, 256], count: 1, snr: 0.3 });
}, 120_000);

const contextWith = (files: Files) => ({
  ...contextOf().context,
  files,
  workers: inlineWorkers(files),
});
type Context = ReturnType<typeof contextWith>;

const contentsOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(trainingFiles(folder)).map(([name, text]) => [
      name,
      createHash("sha256").update(text).digest("hex"),
    ]),
  );

const optics = { pixelSize: 4, voltage: 300, cs: 2.7 };
const small = { steps: 2, every: 1, resume: true };

/** Every job that writes a folder or several files, and the folder that it writes into. */
const JOBS: Readonly<Record<string, (out: string, context: Context) => Promise<unknown>>> = {
  bin: (out, context) => binMicrographs(planBin({ micrographs: real, to: 8, out }), context),
  estimate: (out, context) =>
    estimateMicrographs(
      planEstimate({ micrographs: [at("field/micrographs/000001.mrc")], ...optics, out }),
      context,
    ),
  simulate: (out, context) => {
    const field = { size: [96, 96] as const, count: 2, particles: [3, 1] as const };
    return simulateDataset(planSimulation({ map: [at("map.mrc")], ...field, out }), context);
  },
  train: (out, context) => {
    const noise = { noise: "white", calibrate: false, trends: false, unevenness: false } as const;
    return trainTranslator(planTraining({ ...trainOptions("model", { ...noise, ...small }), out }), context);
  },
  generate: (out, context) =>
    generateDataset(planGeneration({ model: at("model"), simulated: at("simulated"), out }), context),
  "evaluate realism": (out, context) => {
    const sets = { real, synthetic: [at("simulated")], tile: 128, patch: 16, out };
    return evaluateRealism(planRealism(sets, [undefined]), context);
  },
  "pick train": (out, context) => {
    const picker = { width: 2, crop: 32, batch: 1, workingDiameter: 12 };
    return trainPickerModel(
      planPickTraining({ dataset: [at("simulated")], ...picker, ...small, out }),
      context,
    );
  },
  "pick run": (out, context) => {
    const method = { log: true, particleDiameter: 100 };
    return runPicking(planPickRun({ micrographs: real, pixelSize: 4, ...method, out }), context);
  },
  extract: (out, context) =>
    extractParticles({ particles: at("simulated/particles.star"), box: 16, out: `${out}/p.mrcs` }, context),
  export: (out, context) => exportFiles({ inputs: real, to: "tif", out }, context),
  reconstruct: (out, context) => reconstructMap(planReconstruction({ particles: star, out }), context),
};

test.each(Object.entries(JOBS))(
  "%s on a disk that is full at any of its writes: the reason is said, and once space is freed the same command makes the same files",
  async (name, job) => {
    // the same place each time: a STAR file names its stack by it
    const out = join(dir, "disk", name);
    const make = async (files: Files): Promise<unknown> => job(out, contextWith(files));
    await make(nodeFiles);
    const whole = contentsOf(out);
    let nth = 1;
    // at each of the first writes, with which folders are begun, and at some of the others
    for (; ; nth += nth < 5 ? 1 : nth) {
      rmSync(out, { recursive: true });
      const disk = diskFullAt(nth);
      const refused = await make(disk.files).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (!disk.wasFull()) break;
      expect(refused).toMatch(/: found no space left on the device, expected a writable place$/);
      await make(nodeFiles);
      expect(contentsOf(out), `full at write ${nth}`).toEqual(whole);
    }
    expect(nth).toBeGreaterThan(2);
  },
  120_000,
);
