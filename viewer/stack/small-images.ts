/** A small image as the server sends it. */
export interface SmallImage {
  readonly shape: readonly [rows: number, columns: number];
  readonly values: Float32Array;
}

/** Images one after another: of each rows and columns, 16 bits, low and step, float32, then its samples, 16 bits. */
export function smallImagesOf(bytes: ArrayBuffer): readonly SmallImage[] {
  const view = new DataView(bytes);
  const images: SmallImage[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const shape = [view.getUint16(at, true), view.getUint16(at + 2, true)] as const;
    const [low, step] = [view.getFloat32(at + 4, true), view.getFloat32(at + 8, true)];
    const size = shape[0] * shape[1];
    const first = at + 12;
    const values = Float32Array.from(
      { length: size },
      (_, i) => low + step * view.getUint16(first + 2 * i, true),
    );
    images.push({ shape, values });
    at = first + 2 * size;
  }
  return images;
}
