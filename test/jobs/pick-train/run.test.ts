import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { writeTopaz } from "../../../src/io/picks/topaz.js";
import { type PickTrainOptions, planPickTraining } from "../../../src/jobs/pick-train/plan.js";
import { trainPickerModel } from "../../../src/jobs/pick-train/run.js";
import { labelledMicrographs, negativeImages } from "../../../src/jobs/pick-train/set.js";
import { bestThreshold } from "../../../src/jobs/pick-train/validation.js";
import { readPicker } from "../../../src/jobs/shared/models/model-files.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { snapshot } from "../../helpers/snapshot.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { TOY_DIAMETER, toyPicking } from "../../helpers/toys/picking.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const runtime = openOnnxCpu({ threads: 1 });

const SMALL = { width: 2, crop: 32, batch: 2, steps: 4, every: 2, workingDiameter: 12 } as const;
const real = [1, 2].map((i) => at(`real-${i}.mrc`));

function writeImage(path: string, { data, shape }: Image, voxelSize = 2): void {
  writeFileSync(path, writeMrc({ data, shape: [1, ...shape], voxelSize }));
}

const train = async (name: string, more: Partial<PickTrainOptions> = {}, signal?: AbortSignal) => {
  const job = jobContext(signal);
  const options = { dataset: [at("simulated")], out: at(name), ...SMALL, ...more };
  const from = more.from === undefined ? undefined : await readPicker(nodeFiles, more.from);
  const record = await trainPickerModel(planPickTraining(options, from), {
    ...job.context,
    runtime: () => runtime,
  });
  return { ...job, record };
};

beforeAll(async () => {
  const map = writeToyMap(at("map.mrc"));
  const plan = {
    map: [map],
    out: at("simulated"),
    size: [110, 130] as const,
    count: 4,
    particles: [6, 0] as const,
  };
  await simulateDataset(planSimulation({ ...plan, seed: 7, snr: 0.5 }), jobContext().context);
  const picks = real.flatMap((path, i) => {
    const { image, centres } = toyPicking(100, 8, i);
    writeImage(path, image);
    return centres.map((centre) => ({ micrograph: `somewhere/real-${i + 1}.mrc`, ...centre }));
  });
  writeFileSync(at("picks.txt"), writeTopaz(picks));
});

describe("pick train", () => {
  test("from a dataset: model, checkpoint, metrics a step a line, validation a checkpoint a line", async () => {
    const { record, progress } = await train("picker");
    expect(Object.keys(snapshot(at("picker")))).toEqual([
      "checkpoint.safetensors",
      "metrics.jsonl",
      "model.safetensors",
      "training.json",
      "validation.jsonl",
    ]);
    const lines = (name: string) =>
      readFileSync(at(`picker/${name}`), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, number>);
    expect(lines("metrics.jsonl").map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(lines("validation.jsonl").map(({ step, micrographs }) => [step, micrographs])).toEqual([
      [2, 1],
      [4, 1],
    ]);
    expect(progress.at(-1)).toMatchObject({ stage: "train", done: 4, total: 4, unit: "steps" });
    expect(record).toMatchObject({ step: 4, validation: { micrographs: 1 } });
    expect((await readPicker(nodeFiles, at("picker"))).record).toEqual(record);
  });

  test("interrupted and resumed gives the same bytes; finished, nothing more is done", async () => {
    const abort = new AbortController();
    const stopping = jobContext(abort.signal);
    const context = { ...stopping.context, runtime: () => runtime };
    const report = {
      ...context.report,
      progress: ({ stage, done }: { stage: string; done: number }) => {
        if (stage === "train" && done === 3) abort.abort();
      },
    };
    const options = { dataset: [at("simulated")], out: at("resumed"), ...SMALL };
    await expect(trainPickerModel(planPickTraining(options), { ...context, report })).rejects.toThrow();
    await expect(train("resumed")).rejects.toThrow(/found a training: add `resume`/);
    await expect(train("resumed", { resume: true, seed: 3 })).rejects.toThrow(
      /option seed: found 1, expected 3/,
    );
    await train("resumed", { resume: true });
    const bytes = (name: string) => readFileSync(at(name)).toString("base64");
    expect(bytes("resumed/model.safetensors")).toBe(bytes("picker/model.safetensors"));
    const { notes } = await train("resumed", { resume: true });
    expect(notes).toEqual([`${at("resumed")} is complete already`]);
  });

  test("from labelled micrographs of two kinds at once, tuning a trained picker", async () => {
    const labels = { micrographs: real, coordinates: [at("picks.txt")], particleDiameter: 2 * TOY_DIAMETER };
    const { record, notes } = await train("mixed", labels);
    expect(notes[0]).toBe("5 labelled micrographs to learn from, 1 for validation");
    expect(record.particleDiameter).toBe(2 * TOY_DIAMETER);
    const { workingDiameter: _, width: __, ...rest } = SMALL;
    const tuning = { ...rest, dataset: [], out: at("tuned"), from: at("mixed"), ...labels };
    const from = await readPicker(nodeFiles, at("mixed"));
    const plan = planPickTraining(tuning, from);
    expect(plan.options).toMatchObject({ width: 2, workingDiameter: 12, learningRate: 5e-4 });
    const tuned = await trainPickerModel(plan, { ...jobContext().context, runtime: () => runtime });
    expect(tuned.validation).toBeUndefined();
    expect(() => planPickTraining({ ...tuning, width: 8 }, from)).toThrow(
      /a picker of `width` 2, expected 8/,
    );
  });

  test("labels come to the pixels that the network sees, whatever the pixel size", async () => {
    const plan = planPickTraining({
      ...SMALL,
      micrographs: real,
      coordinates: [at("picks.txt")],
      particleDiameter: 2 * TOY_DIAMETER,
      out: "unused",
    });
    const [first] = await labelledMicrographs(nodeFiles, plan, jobContext().context.report);
    const { image, centres, scale } = await first!.load();
    // 32 angstrom at 2 angstrom a pixel over 12 pixels
    expect(scale).toBeCloseTo(16 / 12, 12);
    expect(image.shape).toEqual([75, 75]);
    const truth = toyPicking(100, 8, 0).centres[0]!;
    expect(centres[0]!.x).toBeCloseTo((truth.x + 0.5) * 0.75 - 0.5, 2);
    // coordinates of pixels half as large
    const halved = { ...plan, pixelSize: 2, coordinatesPixelSize: 1 };
    const [other] = await labelledMicrographs(nodeFiles, halved, jobContext().context.report);
    expect((await other!.load()).centres[0]!.y).toBeCloseTo(((truth.y + 0.5) / 2) * 0.75 - 0.5, 2);
  });

  test("micrographs without coordinates, coordinates without micrograph, and places outside are said", async () => {
    const labels = { dataset: [], particleDiameter: 32, out: "unused" };
    const told = jobContext();
    const places = [5, 10, 50, 60, 400].map((x) => ({ micrograph: "real-1.mrc", x, y: 50 }));
    writeFileSync(at("some.txt"), writeTopaz([...places, { micrograph: "elsewhere.mrc", x: 1, y: 2 }]));
    const plan = planPickTraining({ ...labels, micrographs: real, coordinates: [at("some.txt")] });
    expect(await labelledMicrographs(nodeFiles, plan, told.context.report)).toHaveLength(1);
    expect(told.warnings).toEqual([
      `${at("some.txt")}: places in micrographs that are not among \`micrographs\`: 1 (elsewhere)`,
      `micrographs without coordinates, which are left out: 1 (${real[1]})`,
      `${real[0]}: 1 of 5 places lie outside the micrograph`,
    ]);
  });

  test("coordinates of images binned otherwise are refused, or warned of where they might be right", async () => {
    const labels = { dataset: [], micrographs: real, coordinates: [at("picks.txt")], particleDiameter: 32 };
    const scaled = (coordinatesPixelSize: number) => ({ ...labels, pixelSize: 2, coordinatesPixelSize });
    await expect(train("outside", scaled(7))).rejects.toThrow(
      /coordinates: found [5-8] of 8 places outside .*real-1.mrc of 100 x 100 pixels/,
    );
    const many = Array.from({ length: 24 }, (_, i) => ({
      micrograph: "real-1.mrc",
      x: 2 * i,
      y: 49 - 2 * i,
    }));
    writeFileSync(at("corner.txt"), writeTopaz(many));
    const corner = { ...labels, micrographs: [real[0]!], coordinates: [at("corner.txt")], steps: 1 };
    expect((await train("corner", corner)).warnings[0]).toContain("no particle lies beyond 49 %");
    expect((await train("whole", { ...corner, pixelSize: 2, coordinatesPixelSize: 3.9 })).warnings).toEqual(
      [],
    );
  });

  test("particles of several sizes learned together: which one the picker stands for is said", async () => {
    const other = { map: [at("map.mrc")], out: at("larger"), size: [110, 130] as const, count: 1 };
    const more = { particles: [4, 0] as const, seed: 3, snr: 0.5, diameter: 40 };
    await simulateDataset(planSimulation({ ...other, ...more }), jobContext().context);
    const two = await train("two", { dataset: [at("simulated"), at("larger")], steps: 1 });
    expect(two.warnings[0]).toMatch(/particles of 40 to [\d.]+ angstrom are learned together: .*be [\d.]+/);
    expect(two.warnings[0]).toContain(`be ${two.record.particleDiameter}`);
    expect((await train("one", { steps: 1 })).warnings).toEqual([]);
  });

  test("negatives of unknown pixel size are used at several sizes, of a known one at its own", async () => {
    writeImage(at("ground.mrc"), toyPicking(100, 0, 9).image);
    const base = { ...SMALL, dataset: [at("simulated")], out: "unused", negatives: [at("ground.mrc")] };
    const scaled = await negativeImages(nodeFiles, planPickTraining({ ...base, particleDiameter: 32 }));
    expect(scaled.map(({ scale, centres }) => [scale, centres.length])).toEqual([[16 / 12, 0]]);
    expect(await negativeImages(nodeFiles, planPickTraining(base))).toHaveLength(3);
    const { record } = await train("negatives", { negatives: [at("ground.mrc")], steps: 2 });
    expect(record.step).toBe(2);
  });

  test("what cannot work is refused before anything is written", async () => {
    const plan = (more: Partial<PickTrainOptions>) => () => planPickTraining({ out: "x", ...more });
    expect(plan({})).toThrow(
      /found nothing to learn from, expected `dataset`, or `micrographs` and `coordinates`/,
    );
    expect(plan({ micrographs: real, particleDiameter: 30 })).toThrow(
      /micrographs: found without `coordinates`/,
    );
    expect(plan({ micrographs: real, coordinates: ["a.star"] })).toThrow(/particleDiameter: found none/);
    expect(plan({ dataset: ["d"], crop: 100 })).toThrow(/crop/);
    writeFileSync(at("other.txt"), "image_name\tx_coord\ty_coord\nunknown\t3\t4\n");
    const labels = { micrographs: real, coordinates: [at("other.txt")], particleDiameter: 32 };
    await expect(train("refused", { ...labels, dataset: [] })).rejects.toThrow(
      /coordinates: found none of .*real-1/,
    );
  });
});

test("the threshold lies in the middle of the scores that are as good as the best", () => {
  const curve = [
    { score: 5, precision: 1, recall: 0.5 },
    { score: 3, precision: 1, recall: 0.95 },
    { score: 1, precision: 1, recall: 0.96 },
    { score: -1, precision: 0.99, recall: 0.96 },
    { score: -4, precision: 0.6, recall: 1 },
  ];
  const { threshold, f1 } = bestThreshold({ curve });
  expect(threshold).toBe(1);
  expect(f1).toBeCloseTo((2 * 0.96) / 1.96, 12);
  expect(bestThreshold({ curve: [] })).toEqual({ threshold: 0, precision: 0, recall: 0, f1: 0 });
});
