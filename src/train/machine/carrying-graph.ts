import type { ComputeRuntime, ComputeSession, HostTensor } from "../../core/ports.js";
import { compile, type Value } from "../../tensor/index.js";
import type { Feeds } from "../feeds.js";
import type { CarriedTensor } from "../update.js";
import type { HeldTensors } from "./held-tensors.js";

/** A graph that is run again and again, which reads the tensors held and replaces some of them. */
export class CarryingGraph<DeviceTensor> {
  private constructor(
    private readonly runtime: ComputeRuntime<DeviceTensor>,
    private readonly held: HeldTensors<DeviceTensor>,
    private readonly session: ComputeSession<DeviceTensor>,
    private readonly outputs: readonly string[],
    private readonly carried: readonly CarriedTensor[],
  ) {}

  /** @param held has every tensor that the graph reads and is not fed */
  static async open<DeviceTensor>(
    runtime: ComputeRuntime<DeviceTensor>,
    held: HeldTensors<DeviceTensor>,
    outputs: Readonly<Record<string, Value>>,
    carried: readonly CarriedTensor[],
  ): Promise<CarryingGraph<DeviceTensor>> {
    const next = Object.fromEntries(carried.map(({ name, next }) => [nextName(name), next]));
    const { model } = compile(
      { ...outputs, ...next },
      { unsized: (name) => !Object.hasOwn(held.tensors, name) },
    );
    const session = await runtime.load(model, { keepOnDevice: Object.keys(next) });
    return new CarryingGraph(runtime, held, session, Object.keys(outputs), carried);
  }

  /** @param feeds all inputs but the tensors held @returns the outputs, which are single numbers */
  async run(feeds: Feeds): Promise<Record<string, number>> {
    const wanted: Record<string, HostTensor | DeviceTensor | null> = {};
    for (const name of this.outputs) wanted[name] = null;
    for (const each of this.carried) wanted[nextName(each.name)] = this.held.givenUpFor(each);
    const results = await this.session.run({ ...this.held.tensors, ...feeds }, wanted);
    for (const each of this.carried) this.held.replace(each, results[nextName(each.name)]!);
    const outputs: Record<string, number> = {};
    for (const name of this.outputs) {
      const { data } = await this.runtime.toHost(results[name]!);
      outputs[name] = data[0]!;
      this.runtime.dispose(results[name]!);
    }
    return outputs;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

const nextName = (name: string): string => `next:${name}`;
