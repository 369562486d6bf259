import type { ComputeRuntime, HostTensor } from "../../core/ports.js";
import type { Shape } from "../../tensor/index.js";
import { floatTensor } from "../feeds.js";
import { type StateSource, type TrainingState, valuesOf } from "../state.js";
import type { CarriedTensor } from "../update.js";

/**
 * Tensors that outlive the runs of a training's graphs: on the device, where it has memory of its own, else arrays of the host. On
 * the host a tensor that is not changed in place alternates between two arrays.
 */
export class HeldTensors<DeviceTensor> {
  /** By name, to be fed to a graph; valid until one of them is replaced. */
  readonly tensors: Record<string, HostTensor | DeviceTensor> = {};
  private readonly spare: Record<string, HostTensor | DeviceTensor> = {};

  constructor(private readonly runtime: ComputeRuntime<DeviceTensor>) {}

  /** First values: into the arrays that are there, or into new ones. */
  fill(state: readonly { readonly name: string; readonly shape: Shape }[], source: StateSource): void {
    for (const { name, shape } of state) {
      const values = valuesOf(source, name, shape);
      const there = this.tensors[name];
      if (isHost(there)) there.data.set(values);
      else this.tensors[name] = floatTensor(Float32Array.from(values), shape);
    }
  }

  /** What may be given up for the next value of a tensor: an array to write it into, or device memory to be freed. */
  givenUpFor({ name, inPlace }: CarriedTensor): HostTensor | DeviceTensor | null {
    return (inPlace ? this.tensors[name] : this.spare[name]) ?? null;
  }

  /** Takes the next value of a tensor, computed by a run to which `givenUpFor` was handed. */
  replace({ name, inPlace }: CarriedTensor, result: DeviceTensor): void {
    const { tensorsOnHost } = this.runtime;
    const old = this.tensors[name]!;
    // written where it lies
    if (inPlace && tensorsOnHost && isHost(old)) return;
    this.tensors[name] = result;
    if (inPlace) return;
    if (tensorsOnHost) this.spare[name] = old;
    else if (!isHost(old)) this.runtime.dispose(old);
  }

  /** Copies of tensors, wherever they are. */
  async copy(names: readonly string[]): Promise<TrainingState> {
    const copies = new Map<string, Float32Array>();
    for (const name of names) {
      const tensor = this.tensors[name]!;
      const { data } = isHost(tensor) ? tensor : await this.runtime.toHost(tensor);
      copies.set(name, Float32Array.from(data));
    }
    return copies;
  }

  dispose(): void {
    for (const tensor of [...Object.values(this.tensors), ...Object.values(this.spare)]) {
      if (!isHost(tensor)) this.runtime.dispose(tensor);
    }
  }
}

const isHost = <T>(tensor: T | HostTensor): tensor is HostTensor =>
  typeof tensor === "object" && tensor !== null && "dtype" in tensor;
