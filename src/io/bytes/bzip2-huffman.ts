/** Code lengths of each table, and which table each group of 50 symbols uses. */
export interface HuffmanPlan {
  readonly tables: readonly Uint8Array[];
  readonly selectors: readonly number[];
}

const GROUP = 50;
/** Tables are refined this often by giving each group the table that suits it best. */
const ROUNDS = 4;
/** Longest code written; readers take 20. */
const LONGEST = 17;

/** Two to six Huffman tables for a block's symbols, each for the groups of 50 that it suits. */
export function planTables(symbols: Uint16Array, alphabet: number): HuffmanPlan {
  const groups = Math.ceil(symbols.length / GROUP);
  const selectors = new Array<number>(groups).fill(0);
  let tables = firstTables(symbols, alphabet);
  for (let round = 0; round < ROUNDS; round++) {
    const frequencies = tables.map(() => new Float64Array(alphabet));
    for (let group = 0; group < groups; group++) {
      const own = symbols.subarray(group * GROUP, (group + 1) * GROUP);
      const best = cheapest(tables, own);
      selectors[group] = best;
      for (const symbol of own) frequencies[best]![symbol]!++;
    }
    tables = frequencies.map(codeLengths);
  }
  return { tables, selectors };
}

/** As many tables as bzip2 takes, each cheap for its share of the alphabet, shares of like frequency. */
function firstTables(symbols: Uint16Array, alphabet: number): Uint8Array[] {
  const count = 2 + [200, 600, 1200, 2400].filter((most) => symbols.length >= most).length;
  const frequency = new Float64Array(alphabet);
  for (const symbol of symbols) frequency[symbol]!++;
  const tables = Array.from({ length: count }, () => new Uint8Array(alphabet).fill(15));
  let sum = 0;
  for (let symbol = 0; symbol < alphabet; symbol++) {
    tables[Math.min(count - 1, Math.floor((sum * count) / symbols.length))]![symbol] = 1;
    sum += frequency[symbol]!;
  }
  return tables;
}

function cheapest(tables: readonly Uint8Array[], symbols: Uint16Array): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, lengths] of tables.entries()) {
    let bits = 0;
    for (let k = 0; k < symbols.length; k++) bits += lengths[symbols[k]!]!;
    if (bits < least) {
      least = bits;
      best = i;
    }
  }
  return best;
}

/** Lengths of a Huffman code, none over the longest; every symbol gets one. */
function codeLengths(frequency: Float64Array): Uint8Array {
  for (let weights = Array.from(frequency, (f) => Math.max(1, f)); ; weights = weights.map(flatter)) {
    const lengths = huffman(weights);
    if (lengths.every((length) => length <= LONGEST)) return lengths;
  }
}

const flatter = (weight: number): number => 1 + Math.floor(weight / 2);

/** Joins the two lightest trees until one is left: leaves sorted once, joined trees come out in order by themselves. */
function huffman(weights: readonly number[]): Uint8Array {
  const n = weights.length;
  const leaves = Array.from(weights, (_, i) => i).sort((a, b) => weights[a]! - weights[b]!);
  const weight = [...weights, ...new Array<number>(n - 1).fill(0)];
  const parent = new Int32Array(2 * n - 1);
  let leaf = 0;
  let joined = n;
  for (let next = n; next < 2 * n - 1; next++) {
    for (let i = 0; i < 2; i++) {
      const takesLeaf = leaf < n && (joined >= next || weight[leaves[leaf]!]! <= weight[joined]!);
      const child = takesLeaf ? leaves[leaf++]! : joined++;
      weight[next]! += weight[child]!;
      parent[child] = next;
    }
  }
  const depth = new Uint8Array(2 * n - 1);
  for (let node = 2 * n - 3; node >= 0; node--) depth[node] = depth[parent[node]!]! + 1;
  return depth.slice(0, n);
}
