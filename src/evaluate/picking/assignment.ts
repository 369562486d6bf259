import { ShapeError } from "../../core/errors.js";

/**
 * Linear sum assignment: gives each row its own column so that the sum of the costs is least.
 *
 * Shortest augmenting paths with potentials, O(rows² columns). Source: the Hungarian method of Kuhn 1955 (Naval
 * Research Logistics 2:83) in the form of Jonker & Volgenant 1987 (Computing 38:325).
 *
 * @param cost row-major, rows x columns, finite; rows <= columns
 * @returns the column of each row
 * @throws ShapeError if there are more rows than columns or cost has another length
 */
export function assignRows(cost: Float64Array, rows: number, columns: number): Int32Array {
  if (rows > columns || cost.length !== rows * columns) {
    throw new ShapeError("assignment", [rows, columns, cost.length], "rows <= columns, rows x columns costs");
  }
  const state: AssignmentState = {
    cost,
    columns,
    rowPotential: new Float64Array(rows + 1),
    columnPotential: new Float64Array(columns + 1),
    rowOf: new Int32Array(columns + 1),
    previous: new Int32Array(columns + 1),
    slack: new Float64Array(columns + 1),
    visited: new Uint8Array(columns + 1),
  };
  for (let row = 1; row <= rows; row++) augment(state, row);
  const columnOf = new Int32Array(rows);
  for (let column = 1; column <= columns; column++) {
    const row = state.rowOf[column]!;
    if (row > 0) columnOf[row - 1] = column - 1;
  }
  return columnOf;
}

/** Rows and columns count from 1 here; 0 is the place from which a new row starts. */
interface AssignmentState {
  readonly cost: Float64Array;
  readonly columns: number;
  readonly rowPotential: Float64Array;
  readonly columnPotential: Float64Array;
  readonly rowOf: Int32Array;
  readonly previous: Int32Array;
  readonly slack: Float64Array;
  readonly visited: Uint8Array;
}

/** Brings one more row into the assignment along the cheapest alternating path. */
function augment(state: AssignmentState, row: number): void {
  const { rowOf, previous, slack, visited } = state;
  rowOf[0] = row;
  slack.fill(Number.POSITIVE_INFINITY);
  visited.fill(0);
  let column = 0;
  do {
    visited[column] = 1;
    column = advance(state, column);
  } while (rowOf[column] !== 0);
  while (column !== 0) {
    const before = previous[column]!;
    rowOf[column] = rowOf[before]!;
    column = before;
  }
}

/** One step of Dijkstra's search: relaxes from `column`, moves the potentials, returns the nearest new column. */
function advance(state: AssignmentState, column: number): number {
  const { cost, columns, rowPotential, columnPotential, rowOf, previous, slack, visited } = state;
  const row = rowOf[column]!;
  const offset = (row - 1) * columns - 1;
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let j = 1; j <= columns; j++) {
    if (visited[j]) continue;
    const reduced = cost[offset + j]! - rowPotential[row]! - columnPotential[j]!;
    if (reduced < slack[j]!) {
      slack[j] = reduced;
      previous[j] = column;
    }
    if (slack[j]! < least) {
      least = slack[j]!;
      nearest = j;
    }
  }
  for (let j = 0; j <= columns; j++) {
    if (visited[j]) {
      rowPotential[rowOf[j]!]! += least;
      columnPotential[j]! -= least;
    } else {
      slack[j]! -= least;
    }
  }
  return nearest;
}
