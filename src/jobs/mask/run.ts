import type { Volume } from "../../array/image.js";
import { connectedRegions } from "../../array/regions/regions.js";
import { lowPassed, shellAt } from "../../array/spectrum/low-pass.js";
import { DomainError, FormatError, UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { createMask } from "../../evaluate/maps/mask.js";
import { chooseThreshold } from "../../evaluate/maps/threshold.js";
import { unpackedName } from "../../io/bytes/unpack.js";
import { readMapFile, writeMapFile } from "../shared/maps/map-files.js";
import { beyondNyquist } from "../shared/options/beyond-nyquist.js";
import { resolveOptions } from "../shared/options/check.js";
import { type MaskJobOptions, maskOptions } from "./options.js";

/** The mask that was written, and the volume that it encloses. */
export interface MaskResult {
  readonly out: string;
  readonly threshold: number;
  /** Islands of density that were left out, as too small beside the particle to be part of it. */
  readonly dropped: number;
  /** Angstrom of the filter before the threshold; absent for none. */
  readonly lowPass?: number;
  /** Cubic angstrom within the threshold. */
  readonly volume: number;
  /** Dalton of protein that fill that volume. */
  readonly mass: number;
  /** Share of the box in which the mask is above 0.5. */
  readonly share: number;
}

/** Angstrom: coarse enough to join a particle's parts and to leave little of the noise. RELION's advice for masks. */
const LOW_PASS = 15;
/** Share of the largest region's voxels from which on another region counts as part of the particle. */
const PART = 0.1;
/** Cubic angstrom a dalton of protein: 0.73 cm³ / g. */
const PROTEIN_VOLUME = 1.21;

/**
 * Writes a soft mask of a density map.
 *
 * @throws FileError, FormatError, ShapeError for the map; DomainError where no threshold can be chosen, or nothing or everything is
 *   inside; OptionError for an option out of its range
 */
export async function makeMask(given: MaskJobOptions, context: JobContext): Promise<MaskResult> {
  const plan = resolveOptions(maskOptions, given);
  const { files, report, signal } = context;
  if (!/\.(mrc|map)$/i.test(unpackedName(plan.out))) {
    throw new UsageError(`${plan.out}: found another ending, expected a mask's name that ends in .mrc`);
  }
  const { map, frame } = await readMapFile(files, plan.map, report);
  if (map.data.every((value) => value === map.data[0])) {
    throw new FormatError(plan.map, "density", `only ${map.data[0]}`, "more than one value");
  }
  signal.throwIfAborted();
  const doubt = beyondNyquist("lowPass", plan.lowPass, map.voxelSize);
  if (doubt) report.warn(doubt);
  const lowPass = plan.lowPass ?? (plan.threshold === undefined ? LOW_PASS : undefined);
  const filtered = lowPass === undefined ? map : lowPassed(map, shellAt(map, lowPass));
  const threshold = plan.threshold ?? chooseThreshold(filtered, plan.map);
  const { map: cleared, dropped } =
    plan.threshold === undefined ? withoutIslands(filtered, threshold) : { map: filtered, dropped: 0 };
  const inside = cleared.data.reduce((count, value) => count + (value >= threshold ? 1 : 0), 0);
  if (inside === 0 || inside === map.data.length) {
    throw new DomainError(
      `${plan.map}: voxels of at least the threshold ${threshold}`,
      inside,
      `more than 0 and fewer than all ${map.data.length}`,
    );
  }
  signal.throwIfAborted();
  const mask = createMask(cleared, { threshold, extend: plan.extend, softEdge: plan.softEdge });
  if (reachesEdge(mask)) {
    report.warn(
      `${plan.out}: the mask reaches the edge of its box: what lies there is cut hard, and correlates`,
    );
  }
  await writeMapFile(files, plan.out, mask, frame);
  const volume = inside * map.voxelSize ** 3;
  const share = mask.data.reduce((count, value) => count + (value > 0.5 ? 1 : 0), 0) / mask.data.length;
  return {
    ...{ out: plan.out, threshold, dropped, volume, mass: volume / PROTEIN_VOLUME, share },
    ...(lowPass !== undefined && { lowPass }),
  };
}

/** The result as a few lines to read. */
export function maskText({ threshold, lowPass, dropped, volume, mass, share }: MaskResult): string {
  const filter = lowPass === undefined ? "" : `, after a low-pass filter at ${lowPass} angstrom`;
  return [
    `threshold    ${threshold.toPrecision(4)}${filter}`,
    `within it    ${(volume / 1000).toPrecision(3)} nm³, the volume of ${(mass / 1000).toPrecision(3)} kDa of protein`,
    ...(dropped > 0 ? [`left out     ${dropped} islands smaller than a tenth of the particle`] : []),
    `mask         ${(100 * share).toFixed(1)} % of the box`,
    "",
  ].join("\n");
}

/** The map with islands of high density brought below the threshold; what is left is the particle and its larger parts. */
function withoutIslands(map: Volume, threshold: number): { readonly map: Volume; readonly dropped: number } {
  const { region, sizes } = connectedRegions((i) => map.data[i]! >= threshold, map.shape);
  const [, ...regions] = sizes;
  const largest = regions.reduce((a, b) => Math.max(a, b), 0);
  const isIsland = (number: number): boolean => number > 0 && sizes[number]! < PART * largest;
  const below = map.data.reduce((least, value) => Math.min(least, value), threshold);
  return {
    map: { ...map, data: map.data.map((value, i) => (isIsland(region[i]!) ? below : value)) },
    dropped: regions.filter((size) => size < PART * largest).length,
  };
}

/** Whether the mask is above 0 on a face of the box. */
function reachesEdge({ data, shape: [size] }: Volume): boolean {
  const last = size - 1;
  return data.some((value, i) => {
    if (value === 0) return false;
    const [x, y, z] = [i % size, Math.floor(i / size) % size, Math.floor(i / (size * size))];
    return [x, y, z].some((n) => n === 0 || n === last);
  });
}
