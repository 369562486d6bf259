import { assignRows } from "./assignment.js";

/** A place in a micrograph, pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Assigns picks to true positions one to one, each pair at most `radius` apart: as many pairs as possible, and of
 * all such assignments the one with the least sum of distances.
 *
 * @param radius pixels, inclusive
 * @returns for each pick the index of its true position, or -1
 */
export function matchPicks(truth: readonly Point[], picks: readonly Point[], radius: number): Int32Array {
  const truthOf = new Int32Array(picks.length).fill(-1);
  for (const group of connectedGroups(neighbours(truth, picks, radius), truth.length)) {
    matchGroup(truth, picks, radius, group, truthOf);
  }
  return truthOf;
}

/** Picks and true positions that are linked through pairs within the radius: each can be solved by itself. */
interface Group {
  readonly truth: number[];
  readonly picks: number[];
}

/** For each pick, the true positions within the radius, found through a grid of cells of that size. */
function neighbours(truth: readonly Point[], picks: readonly Point[], radius: number): readonly number[][] {
  const cell = Math.max(radius, 1e-9);
  const key = (column: number, row: number): string => `${column} ${row}`;
  const cells = new Map<string, number[]>();
  truth.forEach(({ x, y }, index) => {
    const at = key(Math.floor(x / cell), Math.floor(y / cell));
    const members = cells.get(at);
    if (members) members.push(index);
    else cells.set(at, [index]);
  });
  return picks.map(({ x, y }) => {
    const column = Math.floor(x / cell);
    const row = Math.floor(y / cell);
    const near: number[] = [];
    for (let i = -1; i <= 1; i++) {
      for (let j = -1; j <= 1; j++) {
        for (const index of cells.get(key(column + i, row + j)) ?? []) {
          if (squaredDistance(truth[index]!, { x, y }) <= radius * radius) near.push(index);
        }
      }
    }
    return near;
  });
}

function connectedGroups(near: readonly number[][], truthCount: number): Group[] {
  const parent = Int32Array.from({ length: truthCount }, (_, i) => i);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  for (const linked of near) for (const index of linked) parent[root(index)] = root(linked[0]!);
  const groups = new Map<number, Group>();
  for (let index = 0; index < truthCount; index++) {
    const at = root(index);
    const group = groups.get(at);
    if (group) group.truth.push(index);
    else groups.set(at, { truth: [index], picks: [] });
  }
  near.forEach((linked, pick) => {
    if (linked.length > 0) groups.get(root(linked[0]!))!.picks.push(pick);
  });
  return [...groups.values()].filter((group) => group.picks.length > 0);
}

/** Solves one group; a pair beyond the radius costs more than any number of pairs within it. */
function matchGroup(
  truth: readonly Point[],
  picks: readonly Point[],
  radius: number,
  group: Group,
  truthOf: Int32Array,
): void {
  const byPick = group.picks.length <= group.truth.length;
  const rows = byPick ? group.picks : group.truth;
  const columns = byPick ? group.truth : group.picks;
  const beyond = 2 * (radius + 1) * (rows.length + 1);
  const cost = new Float64Array(rows.length * columns.length);
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      const [pick, position] = byPick ? [row, column] : [column, row];
      const squared = squaredDistance(truth[position]!, picks[pick]!);
      cost[i * columns.length + j] = squared <= radius * radius ? Math.sqrt(squared) : beyond;
    });
  });
  assignRows(cost, rows.length, columns.length).forEach((column, row) => {
    if (cost[row * columns.length + column]! >= beyond) return;
    const [pick, position] = byPick ? [rows[row]!, columns[column]!] : [columns[column]!, rows[row]!];
    truthOf[pick] = position;
  });
}

const squaredDistance = (a: Point, b: Point): number => (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
