import type { ComputeRuntime, ComputeSession, HostTensor } from "../core/ports.js";
import { HostAdam, type LateUpdate } from "./adam-host.js";
import { compile } from "./compile.js";
import { copyState, isHost, type StateSource, type TrainingState, valuesOf } from "./state.js";
import type { Value } from "./value.js";

/** A tensor carried from one step to the next: fed as the input `name`, then replaced by `next`. */
export interface StateTensor {
  readonly name: string;
  readonly next: Value;
  /**
   * True if the old value enters nothing but elementwise operations that lead to `next` (optimiser's moments): it is then
   * overwritten where it lies. Parameters are read until the end of a step and need false.
   */
  readonly inPlace: boolean;
}

/** What a step computes: outputs for the caller, and the state after it. */
export interface StepGraph {
  readonly outputs: Readonly<Record<string, Value>>;
  readonly state: readonly StateTensor[];
  /** Those changes of the state that nothing else in the step reads: made by the host where tensors are the host's arrays. */
  readonly late?: readonly LateUpdate[];
}

/**
 * Runs a step's graph again and again. The state stays on the device; parameters that the graph itself replaces alternate
 * between two buffers. A step is a pure function: equal state and feeds give equal results, bit for bit, on the same device.
 */
export class Training<DeviceTensor> {
  /** State tensors that the graph carries on. */
  private current: Record<string, HostTensor | DeviceTensor> = {};
  /** Tensors that a coming step writes into, by output name. */
  private spare: Record<string, DeviceTensor | null> = {};
  private readonly outputNames: readonly string[];

  private constructor(
    private readonly runtime: ComputeRuntime<DeviceTensor>,
    private readonly session: ComputeSession<DeviceTensor>,
    private readonly graph: StepGraph,
    private readonly carried: readonly StateTensor[],
    private readonly host: HostAdam | undefined,
  ) {
    this.outputNames = Object.keys(graph.outputs);
  }

  /** @param start a value for every state tensor; throws FormatError for one that is missing or of another size */
  static async open<DeviceTensor>(
    runtime: ComputeRuntime<DeviceTensor>,
    graph: StepGraph,
    start: StateSource,
  ): Promise<Training<DeviceTensor>> {
    const { late = [] } = graph;
    const host = runtime.tensorsOnHost && HostAdam.fits(late) ? new HostAdam(late) : undefined;
    const carried = graph.state.filter(({ name }) => !(host && name in host.state));
    const next = carried.map(({ name, next }) => [nextName(name), next] as const);
    const outputs = { ...graph.outputs, ...Object.fromEntries(next), ...host?.outputs };
    const kept = new Set(graph.state.map(({ name }) => name));
    const { model } = compile(outputs, { unsized: (name) => !kept.has(name) });
    const session = await runtime.load(model, { keepOnDevice: next.map(([name]) => name) });
    const training = new Training(runtime, session, graph, carried, host);
    training.fill(start);
    return training;
  }

  /**
   * One step: feeds are all inputs but the state. Returns the graph's outputs; the state moves on. After a step that fails
   * half way the state is to be loaded again.
   */
  async run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> {
    const wanted = Object.fromEntries(this.outputNames.map((name) => [name, null]));
    const outputsTo = { ...wanted, ...this.spare, ...this.host?.gradients };
    const results = await this.session.run({ ...this.tensors, ...feeds }, outputsTo);
    this.host?.step(feeds);
    const previous = this.current;
    this.current = {};
    this.spare = {};
    for (const { name, inPlace } of this.carried) {
      const result = results[nextName(name)]!;
      this.current[name] = result;
      const old = previous[name]!;
      this.spare[nextName(name)] = inPlace ? result : isHost(old) ? null : old;
    }
    const outputs: Record<string, HostTensor> = {};
    for (const name of this.outputNames) {
      outputs[name] = await this.runtime.toHost(results[name]!);
      this.runtime.dispose(results[name]!);
    }
    return outputs;
  }

  /** The state tensors as they are on the device now, to be fed to another graph before the next step. */
  get tensors(): Readonly<Record<string, HostTensor | DeviceTensor>> {
    return { ...this.current, ...this.host?.state };
  }

  /** Copies of the state, or of those tensors only that are named. */
  save(only: readonly string[] = this.graph.state.map(({ name }) => name)): Promise<TrainingState> {
    return copyState(this.runtime, this.tensors, only);
  }

  /** Goes on from another state; throws FormatError if it does not fit the graph. */
  load(state: TrainingState): void {
    for (const { name, next } of this.graph.state) valuesOf(state, name, next.type.shape);
    this.disposeState();
    this.fill(state);
  }

  private fill(source: StateSource): void {
    this.current = {};
    this.spare = noSpare(this.carried);
    for (const { name, next } of this.graph.state) {
      const values = valuesOf(source, name, next.type.shape);
      const held = this.host?.state[name];
      if (held) held.data.set(values);
      else this.current[name] = { dtype: "float32", dims: next.type.shape, data: Float32Array.from(values) };
    }
  }

  async close(): Promise<void> {
    this.disposeState();
    await this.session.close();
  }

  private disposeState(): void {
    const held = [...Object.values(this.current), ...Object.values(this.spare)];
    for (const tensor of new Set(held)) {
      if (tensor !== null && !isHost(tensor)) this.runtime.dispose(tensor);
    }
  }
}

const nextName = (name: string): string => `next:${name}`;

const noSpare = (state: readonly StateTensor[]): Record<string, null> =>
  Object.fromEntries(state.map(({ name }) => [nextName(name), null]));
