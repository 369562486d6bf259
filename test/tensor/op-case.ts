import type { Shape } from "../../src/tensor/types.js";

/** An operand: a shape (elements uniform in ±1), a range of its own, or int32 indices. */
export type Operand =
  | Shape
  | { readonly shape: Shape; readonly range: readonly [number, number] }
  | { readonly shape: Shape; readonly data: readonly number[] }
  | { readonly shape: Shape; readonly indices: readonly number[] };

/** One use of an operation, by which its values and its gradient are checked. */
export interface OpCase<Attrs> {
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly attrs: Attrs;
  /** False where no gradient flows, on purpose. */
  readonly hasGradient?: boolean;
}
