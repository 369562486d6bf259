import type { HostTensor } from "../../core/ports.js";
import type { Random } from "../../core/random.js";
import { add, gather, input, mul, stopGradient, sub, type Value } from "../../tensor/index.js";
import { floatTensor } from "../../train/feeds.js";
import type { CarriedTensor } from "../../train/update.js";

/**
 * A pool of images that a generator made (Shrivastava et al. 2017), from which a discriminator learns: until it is full, every new
 * image is put in and seen; then, with a chance of one half, an old one is seen and the new one put in its place, or the new
 * one is seen. The images are part of a training's state, as NAME [size, 1, side, side].
 *
 * Inputs, see `poolFeeds`: `NAME:slot` int32 [1], an image of the pool; `NAME:swap` [1], 1 where that one is seen; `NAME:store`
 * [size, 1, 1, 1], 1 at the image that is replaced.
 *
 * @returns the image to be seen, without a gradient, and the pool as it is after it
 */
export function pooled(
  name: string,
  made: Value,
  size: number,
): { readonly seen: Value; readonly carried: readonly CarriedTensor[] } {
  const image = stopGradient(made);
  if (size === 0) return { seen: image, carried: [] };
  const [, , rows, columns] = made.type.shape as [number, number, number, number];
  const pool = input(name, [size, 1, rows, columns]);
  const swap = input(`${name}:swap`, [1]);
  const store = input(`${name}:store`, [size, 1, 1, 1]);
  const old = gather(pool, input(`${name}:slot`, [1], "int32"), 0);
  return {
    seen: add(mul(old, swap), mul(image, sub(1, swap))),
    carried: [{ name, next: add(mul(pool, sub(1, store)), mul(image, store)), inPlace: false }],
  };
}

/** What to feed for the n-th image (from 0) that a pool is shown. */
export function poolFeeds(name: string, size: number, n: number, random: Random): Record<string, HostTensor> {
  if (size === 0) return {};
  const isFull = n >= size;
  const slot = isFull ? random.integer(size) : n;
  const swaps = isFull && random.integer(2) === 1;
  const store = new Float32Array(size);
  if (!isFull || swaps) store[slot] = 1;
  return {
    [`${name}:slot`]: { dtype: "int32", dims: [1], data: Int32Array.of(slot) },
    [`${name}:swap`]: floatTensor(Float32Array.of(swaps ? 1 : 0)),
    [`${name}:store`]: floatTensor(store, [size, 1, 1, 1]),
  };
}
