import type { ComputeRuntime, ComputeSession, HostTensor } from "../core/ports.js";
import { adam } from "./adam.js";
import { HostAdam, type LateUpdate, unshaped } from "./adam-host.js";
import { compile } from "./compile.js";
import { add, mul, sub } from "./elementwise.js";
import { reshape } from "./layout.js";
import { copyState, isHost, type StateSource, type TrainingState, valuesOf } from "./state.js";
import { type Shape, sizeOf } from "./types.js";
import { input, type Value } from "./value.js";

/** A part of a step over several examples: gradients are averaged over all of them before its updates are made. */
export interface StepPhase {
  readonly outputs: Readonly<Record<string, Value>>;
  readonly updates: readonly LateUpdate[];
}

type Feeds = Readonly<Record<string, HostTensor>>;
type Tensors<DeviceTensor> = Record<string, HostTensor | DeviceTensor>;

interface OpenPhase<DeviceTensor> {
  readonly session: ComputeSession<DeviceTensor>;
  readonly outputs: readonly string[];
  readonly parameters: readonly string[];
  /** Makes the updates from the averaged gradients. */
  readonly update: (feeds: Feeds) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Training steps whose gradients are means over several examples, computed one after the other in the memory of one. Every
 * phase of a step sees all examples; later phases see what earlier ones learned. State and sums stay on the device.
 */
export class AccumulatedTraining<DeviceTensor> {
  /** Parameters, moments, averages, and sums of gradients as `gradient:<parameter>`. */
  private readonly tensors: Tensors<DeviceTensor> = {};
  private readonly phases: OpenPhase<DeviceTensor>[] = [];
  private readonly stateNames: string[] = [];

  private constructor(
    private readonly runtime: ComputeRuntime<DeviceTensor>,
    /** Inputs of the phases that are carried from one to the next. */
    private readonly kept: ReadonlySet<string>,
  ) {}

  /** @param examples of a step, 1 or more */
  static async open<DeviceTensor>(
    runtime: ComputeRuntime<DeviceTensor>,
    phases: readonly StepPhase[],
    examples: number,
    start: StateSource,
  ): Promise<AccumulatedTraining<DeviceTensor>> {
    const updates = phases.flatMap((phase) => phase.updates);
    const kept = updates.flatMap((update) => [
      gradientOf(update.parameter),
      ...stateOf(update).map(({ name }) => name),
    ]);
    const training = new AccumulatedTraining(runtime, new Set(kept));
    for (const phase of phases) training.phases.push(await training.openPhase(phase, examples, start));
    return training;
  }

  /**
   * One step. Returns the means of the outputs, which are single numbers.
   *
   * @param examples feeds of each
   * @param shared feeds of all: Adam's scalars, a decay
   */
  async run(examples: readonly Feeds[], shared: Feeds): Promise<Record<string, number>> {
    const means: Record<string, number> = {};
    for (const { session, outputs, parameters, update } of this.phases) {
      for (const [i, example] of examples.entries()) {
        const sums = parameters.map((name) => [sumName(name), this.tensors[gradientOf(name)]!] as const);
        const wanted = Object.fromEntries(outputs.map((name) => [name, null]));
        const results = await session.run(
          { ...this.tensors, ...shared, ...example, [KEEP]: one(i === 0 ? 0 : 1) },
          { ...wanted, ...(Object.fromEntries(sums) as Record<string, DeviceTensor>) },
        );
        for (const name of parameters) this.hold(gradientOf(name), results[sumName(name)]!);
        for (const name of outputs) {
          const { data } = await this.runtime.toHost(results[name]!);
          means[name] = (means[name] ?? 0) + data[0]! / examples.length;
          this.runtime.dispose(results[name]!);
        }
      }
      await update(shared);
    }
    return means;
  }

  /** Copies of the state, or of those tensors only that are named. */
  save(only: readonly string[] = this.stateNames): Promise<TrainingState> {
    return copyState(this.runtime, this.tensors, only);
  }

  async close(): Promise<void> {
    for (const tensor of Object.values(this.tensors)) if (!isHost(tensor)) this.runtime.dispose(tensor);
    for (const phase of this.phases) await phase.close();
  }

  /** Where the host holds a tensor, the result was written there already. */
  private hold(name: string, result: DeviceTensor): void {
    if (!(this.runtime.tensorsOnHost && isHost(this.tensors[name]))) this.tensors[name] = result;
  }

  private async openPhase(
    { outputs, updates }: StepPhase,
    examples: number,
    start: StateSource,
  ): Promise<OpenPhase<DeviceTensor>> {
    const { runtime } = this;
    const host = runtime.tensorsOnHost && HostAdam.fits(updates) ? new HostAdam(updates) : undefined;
    for (const { name, shape } of updates.flatMap(stateOf)) {
      const values = valuesOf(start, name, shape);
      const held = host?.state[name];
      if (held) held.data.set(values);
      this.tensors[name] = held ?? { dtype: "float32", dims: shape, data: Float32Array.from(values) };
      this.stateNames.push(name);
    }
    const keep = input(KEEP, [1]);
    const sums: Record<string, Value> = {};
    for (const { parameter, gradient } of updates) {
      const raw = unshaped(gradient);
      const name = gradientOf(parameter);
      const { shape } = raw.type;
      this.tensors[name] = host?.gradients[name] ?? zeros(shape);
      sums[sumName(parameter)] = add(mul(input(name, shape), keep), mul(raw, 1 / examples));
    }
    const { model } = compile({ ...outputs, ...sums }, { unsized: (name) => !this.kept.has(name) });
    const session = await runtime.load(model, { keepOnDevice: Object.keys(sums) });
    const onDevice = host ? undefined : await this.openUpdate(updates);
    return {
      ...{ session, outputs: Object.keys(outputs), parameters: updates.map(({ parameter }) => parameter) },
      update: async (feeds) => (host ? host.step(feeds) : onDevice!.run(feeds)),
      close: async () => {
        await session.close();
        await onDevice?.close();
      },
    };
  }

  /** Adam as a graph of its own, for tensors that stay on a device. */
  private async openUpdate(updates: readonly LateUpdate[]) {
    const next: Record<string, Value> = {};
    for (const { parameter, gradient, scalars, beta1, beta2, average } of updates) {
      const { shape } = gradient.type;
      const [p, m, v] = [parameter, `m:${parameter}`, `v:${parameter}`];
      const before = {
        ...{ parameter: input(p, shape), firstMoment: input(m, shape), secondMoment: input(v, shape) },
      };
      const sum = input(gradientOf(parameter), unshaped(gradient).type.shape);
      const after = adam(before, reshape(sum, shape), scalars, { beta1, beta2 });
      Object.assign(next, {
        [`next:${p}`]: after.parameter,
        [`next:${m}`]: after.firstMoment,
        [`next:${v}`]: after.secondMoment,
      });
      if (!average) continue;
      const kept = mul(input(average.name, shape), average.decay);
      next[`next:${average.name}`] = add(kept, mul(after.parameter, sub(1, average.decay)));
    }
    const { model } = compile(next);
    const names = Object.keys(next);
    const session = await this.runtime.load(model, { keepOnDevice: names });
    return {
      run: async (feeds: Feeds): Promise<void> => {
        const results = await session.run({ ...this.tensors, ...feeds }, names);
        for (const name of names) {
          const old = this.tensors[name.slice("next:".length)]!;
          if (!isHost(old)) this.runtime.dispose(old);
          this.tensors[name.slice("next:".length)] = results[name]!;
        }
      },
      close: () => session.close(),
    };
  }
}

const KEEP = "accumulation:keep";
const gradientOf = (parameter: string): string => `gradient:${parameter}`;
const sumName = (parameter: string): string => `sum:${parameter}`;

const one = (value: number): HostTensor => ({
  ...{ dtype: "float32", dims: [1], data: Float32Array.of(value) },
});
const zeros = (dims: Shape): HostTensor => ({
  ...{ dtype: "float32", dims, data: new Float32Array(sizeOf(dims)) },
});

function stateOf({ parameter, gradient, average }: LateUpdate) {
  const names = [parameter, `m:${parameter}`, `v:${parameter}`, ...(average ? [average.name] : [])];
  return names.map((name) => ({ name, shape: gradient.type.shape }));
}
