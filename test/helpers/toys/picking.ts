import { gaussianBlur } from "../../../src/array/filter.js";
import { type Image, zeros } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";

export interface ToyPicking {
  readonly image: Image;
  readonly centres: readonly { readonly x: number; readonly y: number }[];
}

/** Across, pixels. */
export const TOY_DIAMETER = 16;

/**
 * Dark rings to be found among dark blots of the same size and strength that are not, on noise as strong as they are.
 *
 * @param rings in each micrograph, and as many blots
 */
export function toyPicking(side: number, rings: number, seed: number): ToyPicking {
  const random = Random.of(seed, "toy picking");
  const clean = zeros(side, side);
  const centres: { x: number; y: number }[] = [];
  const taken: { x: number; y: number }[] = [];
  while (taken.length < 2 * rings) {
    const [x, y] = [random.uniform(4, side - 5), random.uniform(4, side - 5)];
    if (taken.some((other) => (other.x - x) ** 2 + (other.y - y) ** 2 < TOY_DIAMETER ** 2)) continue;
    const isRing = taken.length % 2 === 0;
    taken.push({ x, y });
    if (isRing) centres.push({ x, y });
    for (let i = 0; i < clean.data.length; i++) {
      const r = Math.sqrt(((i % side) - x) ** 2 + (Math.floor(i / side) - y) ** 2);
      if (isRing && r > 4 && r < TOY_DIAMETER / 2) clean.data[i] = -1.6;
      if (!isRing && r < 7) clean.data[i] = -1.6;
    }
  }
  const smooth = gaussianBlur(clean, 0.8);
  return {
    image: { data: smooth.data.map((value) => value + random.normal()), shape: [side, side] },
    centres,
  };
}
