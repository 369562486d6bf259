import type { ImageSource } from "../../train/image-source.js";

/**
 * Images by number, the most recently used kept in memory up to a number of bytes.
 *
 * @param bytesOf what an image takes
 */
export function cachedSource<T>(
  count: number,
  load: (index: number) => Promise<T>,
  bytesOf: (image: T) => number,
  mostBytes: number,
): ImageSource<T> {
  const kept = new Map<number, T>();
  let bytes = 0;
  return {
    count,
    async load(index) {
      const known = kept.get(index);
      const image = known ?? (await load(index));
      // last in the map's order means most recently used
      kept.delete(index);
      kept.set(index, image);
      if (known === undefined) bytes += bytesOf(image);
      for (const [oldest, other] of kept) {
        if (bytes <= mostBytes || kept.size === 1) break;
        kept.delete(oldest);
        bytes -= bytesOf(other);
      }
      return image;
    },
  };
}
