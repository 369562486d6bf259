import { UsageError } from "../../core/errors.js";
import type { ComputeRuntime } from "../../core/ports.js";
import { input, reshape, type Shape, sizeOf, unshaped } from "../../tensor/index.js";
import { type Feeds, floatTensor, type StepFeeds } from "../feeds.js";
import { carriedState, fuse, KEEP, rawGradients, type StepPhase, summedGradients } from "../phase.js";
import { gradientName, type StateSource, type TrainingState } from "../state.js";
import { type CarriedTensor, stateOf, type Update, updatesInGraph } from "../update.js";
import { HostAdam } from "./adam-host.js";
import { CarryingGraph } from "./carrying-graph.js";
import { HeldTensors } from "./held-tensors.js";

interface OpenPhase {
  /** The outputs for one example, whose gradients are kept. */
  readonly see: (feeds: Feeds) => Promise<Record<string, number>>;
  /** What is done after the last example. */
  readonly update: (feeds: Feeds) => Promise<unknown>;
}

/**
 * Takes training steps, one after the other. The gradients of a step are means over its examples, which are computed one by one
 * in the memory of one: every phase sees all examples, and later phases see what earlier ones learned. The phases of a
 * step over a single example are one graph.
 *
 * The state stays on the device. A step is a pure function: equal state and feeds give equal results, bit for bit, on the same
 * device.
 */
export class Training<DeviceTensor> {
  private readonly held: HeldTensors<DeviceTensor>;
  private readonly graphs: CarryingGraph<DeviceTensor>[] = [];
  private readonly phases: OpenPhase[] = [];

  private constructor(
    private readonly runtime: ComputeRuntime<DeviceTensor>,
    private readonly examples: number,
    /** Names of the state tensors. */
    private readonly state: readonly string[],
  ) {
    this.held = new HeldTensors(runtime);
  }

  /**
   * @param start a value for every state tensor (`stateOf`)
   * @param examples of a step, 1 or more
   * @throws FormatError for a value that is missing or of another size, UsageError for a parameter that two phases update
   */
  static async open<DeviceTensor>(
    runtime: ComputeRuntime<DeviceTensor>,
    phases: readonly StepPhase[],
    start: StateSource,
    examples = 1,
  ): Promise<Training<DeviceTensor>> {
    const state = [...stateOf(phases.flatMap(({ updates }) => updates)), ...carriedState(phases)];
    const names = state.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw new UsageError(`training step: ${twice}: found updates by two phases, expected one`);
    }
    const units = examples === 1 ? [fuse(phases)] : phases;
    const hosts = units.map(({ updates }) =>
      runtime.tensorsOnHost && HostAdam.fits(updates) ? new HostAdam(updates) : undefined,
    );
    const training = new Training(runtime, examples, names);
    for (const host of hosts) Object.assign(training.held.tensors, host?.tensors);
    training.held.fill(state, start);
    for (const [i, unit] of units.entries()) training.phases.push(await training.openPhase(unit, hosts[i]));
    return training;
  }

  /**
   * One step. Returns the means of the outputs over the examples. After a step that fails half way the training is of no
   * further use.
   *
   * @throws UsageError for another number of examples
   */
  async run({ examples, shared }: StepFeeds): Promise<Record<string, number>> {
    if (examples.length !== this.examples) {
      throw new UsageError(`training step: found ${examples.length} examples, expected ${this.examples}`);
    }
    const means: Record<string, number> = {};
    for (const { see, update } of this.phases) {
      for (const [i, example] of examples.entries()) {
        const keep = { [KEEP]: floatTensor(Float32Array.of(i === 0 ? 0 : 1)) };
        const outputs = await see({ ...shared, ...example, ...keep });
        for (const [name, value] of Object.entries(outputs)) {
          means[name] = (means[name] ?? 0) + value / examples.length;
        }
      }
      await update(shared);
    }
    return means;
  }

  /** Copies of the state. */
  save(): Promise<TrainingState> {
    return this.held.copy(this.state);
  }

  async close(): Promise<void> {
    this.held.dispose();
    for (const graph of this.graphs) await graph.close();
  }

  private async openPhase(
    { outputs, carried = [], updates }: StepPhase,
    host: HostAdam | undefined,
  ): Promise<OpenPhase> {
    const { examples, held } = this;
    const onHost = host && (async (feeds: Feeds) => host.run(feeds));
    if (examples === 1) {
      const changed = host ? rawGradients(updates) : updatesInGraph(updates);
      const see = await this.openGraph(outputs, [...carried, ...changed]);
      return { see, update: onHost ?? (async () => {}) };
    }
    const sums = summedGradients(updates, examples);
    for (const { name, next } of sums) held.tensors[name] ??= zeros(next.type.shape);
    const see = await this.openGraph(outputs, [...carried, ...sums]);
    return { see, update: onHost ?? (await this.openGraph({}, updatesInGraph(updates.map(fromSum)))) };
  }

  private async openGraph(
    outputs: StepPhase["outputs"],
    carried: readonly CarriedTensor[],
  ): Promise<OpenPhase["see"]> {
    const graph = await CarryingGraph.open(this.runtime, this.held, outputs, carried);
    this.graphs.push(graph);
    return (feeds) => graph.run(feeds);
  }
}

const zeros = (shape: Shape) => floatTensor(new Float32Array(sizeOf(shape)), shape);

/** The update by a sum of gradients in the place of one gradient. */
function fromSum(update: Update): Update {
  const { parameter, gradient } = update;
  const sum = input(gradientName(parameter), unshaped(gradient).type.shape);
  return { ...update, gradient: reshape(sum, gradient.type.shape) };
}
