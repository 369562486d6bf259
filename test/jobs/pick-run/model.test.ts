import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readTopaz } from "../../../src/io/picks/topaz.js";
import { type PickRunOptions, planPickRun } from "../../../src/jobs/pick-run/plan.js";
import { runPicking } from "../../../src/jobs/pick-run/run.js";
import { writeArrays } from "../../../src/jobs/shared/models/model-files.js";
import { pickerNetwork } from "../../../src/nn/picker.js";
import { initialValues, Scope } from "../../../src/nn/scope.js";
import { PICKER_DEFAULTS } from "../../../src/pick/defaults.js";
import { encodePicker, type PickerModel } from "../../../src/pick/model.js";
import { NetworkScorer } from "../../../src/pick/network/scorer.js";
import { findPeaks } from "../../../src/pick/peaks.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { DIAMETER, noisyMicrograph, OPTICS } from "../../pick/simulated.js";

const dir = scratchFolder();
const runtime = openOnnxCpu({ threads: 1 });

/** A network with the weights it starts from: its answers mean nothing, but are its own. */
function untrained(validated?: number): PickerModel {
  const options = { ...PICKER_DEFAULTS, width: 4, seed: 1 };
  const scope = Scope.root("picker");
  pickerNetwork(scope, options);
  const validation =
    validated === undefined
      ? {}
      : { validation: { micrographs: 1, threshold: validated, precision: 1, recall: 1, f1: 1, auprc: 1 } };
  return {
    record: { program: "cryogem 9.9.9", particleDiameter: DIAMETER, step: 0, options, ...validation },
    parameters: new Map(scope.parameters.map((spec) => [spec.name, initialValues(spec, 3)])),
  };
}

async function writeModel(name: string, model: PickerModel): Promise<string> {
  const path = join(dir, name, "model.safetensors");
  await writeArrays(nodeFiles, path, encodePicker(model));
  return join(dir, name);
}

function write(name: string, { data, shape }: Image, pixelSize: number): string {
  const path = join(dir, name);
  writeFileSync(path, writeMrc({ data, shape: [1, ...shape], voxelSize: pixelSize, mode: "float32" }));
  return path;
}

async function run(options: Omit<PickRunOptions, "pixelSize"> & { readonly pixelSize?: number }) {
  const told = jobContext();
  let opened = 0;
  const record = await runPicking(planPickRun({ pixelSize: OPTICS.pixelSize, ...options }), {
    ...told.context,
    runtime: () => {
      opened++;
      return runtime;
    },
  });
  const path = join(options.out, "all-picks.txt");
  return { ...told, record, opened, picks: readTopaz(await nodeFiles.read(path), path) };
}

describe("pick run --model", () => {
  const { image } = noisyMicrograph([300, 360], 3, 1);
  const micrograph = write("one.mrc", image, OPTICS.pixelSize);

  test("writes the peaks of the network's scores; the diameter comes from the model", async () => {
    const model = untrained(0.25);
    const { record, picks } = await run({
      ...{ micrographs: [micrograph], model: await writeModel("validated", model), out: join(dir, "own") },
    });
    expect(record.particleDiameter).toBe(DIAMETER);
    const scorer = new NetworkScorer(model, await runtime, { pixelSize: OPTICS.pixelSize });
    const distance = DIAMETER / 2 / OPTICS.pixelSize;
    const peaks = findPeaks(await scorer.score(image), image.shape, { distance });
    await scorer.close();
    expect(picks).toHaveLength(peaks.length);
    const flat = (all: readonly { x: number; y: number; score?: number }[]): number[] =>
      all.flatMap(({ x, y, score }) => [x, y, score!]);
    expect(Float64Array.from(flat(picks))).toBeAllclose(Float64Array.from(flat(peaks)), {
      relative: 1e-5,
      absolute: 1e-3,
    });
  });

  test("threshold: the one given, else told from the scores, else the model's", async () => {
    const base = { micrographs: [micrograph], model: await writeModel("validated-2", untrained(0.25)) };
    const given = await run({ ...base, out: join(dir, "given"), threshold: -1 });
    expect(given.record.threshold).toEqual({ value: -1, source: "given", separation: null });
    // an untrained network answers to particles too
    const told = await run({ ...base, out: join(dir, "told") });
    expect(told.record.threshold.source).toBe("scores");
    expect(told.record.threshold.separation).toBeGreaterThan(3);
    // so far apart there are too few peaks to tell anything
    const few = { minDistance: 700 };
    const own = await run({ ...base, ...few, out: join(dir, "few") });
    expect(own.picks.length).toBeLessThan(20);
    expect(own.record.threshold).toEqual({ value: 0.25, source: "model", separation: null });
    expect(own.warnings).toEqual([]);
    const bare = await writeModel("bare", untrained());
    const guessed = await run({ ...base, ...few, model: bare, out: join(dir, "guessed") });
    expect(guessed.warnings[0]).toContain("the threshold is a guess");
    // log-odds of an even chance, not a split of scores that may all be background
    expect(guessed.record.threshold).toEqual({ value: 0, source: "model", separation: null });
  });

  test("a constant micrograph is left out, the others are picked", async () => {
    const flat = write("flat.mrc", { data: new Float32Array(200 * 200).fill(7), shape: [200, 200] }, 4);
    const { record, warnings } = await run({
      ...{
        micrographs: [flat, micrograph],
        model: await writeModel("again", untrained()),
        out: join(dir, "two"),
      },
    });
    expect(record.micrographs.map(({ name }) => name)).toEqual(["one"]);
    expect(record.failed[0]!.file).toBe(flat);
    expect(warnings[0]).toContain("flat.mrc");
  });
});
