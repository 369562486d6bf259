import { beforeAll, describe, expect, test } from "vitest";
import { mean } from "../../../src/array/statistics.js";
import { scorePicking } from "../../../src/evaluate/picking/picking.js";
import { PICKER_DEFAULTS } from "../../../src/pick/defaults.js";
import type { PickerModel } from "../../../src/pick/model.js";
import { networkImage } from "../../../src/pick/network/image.js";
import { NetworkScorer } from "../../../src/pick/network/scorer.js";
import type { PickerOptions } from "../../../src/pick/options.js";
import { findPeaks } from "../../../src/pick/peaks.js";
import type { LabelledImage, PickerTrainingSet } from "../../../src/pick/training/data.js";
import { trainPicker } from "../../../src/pick/training/trainer.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { averagedParameters } from "../../../src/train/average.js";
import type { StepMetrics } from "../../../src/train/loop.js";
import type { TrainingState } from "../../../src/train/state.js";
import { TOY_DIAMETER, toyPicking } from "../../helpers/toys/picking.js";

const runtime = openOnnxCpu({ threads: 1 });
const SMALL: PickerOptions = {
  ...PICKER_DEFAULTS,
  width: 8,
  workingDiameter: 16,
  crop: 64,
  steps: 120,
  learningRate: 4e-3,
  average: 0.95,
  seed: 1,
};

function toySet(labelled: number, keep: (index: number) => boolean = () => true): PickerTrainingSet {
  const images = Array.from({ length: labelled }, (_, i): LabelledImage => {
    const { image, centres } = toyPicking(160, 18, i);
    const size = { pixelSize: 1, particleDiameter: TOY_DIAMETER, workingDiameter: TOY_DIAMETER };
    return { ...networkImage(image, size, "toy"), centres: centres.filter((_, j) => keep(j)), ignored: [] };
  });
  return {
    labelled: { count: images.length, load: async (index) => images[index]! },
    negatives: { count: 0, load: async (index) => images[index]! },
  };
}

interface Trained {
  readonly state: TrainingState;
  readonly metrics: readonly StepMetrics[];
  readonly checkpoints: ReadonlyMap<number, TrainingState>;
}

async function train(
  set: PickerTrainingSet,
  options: PickerOptions,
  more: { from?: { step: number; state: TrainingState }; start?: TrainingState; stopAt?: number } = {},
): Promise<Trained> {
  const metrics: StepMetrics[] = [];
  const checkpoints = new Map<number, TrainingState>();
  const abort = new AbortController();
  const machine = { runtime: await runtime, signal: abort.signal, now: () => performance.now() };
  const listener = {
    step: async (each: StepMetrics) => {
      metrics.push(each);
      if (each.step === more.stopAt) abort.abort();
    },
    milestone: async () => {},
    warn: () => {},
    checkpoint: async (step: number, state: TrainingState) => void checkpoints.set(step, state),
  };
  const plan = { options, every: 1000, ...(more.start && { start: more.start }) };
  const state = await trainPicker(machine, set, plan, listener, more.from).catch((error: unknown) => {
    if (more.stopAt === undefined) throw error;
    return new Map();
  });
  return { state, metrics, checkpoints };
}

const modelOf = (state: TrainingState, options: PickerOptions): PickerModel => ({
  record: { program: "test", particleDiameter: TOY_DIAMETER, step: options.steps, options },
  parameters: averagedParameters(state),
});

/** AUPRC on rings that the picker has not seen. */
async function scoreUnseen(state: TrainingState, options: PickerOptions): Promise<number> {
  const scorer = new NetworkScorer(modelOf(state, options), await runtime, { pixelSize: 1 });
  const micrographs = [];
  for (const seed of [101, 102, 103]) {
    const { image, centres } = toyPicking(190, 24, seed);
    const picks = findPeaks(await scorer.score(image), image.shape, { distance: TOY_DIAMETER / 2 });
    micrographs.push({ truth: centres, picks, shape: image.shape });
  }
  await scorer.close();
  return scorePicking(micrographs, { radius: TOY_DIAMETER / 4 }).auprc;
}

describe("training a picker", () => {
  let trained: Trained;
  beforeAll(async () => {
    trained = await train(toySet(4), SMALL);
  });

  test("learns to tell rings from blots on micrographs that it has not seen", async () => {
    const early = mean(trained.metrics.slice(0, 10).map(({ losses }) => losses["loss"]!));
    const late = mean(trained.metrics.slice(-10).map(({ losses }) => losses["loss"]!));
    expect(late).toBeLessThan(0.8 * early);
    expect(await scoreUnseen(trained.state, SMALL)).toBeGreaterThan(0.85);
  });

  test("tuning goes on from the weights given", async () => {
    const options = { ...SMALL, steps: 2, learningRate: 1e-6 };
    const tuned = await train(toySet(1), options, { start: averagedParameters(trained.state) });
    expect(await scoreUnseen(tuned.state, options)).toBeGreaterThan(0.85);
  });

  test("the U-Net learns too", async () => {
    const options: PickerOptions = { ...SMALL, network: "unet", steps: 100 };
    const { state } = await train(toySet(4), options);
    expect(await scoreUnseen(state, options)).toBeGreaterThan(0.8);
  });

  test("from a third of the labels, counting what is expected keeps the others from being learned as ground", async () => {
    const few = toySet(4, (index) => index % 3 === 0);
    const complete = await train(few, SMALL);
    const options = { ...SMALL, steps: 400, expectedParticles: 18 };
    const expecting = await train(few, options);
    expect(await scoreUnseen(expecting.state, options)).toBeGreaterThan(0.85);
    const peakOdds = async ({ state }: Trained): Promise<number> => {
      const scorer = new NetworkScorer(modelOf(state, SMALL), await runtime, { pixelSize: 1 });
      const { image, centres } = toyPicking(190, 24, 104);
      const { image: map, scale } = await scorer.score(image);
      await scorer.close();
      const at = (x: number): number => Math.round((x + 0.5) / scale - 0.5);
      return mean(centres.map(({ x, y }) => map.data[at(y) * map.shape[1] + at(x)]!));
    };
    expect(await peakOdds(expecting)).toBeGreaterThan((await peakOdds(complete)) + 0.5);
  });
});

test.each([
  ["complete", null],
  ["incomplete", 20],
] as const)(
  "from %s labels, a training stopped and resumed equals an uninterrupted one, bit for bit",
  async (_, n) => {
    const set = toySet(2);
    const options = { ...SMALL, width: 4, batch: 2, steps: 6, contaminants: 0.5, expectedParticles: n };
    const whole = await train(set, options);
    const stopped = await train(set, options, { stopAt: 3 });
    const state = stopped.checkpoints.get(3)!;
    const resumed = await train(set, options, { from: { step: 3, state } });
    expect(resumed.metrics.map(({ losses }) => losses)).toEqual(
      whole.metrics.slice(3).map(({ losses }) => losses),
    );
    expect([...resumed.state].map(([name, data]) => [name, [...data]])).toEqual(
      [...whole.state].map(([name, data]) => [name, [...data]]),
    );
  },
);
