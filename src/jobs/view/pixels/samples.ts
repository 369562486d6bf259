/** How values are stored as whole numbers of 16 bits, half the bytes of floats and far finer than a screen shows. */
export interface Range {
  /** The value of a stored number n is low + n step. */
  readonly low: number;
  readonly step: number;
}

const MOST = 65_535;

/** The range of values, to be stored by `store`. */
export function rangeOf(values: Float32Array): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // whole numbers, as counts of a detector, stay what they are where they fit
  const isCounts = Number.isInteger(low) && high - low <= MOST && values.every(Number.isInteger);
  return { low, step: isCounts || high === low ? 1 : (high - low) / MOST };
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
