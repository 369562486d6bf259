import type { RotationMatrix } from "../../core/rotation.js";

/** Which reference a slice is taken of, and how it is turned. */
export interface View {
  /** Place among the references: of the class. */
  readonly reference: number;
  readonly matrix: RotationMatrix;
}

/** Cells that views are searched in, from coarse to fine: a cell is known by its order and its number. */
export interface ViewGrid {
  /** The view in the middle of a cell. */
  view(order: number, cell: number): View;
  /** The cells of the next order that make up a cell. */
  children(order: number, cell: number): readonly number[];
  /** The cells of the next order, of the same reference, within a step of the middle of a cell. */
  around(order: number, cell: number): readonly number[];
}
