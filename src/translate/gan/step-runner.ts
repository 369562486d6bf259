import type { ComputeRuntime, HostTensor } from "../../core/ports.js";
import { initialValues, type ParameterSpec } from "../../nn/scope.js";
import {
  AccumulatedTraining,
  adamFeeds,
  type StateSource,
  sizeOf,
  Training,
  type TrainingState,
} from "../../tensor/index.js";
import type { StepData } from "../samples/sampler.js";
import type { QueryPoints } from "./points.js";
import { samplingFeeds } from "./sampling-inputs.js";
import { averageName, type CryogemPhases, cryogemPhases, cryogemStep, type StepOptions } from "./step.js";

/**
 * Losses of a step by the names that metrics.jsonl uses: discriminatorReal, discriminatorFake (and coarseReal, coarseFake),
 * gan, nce, fakeDeviation.
 */
export type Losses = Readonly<Record<string, number>>;

export interface StepSettings {
  /** Counts from 1. */
  readonly step: number;
  /** Of generator and heads. */
  readonly learningRate: number;
  readonly discriminatorLearningRate: number;
  /** Weight of the contrastive loss. */
  readonly nceWeight: number;
  /** Decay of the moving average, where one is kept; it is lower in the first steps. */
  readonly averageDecay: number;
}

/** Either kind of training. */
interface Engine {
  /** Means over the crops. */
  run(crops: readonly Feeds[], shared: Feeds): Promise<Losses>;
  save(only?: readonly string[]): Promise<TrainingState>;
  close(): Promise<void>;
}
type Feeds = Readonly<Record<string, HostTensor>>;

/** Runs CryoGEM's training steps one after the other, their state staying on the device. */
export class StepRunner {
  private constructor(
    private readonly options: StepOptions,
    private readonly generator: readonly ParameterSpec[],
    private readonly training: Engine,
  ) {}

  /**
   * @param start a state to continue from, or a seed to start from
   * @param crops of a step: its gradients are means over them
   */
  static async open<DeviceTensor>(
    options: StepOptions,
    runtime: ComputeRuntime<DeviceTensor>,
    start: StateSource | number,
    crops = 1,
  ): Promise<StepRunner> {
    const state = (networks: Networks): StateSource =>
      typeof start === "number" ? firstState(networks, start) : start;
    if (crops > 1) {
      const graph = cryogemPhases(options);
      const training = await AccumulatedTraining.open(runtime, graph.phases, crops, state(graph));
      return new StepRunner(options, graph.generator, training);
    }
    const graph = cryogemStep(options);
    const training = await Training.open(runtime, graph, state(graph));
    return new StepRunner(options, graph.generator, {
      async run([crop], shared) {
        const outputs = await training.run({ ...crop, ...shared });
        return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data[0]!]));
      },
      save: (only) => training.save(only),
      close: () => training.close(),
    });
  }

  /** @param data of as many crops as a step has */
  async run(data: readonly StepData[], settings: StepSettings): Promise<Losses> {
    const { step, learningRate, discriminatorLearningRate, nceWeight } = settings;
    const adam = { beta1: this.options.beta1 };
    // as long as there are few steps to average over, the first ones must not weigh for ever
    const decay = Math.min(settings.averageDecay, step / (step + 9));
    return this.training.run(
      data.map((crop) => this.dataFeeds(crop, nceWeight)),
      {
        ...adamFeeds("generator", learningRate, step, adam),
        ...adamFeeds("discriminator", discriminatorLearningRate, step, adam),
        ...(this.options.averaged && { averageDecay: float([decay]) }),
      },
    );
  }

  /** Parameters, Adam's moments and the moving average: `p`, `m:p`, `v:p`, `average:p`. */
  state(): Promise<TrainingState> {
    return this.training.save();
  }

  /** The parameters to translate with: averaged, where an average is kept. */
  async generatorParameters(): Promise<TrainingState> {
    const names = this.generator.map(({ name }) => name);
    if (!this.options.averaged) return this.training.save(names);
    const averages = await this.training.save(names.map(averageName));
    return new Map(names.map((name) => [name, averages.get(averageName(name))!]));
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
    for (let level = 1; level <= levels; level++) Object.assign(feeds, samplingFeeds(both, crop, level));
    return feeds;
  }
}

type Networks = Pick<CryogemPhases, "generator" | "discriminator" | "heads">;

/** Parameters drawn from the seed, as their averages are; moments at zero. */
function firstState({ generator, discriminator, heads }: Networks, seed: number): StateSource {
  const values = new Map<string, () => Float32Array>();
  for (const spec of [...generator, ...discriminator, ...heads]) {
    const first = (): Float32Array => initialValues(spec, seed);
    const zeros = (): Float32Array => new Float32Array(sizeOf(spec.shape));
    values.set(spec.name, first).set(averageName(spec.name), first);
    values.set(`m:${spec.name}`, zeros).set(`v:${spec.name}`, zeros);
  }
  return { get: (name) => values.get(name)?.() };
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
