import type { View, ViewGrid } from "./view.js";

/** A grid of the views of one reference, and how many cells it has at an order. */
export interface CountedGrid extends ViewGrid {
  total(order: number): number;
  cells(order: number): readonly number[];
}

/** The cells of a grid for each of several references. Cell number: reference · total + number in the grid. */
export class SeveralGrid implements ViewGrid {
  constructor(
    private readonly grid: CountedGrid,
    private readonly references: number,
  ) {}

  view(order: number, cell: number): View {
    const [reference, own] = this.parts(order, cell);
    return { reference, matrix: this.grid.view(order, own).matrix };
  }

  cells(order: number): readonly number[] {
    const own = this.grid.cells(order);
    return Array.from({ length: this.references }, (_, reference) => this.of(order, reference, own)).flat();
  }

  children(order: number, cell: number): readonly number[] {
    const [reference, own] = this.parts(order, cell);
    return this.of(order + 1, reference, this.grid.children(order, own));
  }

  around(order: number, cell: number): readonly number[] {
    const [reference, own] = this.parts(order, cell);
    return this.of(order + 1, reference, this.grid.around(order, own));
  }

  private parts(order: number, cell: number): readonly [reference: number, own: number] {
    const total = this.grid.total(order);
    return [Math.floor(cell / total), cell % total];
  }

  private of(order: number, reference: number, cells: readonly number[]): readonly number[] {
    const first = reference * this.grid.total(order);
    return first === 0 ? cells : cells.map((cell) => first + cell);
  }
}
