import type { Image } from "../../../array/image.js";
import { Random } from "../../../core/random.js";
import { patchClassifier } from "../../../nn/patch-classifier.js";
import { Scope } from "../../../nn/scope.js";
import { add, compile, constant, input, mul, reduceSum, square } from "../../../tensor/index.js";
import { adamFeeds, adamInputs } from "../../../train/adam.js";
import { averagedParameters, averageFeeds, withAverages } from "../../../train/average.js";
import { crossEntropy } from "../../../train/cross-entropy.js";
import { floatTensor } from "../../../train/feeds.js";
import { runTraining, type TrainingMachine } from "../../../train/loop.js";
import type { StepPhase } from "../../../train/phase.js";
import { firstState, type TrainingState } from "../../../train/state.js";
import { optimise } from "../../../train/update.js";
import { copyPatch, drawPatch, type PatchPlace } from "./patches.js";

export interface ClassifierOptions {
  /** Pixels, a multiple of 32. */
  readonly patch: number;
  readonly steps: number;
}

/** Channels of the first level, patches of a batch (half of each kind), learning rate, decay of weights and of averages. */
const WIDTH = 16;
const BATCH = 32;
const LEARNING_RATE = 4e-3;
const WEIGHT_DECAY = 1e-4;
const AVERAGE = 0.98;
/** The cross-entropy of a training that goes well stays below 1. */
const LOSS_BOUND = 100;

/**
 * Trains a fresh classifier on random patches of real and candidate micrographs, turned in all eight ways. Adam; the rate falls to zero
 * along a half cosine.
 *
 * @param sides prepared micrographs, mean 0 and standard deviation 1
 * @returns moving averages of the weights
 */
export async function trainClassifier<DeviceTensor>(
  machine: TrainingMachine<DeviceTensor>,
  sides: { readonly real: readonly Image[]; readonly candidate: readonly Image[] },
  { patch, steps }: ClassifierOptions,
  seed: number,
): Promise<TrainingState> {
  const { phases, parameters } = classifierStep(patch);
  const learningRate = (step: number): number =>
    (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * (step - 1)) / steps));
  const labels = floatTensor(
    Float32Array.from({ length: BATCH }, (_, i) => i % 2),
    [BATCH, 1],
  );
  const state = await runTraining(
    machine,
    {
      phases,
      start: firstState(parameters, seed),
      ...{ steps, every: steps, examples: 1, learningRate, bounds: { loss: LOSS_BOUND } },
      async feeds(step) {
        const random = Random.of(seed, "realism classifier", step);
        const images = new Float32Array(BATCH * patch * patch);
        for (let i = 0; i < BATCH; i++) {
          const from = i % 2 === 0 ? sides.real : sides.candidate;
          drawPatch(from, patch, random, images, i * patch * patch);
        }
        return {
          examples: [{ patches: floatTensor(images, [BATCH, 1, patch, patch]), labels }],
          shared: { ...adamFeeds("classifier", learningRate(step), step), ...averageFeeds(AVERAGE, step) },
        };
      },
    },
    { step: async () => {}, milestone: async () => {}, warn: () => {}, checkpoint: async () => {} },
  );
  return averagedParameters(state);
}

function classifierStep(patch: number): { phases: readonly StepPhase[]; parameters: Scope["parameters"] } {
  const scope = Scope.root("classifier");
  const logOdds = patchClassifier(scope, WIDTH)(input("patches", [BATCH, 1, patch, patch]));
  const loss = crossEntropy(logOdds, input("labels", [BATCH, 1]), constant(1 / BATCH, [1]));
  const { parameters } = scope;
  const decay = parameters
    .filter(({ name }) => name.endsWith("weight"))
    .map(({ value }) => reduceSum(square(value)))
    .reduce((sum, each) => add(sum, each));
  const updates = optimise(
    add(loss, mul(decay, WEIGHT_DECAY)),
    Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    adamInputs("classifier"),
  );
  return { parameters, phases: [{ outputs: { loss }, updates: withAverages(updates, parameters) }] };
}

/** Log-odds that each patch comes from a candidate. */
export async function classifyPatches<DeviceTensor>(
  { runtime, signal }: TrainingMachine<DeviceTensor>,
  weights: TrainingState,
  micrographs: readonly Image[],
  places: readonly PatchPlace[],
  patch: number,
): Promise<Float32Array> {
  const declared = Scope.root("classifier");
  const graph = compile({
    logOdds: patchClassifier(declared, WIDTH)(input("patches", [BATCH, 1, patch, patch])),
  });
  const parameters = Object.fromEntries(
    declared.parameters.map(({ name, shape }) => [name, floatTensor(weights.get(name)!, shape)]),
  );
  const session = await runtime.load(graph.model);
  const found = new Float32Array(places.length);
  try {
    for (let start = 0; start < places.length; start += BATCH) {
      signal.throwIfAborted();
      const images = new Float32Array(BATCH * patch * patch);
      const some = places.slice(start, start + BATCH);
      for (const [i, place] of some.entries())
        copyPatch(micrographs[place.micrograph]!, place, patch, 0, images, i * patch * patch);
      const { logOdds } = await session.run({
        ...parameters,
        patches: floatTensor(images, [BATCH, 1, patch, patch]),
      });
      const host = await runtime.toHost(logOdds!);
      found.set((host.data as Float32Array).subarray(0, some.length), start);
      runtime.dispose(logOdds!);
    }
  } finally {
    await session.close();
  }
  return found;
}
