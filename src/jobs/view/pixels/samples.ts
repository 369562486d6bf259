/** How values are stored as whole numbers of 16 bits, half the bytes of floats and far finer than a screen shows. */
export interface Range {
  /** The value of a stored number n is low + n step. */
  readonly low: number;
  readonly step: number;
}

const MOST = 65_535;

/** The range of values, to be stored by `store`. */
export function rangeOf(values: Float32Array): Range {
  const [low, high] = extremesOf(values);
  // whole numbers, as counts of a detector, stay what they are where they fit
  const isCounts = Number.isInteger(low) && high - low <= MOST && values.every(Number.isInteger);
  return { low, step: isCounts || high === low ? 1 : (high - low) / MOST };
}

/** The least and the greatest value. Two chains of Math.min and Math.max take a third of the time of comparisons. */
function extremesOf(values: Float32Array): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [otherLow, otherHigh] = [low, high];
  const even = values.length & ~1;
  for (let i = 0; i < even; i += 2) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
    otherLow = Math.min(otherLow, values[i + 1]!);
    otherHigh = Math.max(otherHigh, values[i + 1]!);
  }
  const last = even < values.length ? values[even]! : low;
  return [Math.min(low, otherLow, last), Math.max(high, otherHigh, last)];
}

/** Values within the range, to the nearest stored number. */
export function store(values: Float32Array, { low, step }: Range): Uint16Array {
  const out = new Uint16Array(values.length);
  const scale = 1 / step;
  // all are 0 or more: cutting after adding a half rounds, and is three times faster than Math.round
  for (let i = 0; i < values.length; i++) out[i] = ((values[i]! - low) * scale + 0.5) | 0;
  return out;
}

/** The bytes of stored samples, little endian as browsers' machines are. */
export function bytesOf(samples: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) view.setUint16(2 * i, samples[i]!, true);
  return bytes;
}
