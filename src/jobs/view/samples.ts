/** Samples as whole numbers of 16 bits: half the bytes of floats, and far finer than a screen shows. */
export interface Samples {
  readonly data: Uint16Array;
  /** The value of a stored number n is low + n step. */
  readonly low: number;
  readonly step: number;
}

const MOST = 65_535;

/** The range of values, to be stored by `store`. */
export function rangeOf(values: Float32Array): { readonly low: number; readonly step: number } {
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
export function store(
  values: Float32Array,
  { low, step }: { readonly low: number; readonly step: number },
): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = Math.round((values[i]! - low) / step);
  return out;
}

/** The bytes of stored samples, little endian as browsers' machines are. */
export function bytesOf(samples: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) view.setUint16(2 * i, samples[i]!, true);
  return bytes;
}
