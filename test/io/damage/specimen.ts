import type { Mutation } from "./mutations.js";

/** A file to damage, and the reader that must then refuse it or make sense of it. */
export interface Specimen {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly read: (bytes: Uint8Array, path: string) => unknown | Promise<unknown>;
  /** Applies a mutation in a way that gets past the format's checksums. */
  readonly damage?: (bytes: Uint8Array, mutate: Mutation) => Uint8Array;
}
