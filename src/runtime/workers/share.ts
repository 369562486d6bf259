/** Arrays from this many bytes on are shared rather than copied to every thread. */
const SHARE_FROM_BYTES = 1 << 16;

/** Plain data with every large Float32Array in it moved to shared memory, which crosses threads without a copy. */
export function shareArrays(value: unknown): unknown {
  if (value instanceof Float32Array) {
    if (value.byteLength < SHARE_FROM_BYTES || value.buffer instanceof SharedArrayBuffer) return value;
    const shared = new Float32Array(new SharedArrayBuffer(value.byteLength));
    shared.set(value);
    return shared;
  }
  if (Array.isArray(value)) return value.map(shareArrays);
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shareArrays(each)]));
  }
  return value;
}
