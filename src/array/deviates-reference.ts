/** Random words of four generators side by side, xoshiro128++: as kernels/deviates.as.ts has them. */
class FourLanes {
  /** Word i of lane k at 4 i + k. */
  private readonly state: Int32Array;

  constructor(seed: Int32Array) {
    this.state = seed.slice();
  }

  next(lane: number): number {
    const s = this.state;
    const [a, b, c, d] = [lane, 4 + lane, 8 + lane, 12 + lane];
    const sum = (s[a]! + s[d]!) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + s[a]!) | 0;
    const t = s[b]! << 9;
    s[c]! ^= s[a]!;
    s[d]! ^= s[b]!;
    s[b]! ^= s[c]!;
    s[a]! ^= s[d]!;
    s[c]! ^= t;
    s[d] = (s[d]! << 11) | (s[d]! >>> 21);
    return result;
  }
}

const f = Math.fround;
const times = (a: number, b: number): number => f(a * f(b));
const plus = (a: number, b: number): number => f(a + f(b));
/** c[0] + x (c[1] + x (…)) with every step rounded to 32 bits. */
const polynomial = (x: number, c: readonly number[]): number =>
  c.slice(0, -1).reduceRight((p, value) => plus(times(p, x), value), f(c.at(-1)!));

const SINE = [
  6.283185270017222, -16.20895564380201, 16.769189672547796, -9.624604711055033, 3.5163760783734164,
  -0.7983430837216114,
];
const LOGARITHM = [
  0.999999880580442, -0.499999728502763, 0.3333500914907568, -0.2500328648054762, 0.19938849548177642,
  -0.16532939981391578, 0.15067548048752602, -0.14576896993146352, 0.08692779520514102,
];

/** sin of 2π fraction / 2^32 of a signed fraction, to 3e-7. */
function sine(fraction: number): number {
  const t = times(f(fraction), 2 ** -32);
  const s = times(t, t);
  return times(times(t, plus(times(s, -4), 1)), polynomial(s, SINE));
}

/** sqrt(-2 ln u) of u = bits / 2^32, 0 taken for 1. */
function radius(bits: number): number {
  const word = new DataView(new ArrayBuffer(4));
  word.setFloat32(0, (bits | 1) >>> 0);
  const x = word.getInt32(0);
  const e = (x - 0x3f3504f3) >> 23;
  word.setInt32(0, x - (e << 23));
  const m = plus(word.getFloat32(0), -1);
  const log = plus(times(plus(e, -32), Math.LN2), times(m, polynomial(m, LOGARITHM)));
  return f(Math.sqrt(Math.max(times(log, -2), 0)));
}

/**
 * Adds `deviation` times standard normal deviates to the data, in plain TypeScript: the very numbers of the WebAssembly kernel.
 *
 * @param data a multiple of eight; changed
 * @param seed four words of each of four lanes, word by word
 */
export function addDeviatesPlain(data: Float32Array, seed: Int32Array, deviation: number): void {
  const lanes = new FourLanes(seed);
  const scale = f(deviation);
  for (let i = 0; i < data.length; i += 8) {
    const radii = [0, 1, 2, 3].map((lane) => times(scale, radius(lanes.next(lane))));
    const angles = [0, 1, 2, 3].map((lane) => lanes.next(lane));
    for (let lane = 0; lane < 4; lane++) {
      const angle = angles[lane]!;
      const [low, high] = [i + lane, i + 4 + lane];
      data[low] = data[low]! + times(radii[lane]!, sine((angle + 0x40000000) | 0));
      data[high] = data[high]! + times(radii[lane]!, sine(angle));
    }
  }
}
