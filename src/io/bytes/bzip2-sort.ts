/** Groups up to this size are sorted by insertion. */
const SMALL = 12;
/** Places and ranks are below 2^20: a block has at most 900,000 bytes. */
const PLACES = 2 ** 20;

/**
 * The places at which the rotations of a block begin, in the order of the rotations. By doubling (Larsson & Sadakane 2007,
 * Theor. Comput. Sci. 387:258): a group of rotations that agree in h bytes is sorted by the ranks of the rotations h further
 * on; groups of one are left alone. At most log2(n) rounds, however repetitive the block.
 */
export function sortRotations(block: Uint8Array): Int32Array {
  const n = block.length;
  const order = new Int32Array(n);
  /** The number of the last place of a rotation's group. */
  const rank = new Int32Array(n);
  let groups = sortByPairs(block, order, rank);
  const keys = new Float64Array(n);
  for (let h = 2; groups.length > 0 && h < n; h *= 2) {
    const next: number[] = [];
    for (let g = 0; g < groups.length; g += 2) {
      const start = groups[g]!;
      const end = groups[g + 1]!;
      for (let i = start; i < end; i++) {
        const at = order[i]!;
        keys[i] = rank[at + h < n ? at + h : at + h - n]! * PLACES + at;
      }
      sortNumbers(keys, start, end);
      splitGroup(keys, start, end, { order, rank }, next);
    }
    groups = next;
  }
  return order;
}

/** Sorts by the first two bytes. Returns the groups that have more than one member: start, end, start, end, … */
function sortByPairs(block: Uint8Array, order: Int32Array, rank: Int32Array): number[] {
  const n = block.length;
  const starts = new Int32Array(65_537);
  const pair = (i: number): number => (block[i]! << 8) | block[i + 1 === n ? 0 : i + 1]!;
  for (let i = 0; i < n; i++) starts[pair(i) + 1]!++;
  const groups: number[] = [];
  for (let key = 0; key < 65_536; key++) {
    const size = starts[key + 1]!;
    starts[key + 1]! += starts[key]!;
    if (size > 1) groups.push(starts[key]!, starts[key + 1]!);
  }
  for (let i = 0; i < n; i++) rank[i] = starts[pair(i) + 1]! - 1;
  for (let i = 0; i < n; i++) order[starts[pair(i)]!++] = i;
  return groups;
}

/** Cuts a sorted group where the ranks of its keys change; its parts of more than one member go to `groups`. */
function splitGroup(
  keys: Float64Array,
  start: number,
  end: number,
  { order, rank }: { readonly order: Int32Array; readonly rank: Int32Array },
  groups: number[],
): void {
  for (let first = start; first < end; ) {
    const own = Math.floor(keys[first]! / PLACES);
    let past = first + 1;
    while (past < end && Math.floor(keys[past]! / PLACES) === own) past++;
    for (let i = first; i < past; i++) {
      const at = keys[i]! - own * PLACES;
      order[i] = at;
      rank[at] = past - 1;
    }
    if (past - first > 1) groups.push(first, past);
    first = past;
  }
}

function sortNumbers(keys: Float64Array, start: number, end: number): void {
  if (end - start > SMALL) {
    keys.subarray(start, end).sort();
    return;
  }
  for (let i = start + 1; i < end; i++) {
    const key = keys[i]!;
    let to = i;
    for (; to > start && keys[to - 1]! > key; to--) keys[to] = keys[to - 1]!;
    keys[to] = key;
  }
}
