import type { Random } from "../../core/random.js";

/** Points already placed on a field, in buckets, so that the neighbours of a place are found without a search. */
class Neighbourhood {
  private readonly buckets: number[][];
  private readonly columns: number;
  private readonly rows: number;

  constructor(
    width: number,
    height: number,
    /** Pixels; no smaller than the largest exclusion distance. */
    private readonly reach: number,
  ) {
    this.columns = Math.max(1, Math.ceil(width / reach));
    this.rows = Math.max(1, Math.ceil(height / reach));
    this.buckets = Array.from({ length: this.columns * this.rows }, () => []);
  }

  add(index: number, x: number, y: number): void {
    this.buckets[this.row(y) * this.columns + this.column(x)]!.push(index);
  }

  /** Whether a test holds for any point within reach of (x, y), and for some beyond. */
  some(x: number, y: number, test: (index: number) => boolean): boolean {
    for (let r = Math.max(0, this.row(y) - 1); r <= Math.min(this.rows - 1, this.row(y) + 1); r++) {
      for (
        let c = Math.max(0, this.column(x) - 1);
        c <= Math.min(this.columns - 1, this.column(x) + 1);
        c++
      ) {
        if (this.buckets[r * this.columns + c]!.some(test)) return true;
      }
    }
    return false;
  }

  private row(y: number): number {
    return Math.min(this.rows - 1, Math.floor(y / this.reach));
  }

  private column(x: number): number {
    return Math.min(this.columns - 1, Math.floor(x / this.reach));
  }
}

/** The cells of a field whose whole area is not yet excluded; a random one is drawn in constant time. */
export class FreeCells {
  private readonly cells: Int32Array;
  private readonly place: Int32Array;
  count: number;
  private readonly columns: number;
  private readonly rows: number;
  private readonly cellWidth: number;
  private readonly cellHeight: number;

  constructor(width: number, height: number, cell: number) {
    this.columns = Math.ceil(width / cell);
    this.rows = Math.ceil(height / cell);
    this.cellWidth = width / this.columns;
    this.cellHeight = height / this.rows;
    this.count = this.columns * this.rows;
    this.cells = new Int32Array(this.count);
    for (let i = 0; i < this.count; i++) this.cells[i] = i;
    this.place = this.cells.slice();
  }

  /** A point uniform over the free cells. */
  draw(random: Random): readonly [x: number, y: number] {
    const cell = this.cells[random.integer(this.count)]!;
    return [
      ((cell % this.columns) + random.uniform()) * this.cellWidth,
      (Math.floor(cell / this.columns) + random.uniform()) * this.cellHeight,
    ];
  }

  /** Removes the cells that lie wholly within a distance of (x, y). */
  exclude(x: number, y: number, distance: number): void {
    const firstRow = Math.max(0, Math.floor((y - distance) / this.cellHeight));
    const lastRow = Math.min(this.rows - 1, Math.floor((y + distance) / this.cellHeight));
    const firstColumn = Math.max(0, Math.floor((x - distance) / this.cellWidth));
    const lastColumn = Math.min(this.columns - 1, Math.floor((x + distance) / this.cellWidth));
    for (let r = firstRow; r <= lastRow; r++) {
      const dy = Math.max(Math.abs(r * this.cellHeight - y), Math.abs((r + 1) * this.cellHeight - y));
      for (let c = firstColumn; c <= lastColumn; c++) {
        const dx = Math.max(Math.abs(c * this.cellWidth - x), Math.abs((c + 1) * this.cellWidth - x));
        if (dx * dx + dy * dy < distance * distance) this.remove(r * this.columns + c);
      }
    }
  }

  private remove(cell: number): void {
    const at = this.place[cell]!;
    if (at >= this.count) return;
    const last = this.cells[--this.count]!;
    this.cells[at] = last;
    this.place[last] = at;
    this.cells[this.count] = cell;
    this.place[cell] = this.count;
  }
}

/**
 * Centres drawn one after the other, each uniform over the area that those before it leave free.
 *
 * Cells that are excluded as a whole leave the list that is drawn from, so that the last centres cost little more
 * than the first. Discs of one size placed so fill at most 0.547 of the field (Rényi; Feder 1980).
 *
 * @param radii exclusion radius of each centre, in order: two lie at least the sum of their radii apart
 * @returns as many centres as found a place, in order, each in [0, width) x [0, height); `null` for those without
 */
export function drawPositions(
  width: number,
  height: number,
  radii: readonly number[],
  random: Random,
): (readonly [x: number, y: number] | null)[] {
  const largest = Math.max(...radii, 1e-9);
  const share = Math.sqrt((width * height) / radii.length);
  const near = new Neighbourhood(width, height, Math.max(2 * largest, share));
  const xs: number[] = [];
  const ys: number[] = [];
  const free = new Map<number, FreeCells>();
  for (const radius of new Set(radii)) {
    // fine where the field will be full, coarse where a few among much room need no list of cells at all
    const cell = Math.max(radius / 4, share / 8);
    free.set(radius, new FreeCells(width, height, cell));
  }
  // the free area only shrinks: what found no place once, and all that is as large, is not tried again
  let tooLarge = Number.POSITIVE_INFINITY;
  return radii.map((radius, i) => {
    if (radius >= tooLarge) return null;
    const cells = free.get(radius)!;
    for (let attempts = 20 * cells.count; attempts > 0 && cells.count > 0; attempts--) {
      const [x, y] = cells.draw(random);
      const taken = near.some(x, y, (j) => {
        const dx = xs[j]! - x;
        const dy = ys[j]! - y;
        const distance = radius + radii[j]!;
        return dx * dx + dy * dy < distance * distance;
      });
      if (taken) continue;
      xs[i] = x;
      ys[i] = y;
      near.add(i, x, y);
      for (const [other, list] of free) list.exclude(x, y, radius + other);
      return [x, y];
    }
    tooLarge = radius;
    return null;
  });
}
