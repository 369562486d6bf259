import type { Tensor } from "onnxruntime-common";
import { UnsupportedError } from "../../core/errors.js";
import type { HostTensor } from "../../core/ports.js";
import type { OnnxLibrary } from "./library.js";

/** What a session's run is fed with: arrays of the host, or tensors that an earlier run left where they are. */
export type Feeds = Readonly<Record<string, HostTensor | Tensor>>;
/** Outputs asked for: names, or names with tensors to write into (null: a new one). */
export type Wanted = readonly string[] | Readonly<Record<string, Tensor | HostTensor | null>>;

export const byName = (wanted: Wanted): Readonly<Record<string, Tensor | HostTensor | null>> =>
  isList(wanted) ? Object.fromEntries(wanted.map((name) => [name, null])) : wanted;

const isList = (wanted: Wanted): wanted is readonly string[] => Array.isArray(wanted);

/** Feeds as ONNX Runtime wants them; arrays of the host are not copied. */
export function uploaded(library: Pick<OnnxLibrary, "Tensor">, feeds: Feeds): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(feeds)) tensors[name] = asTensor(library, value);
  return tensors;
}

/** An array of the host as a tensor over the same memory. */
export const asTensor = ({ Tensor }: Pick<OnnxLibrary, "Tensor">, value: HostTensor | Tensor): Tensor =>
  "dtype" in value ? new Tensor(value.dtype, value.data, value.dims) : value;

/** @throws UnsupportedError for element types that no graph of ours has */
export function hostTensor({ type, dims, data }: Tensor): HostTensor {
  if (type === "float32") return { dtype: type, dims, data: data as Float32Array };
  if (type === "int32") return { dtype: type, dims, data: data as Int32Array };
  if (type === "bool") return { dtype: type, dims, data: data as Uint8Array };
  throw new UnsupportedError(`onnx: found a tensor of type ${type}, expected float32, int32 or bool`);
}
