import { FormatError } from "../core/errors.js";
import type { ComputeRuntime, HostTensor } from "../core/ports.js";
import { type Shape, sizeOf } from "./types.js";

/** Values of state tensors by name: what a checkpoint holds. */
export type TrainingState = ReadonlyMap<string, Float32Array>;

/** Where a training's first values come from: a state, or what makes each tensor when it is asked for, and holds none. */
export type StateSource = Pick<TrainingState, "get">;

/** The values of a tensor. @throws FormatError if they are missing or of another size */
export function valuesOf(source: StateSource, name: string, shape: Shape): Float32Array {
  const values = source.get(name);
  if (values?.length === sizeOf(shape)) return values;
  throw new FormatError("training state", name, values?.length ?? "nothing", `${sizeOf(shape)} numbers`);
}

export const isHost = <T>(tensor: T | HostTensor): tensor is HostTensor =>
  typeof tensor === "object" && tensor !== null && "dtype" in tensor;

/** Copies of tensors, wherever they are. */
export async function copyState<DeviceTensor>(
  runtime: ComputeRuntime<DeviceTensor>,
  tensors: Readonly<Record<string, HostTensor | DeviceTensor>>,
  names: readonly string[],
): Promise<TrainingState> {
  const copies = new Map<string, Float32Array>();
  for (const name of names) {
    const tensor = tensors[name]!;
    const { data } = isHost(tensor) ? tensor : await runtime.toHost(tensor);
    copies.set(name, Float32Array.from(data));
  }
  return copies;
}
