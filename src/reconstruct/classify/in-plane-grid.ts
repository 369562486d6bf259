import { eulerToMatrix } from "../../core/rotation.js";
import { OrientationGrid } from "../search/orientation-grid.js";
import type { View, ViewGrid } from "../search/view.js";

/**
 * Cells of views of class averages: intervals of the in-plane angle, as wide as those of `OrientationGrid` at the same order (60 /
 * 2^order degrees), each divided into 2 of the next order. Cell number: class · intervals + interval.
 */
export class InPlaneGrid implements ViewGrid {
  /** @param turn degrees, of all intervals: another one at each iteration leaves no trace of the grid in the averages */
  constructor(
    private readonly classes: number,
    private readonly turn: number,
  ) {}

  view(order: number, cell: number): View {
    const intervals = intervalsOf(order);
    const psi = this.turn + ((cell % intervals) + 0.5) * OrientationGrid.step(order);
    return {
      reference: Math.floor(cell / intervals),
      matrix: eulerToMatrix({ rot: 0, tilt: 0, psi }),
    };
  }

  cells(order: number): readonly number[] {
    return Array.from({ length: this.classes * intervalsOf(order) }, (_, cell) => cell);
  }

  // an interval i of an order is 2i and 2i + 1 of the next, which has twice as many in each class
  children(_order: number, cell: number): readonly number[] {
    return [2 * cell, 2 * cell + 1];
  }

  around(order: number, cell: number): readonly number[] {
    const intervals = 2 * intervalsOf(order);
    const first = 2 * cell - ((2 * cell) % intervals);
    const within = (2 * cell) % intervals;
    return [-1, 0, 1, 2].map((i) => first + ((within + i + intervals) % intervals));
  }
}

const intervalsOf = (order: number): number => 6 * 2 ** order;
