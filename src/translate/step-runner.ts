import { FormatError } from "../core/errors.js";
import type { ComputeRuntime, ComputeSession, HostTensor } from "../core/ports.js";
import { initialValues, type ParameterSpec } from "../nn/scope.js";
import { type AdamSettings, adamScalars, compile, sizeOf } from "../tensor/index.js";
import { samplingAt } from "./points.js";
import type { StepData } from "./sampler.js";
import { cryogemStep, LOSSES, type StepOptions } from "./step.js";

/** Parameters and Adam's moments by name: `p`, `m:p`, `v:p`. */
export type TrainingState = ReadonlyMap<string, Float32Array>;

export type LossName = (typeof LOSSES)[number];

export interface StepSettings {
  /** Counts from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Weight of the contrastive loss. */
  readonly nceWeight: number;
}

/**
 * Runs training steps one after the other. Parameters and moments stay on the device between steps; `state` brings them
 * back. The graph is a pure function, so equal state and data give equal results on the same device.
 */
export class StepRunner<DeviceTensor> {
  private constructor(
    private readonly options: StepOptions,
    private readonly runtime: ComputeRuntime<DeviceTensor>,
    private readonly session: ComputeSession<DeviceTensor>,
    private readonly specs: readonly ParameterSpec[],
    private held: Record<string, HostTensor | DeviceTensor>,
    private device: readonly DeviceTensor[] = [],
  ) {}

  /** @param state to continue from; without it parameters start from the seed and moments at zero */
  static async open<DeviceTensor>(
    options: StepOptions,
    runtime: ComputeRuntime<DeviceTensor>,
    start: TrainingState | number,
  ): Promise<StepRunner<DeviceTensor>> {
    const graph = cryogemStep(options);
    const specs = [...graph.generator, ...graph.discriminator, ...graph.heads];
    const { model } = compile(graph.outputs);
    const session = await runtime.load(model, {
      keepOnDevice: specs.flatMap((spec) => stateNames(spec).map(next)),
    });
    return new StepRunner(options, runtime, session, specs, hostState(specs, start));
  }

  /** The parameters that make the generator. */
  get generatorNames(): readonly string[] {
    return this.specs.map(({ name }) => name).filter((name) => name.startsWith("generator."));
  }

  async run(
    data: StepData,
    { step, learningRate, nceWeight }: StepSettings,
  ): Promise<Record<LossName, number>> {
    const stateOutputs = this.specs.flatMap((spec) => stateNames(spec).map(next));
    const results = await this.session.run(
      {
        ...this.held,
        ...this.dataFeeds(data, nceWeight),
        ...adamFeeds(learningRate, step, { beta1: this.options.beta1 }),
      },
      [...LOSSES, ...stateOutputs],
    );
    for (const tensor of this.device) this.runtime.dispose(tensor);
    this.held = Object.fromEntries(stateOutputs.map((name) => [name.slice(NEXT.length), results[name]!]));
    this.device = Object.values(this.held) as DeviceTensor[];
    const losses = {} as Record<LossName, number>;
    for (const name of LOSSES) {
      losses[name] = (await this.runtime.toHost(results[name]!)).data[0]!;
      this.runtime.dispose(results[name]!);
    }
    return losses;
  }

  /** Copies of the parameters and, unless only those are wanted, of the moments. */
  async state(only?: readonly string[]): Promise<TrainingState> {
    const copies = new Map<string, Float32Array>();
    for (const [name, tensor] of Object.entries(this.held)) {
      if (only && !only.includes(name)) continue;
      const host = isHost(tensor) ? tensor : await this.runtime.toHost(tensor);
      copies.set(name, Float32Array.from(host.data as Float32Array));
    }
    return copies;
  }

  async close(): Promise<void> {
    for (const tensor of this.device) this.runtime.dispose(tensor);
    await this.session.close();
  }

  private dataFeeds({ simulated, real, points }: StepData, weight: number): Record<string, HostTensor> {
    const { crop, levels } = this.options;
    const image = [1, 1, crop, crop];
    const { particles, background } = points;
    const both = concatenated(particles ?? background!, background ?? particles!);
    const feeds: Record<string, HostTensor> = {
      simulated: float(simulated, image),
      real: float(real, image),
      nceWeight: float([particles && background ? weight : 0]),
    };
    for (let level = 1; level <= levels; level++) {
      const { indices, weights } = samplingAt(both, crop, level);
      feeds[`level${level}:indices`] = { dtype: "int32", dims: [indices.length], data: indices };
      feeds[`level${level}:weights`] = float(weights);
    }
    return feeds;
  }
}

const NEXT = "next:";
const next = (name: string): string => NEXT + name;

const stateNames = ({ name }: ParameterSpec): readonly string[] => [name, `m:${name}`, `v:${name}`];

function hostState(
  specs: readonly ParameterSpec[],
  start: TrainingState | number,
): Record<string, HostTensor> {
  const state: Record<string, HostTensor> = {};
  for (const spec of specs) {
    for (const name of stateNames(spec)) {
      const fresh = (seed: number) =>
        name === spec.name ? initialValues(spec, seed) : new Float32Array(sizeOf(spec.shape));
      const data = typeof start === "number" ? fresh(start) : start.get(name);
      if (data?.length !== sizeOf(spec.shape)) {
        throw new FormatError("checkpoint", name, data?.length ?? "nothing", `${sizeOf(spec.shape)} numbers`);
      }
      state[name] = { dtype: "float32", dims: spec.shape, data };
    }
  }
  return state;
}

function adamFeeds(learningRate: number, step: number, settings: AdamSettings): Record<string, HostTensor> {
  const { stepSize, stepEpsilon } = adamScalars(learningRate, step, settings);
  return { "adam:stepSize": float([stepSize]), "adam:stepEpsilon": float([stepEpsilon]) };
}

const float = (data: ArrayLike<number>, dims: readonly number[] = [data.length]): HostTensor => ({
  dtype: "float32",
  dims,
  data: data instanceof Float32Array ? data : Float32Array.from(data),
});

const isHost = (tensor: unknown): tensor is HostTensor =>
  typeof tensor === "object" && tensor !== null && "dtype" in tensor;

function concatenated(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
