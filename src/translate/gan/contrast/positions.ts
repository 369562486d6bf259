import type { HostTensor } from "../../../core/ports.js";
import type { Random } from "../../../core/random.js";
import { type PatchContrastOptions, pointsIn, positionsName } from "./contrast.js";

/**
 * Places for `patchContrast`: in every feature map as many different pixels as it compares, drawn uniformly.
 *
 * @param maps sides of the feature maps
 * @param mirrored whether the crop that is translated came mirrored left to right
 */
export function positionFeeds(
  name: string,
  maps: readonly number[],
  options: PatchContrastOptions,
  mirrored: boolean,
  random: Random,
): Record<string, HostTensor> {
  const feeds: Record<string, HostTensor> = {};
  for (const [i, side] of maps.entries()) {
    const keys = drawDistinct(side * side, pointsIn(side, options), random);
    feeds[positionsName(name, i + 1, "keys")] = { dtype: "int32", dims: [keys.length], data: keys };
    if (!options.flip) continue;
    const queries = mirrored ? keys.map((at) => at - 2 * (at % side) + side - 1) : keys;
    feeds[positionsName(name, i + 1, "queries")] = { dtype: "int32", dims: [keys.length], data: queries };
  }
  return feeds;
}

/** So many different whole numbers below a limit. */
function drawDistinct(limit: number, count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: limit }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const other = i + random.integer(limit - i);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order.slice(0, count);
}

/** A square image, row by row, mirrored left to right. */
export function mirroredImage(data: Float32Array, side: number): Float32Array {
  return data.map((_, i) => data[i - 2 * (i % side) + side - 1]!);
}
