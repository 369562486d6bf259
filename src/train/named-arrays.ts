import type { TrainingState } from "./state.js";

/** Named arrays with text beside them: the content of a safetensors file. */
export interface NamedArrays {
  readonly tensors: ReadonlyMap<string, NamedArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A network's parameters as they are stored: flat, since the model's options decide their shapes. */
export const flatArrays = (parameters: TrainingState): Map<string, NamedArray> =>
  new Map([...parameters].map(([name, data]) => [name, { shape: [data.length], data }]));

/** The parameters out of stored arrays. */
export const parametersOf = (tensors: Iterable<readonly [string, NamedArray]>): TrainingState =>
  new Map([...tensors].map(([name, { data }]) => [name, data]));
