import type { ComputeRuntime, HostTensor } from "../core/ports.js";
import { initialValues, type ParameterSpec } from "../nn/scope.js";
import { type AdamSettings, adamFeeds, sizeOf, Training, type TrainingState } from "../tensor/index.js";
import { type QueryPoints, samplingAt } from "./points.js";
import type { StepData } from "./sampler.js";
import { type CryogemStep, cryogemStep, LOSSES, type StepOptions } from "./step.js";

export type LossName = (typeof LOSSES)[number];

export interface StepSettings {
  /** Counts from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Weight of the contrastive loss. */
  readonly nceWeight: number;
}

/** Runs CryoGEM's training steps one after the other, their state staying on the device. */
export class StepRunner<DeviceTensor> {
  private constructor(
    private readonly options: StepOptions,
    private readonly graph: CryogemStep,
    private readonly training: Training<DeviceTensor>,
  ) {}

  /** @param start a state to continue from, or a seed to start from */
  static async open<DeviceTensor>(
    options: StepOptions,
    runtime: ComputeRuntime<DeviceTensor>,
    start: TrainingState | number,
  ): Promise<StepRunner<DeviceTensor>> {
    const graph = cryogemStep(options);
    const state = typeof start === "number" ? firstState(graph, start) : start;
    return new StepRunner(options, graph, await Training.open(runtime, graph, state));
  }

  async run(
    data: StepData,
    { step, learningRate, nceWeight }: StepSettings,
  ): Promise<Record<LossName, number>> {
    const settings: AdamSettings = { beta1: this.options.beta1 };
    const outputs = await this.training.run({
      ...this.dataFeeds(data, nceWeight),
      ...adamFeeds("adam", learningRate, step, settings),
    });
    return Object.fromEntries(LOSSES.map((name) => [name, outputs[name]!.data[0]!])) as Record<
      LossName,
      number
    >;
  }

  /** Parameters and Adam's moments: `p`, `m:p`, `v:p`. */
  state(): Promise<TrainingState> {
    return this.training.save();
  }

  generatorParameters(): Promise<TrainingState> {
    return this.training.save(this.graph.generator.map(({ name }) => name));
  }

  close(): Promise<void> {
    return this.training.close();
  }

  private dataFeeds({ simulated, real, points }: StepData, weight: number): Record<string, HostTensor> {
    const { crop, levels } = this.options;
    const image = [1, 1, crop, crop];
    const feeds: Record<string, HostTensor> = {
      simulated: float(simulated, image),
      real: float(real, image),
      nceWeight: float([points.particles && points.background ? weight : 0]),
    };
    const both = joined(points);
    for (let level = 1; level <= levels; level++) {
      const { indices, weights } = samplingAt(both, crop, level);
      feeds[`level${level}:indices`] = { dtype: "int32", dims: [indices.length], data: indices };
      feeds[`level${level}:weights`] = float(weights);
    }
    return feeds;
  }
}

/** Parameters drawn from the seed, moments at zero. */
function firstState({ generator, discriminator, heads }: CryogemStep, seed: number): TrainingState {
  const state = new Map<string, Float32Array>();
  for (const spec of [...generator, ...discriminator, ...heads] satisfies ParameterSpec[]) {
    state.set(spec.name, initialValues(spec, seed));
    for (const moment of ["m", "v"])
      state.set(`${moment}:${spec.name}`, new Float32Array(sizeOf(spec.shape)));
  }
  return state;
}

/** Particle points, then background points; a kind that a crop lacks stands for the other, at weight 0. */
function joined({ particles, background }: QueryPoints): Int32Array {
  const [first, second] = [particles ?? background!, background ?? particles!];
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

const float = (data: ArrayLike<number>, dims: readonly number[] = [data.length]): HostTensor => ({
  dtype: "float32",
  dims,
  data: data instanceof Float32Array ? data : Float32Array.from(data),
});
