import type { HostTensor } from "../core/ports.js";

/** Inputs of a graph by name. */
export type Feeds = Readonly<Record<string, HostTensor>>;

/** What a training step is fed beside its state. */
export interface StepFeeds {
  /** Of each example. */
  readonly examples: readonly Feeds[];
  /** Of all alike: Adam's scalars, the decay of averages. */
  readonly shared: Feeds;
}

/** Numbers as a tensor, over the same memory. @param dims default: a list */
export const floatTensor = (data: Float32Array, dims: readonly number[] = [data.length]): HostTensor => ({
  ...{ dtype: "float32", dims, data },
});
