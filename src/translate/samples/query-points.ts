import type { Random } from "../../core/random.js";

/** Pixels of a crop at which features are compared, as flat indices; null where the crop has none of the kind. */
export interface QueryPoints {
  readonly particles: Int32Array | null;
  readonly background: Int32Array | null;
}

/**
 * Draws query points from a crop's particle mask: `count` on particles (mask above 0) and `count` off them, uniformly and
 * with replacement, so that a small particle still gives `count` queries.
 */
export function drawQueryPoints(mask: Uint8Array, count: number, random: Random): QueryPoints {
  let inside = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]! > 0) inside++;
  const on = new Int32Array(inside);
  const off = new Int32Array(mask.length - inside);
  for (let i = 0, p = 0, b = 0; i < mask.length; i++) {
    if (mask[i]! > 0) on[p++] = i;
    else off[b++] = i;
  }
  return { particles: drawFrom(on, count, random), background: drawFrom(off, count, random) };
}

function drawFrom(pixels: Int32Array, count: number, random: Random): Int32Array | null {
  if (pixels.length === 0) return null;
  const drawn = new Int32Array(count);
  for (let i = 0; i < count; i++) drawn[i] = pixels[random.integer(pixels.length)]!;
  return drawn;
}
