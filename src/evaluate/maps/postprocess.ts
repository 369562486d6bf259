import type { Volume } from "../../array/image.js";
import {
  type FscCurve,
  type FscResolution,
  fourierShellCorrelation,
  GOLD_STANDARD,
  lastGoodShell,
  resolutionAt,
  shellFrequencies,
} from "./fsc.js";
import {
  type HalfMapCurves,
  type HalfMapOptions,
  type HalfMaps,
  halfMapCurves,
  multiplied,
} from "./half-maps.js";
import { type Sharpened, type SharpenOptions, sharpen } from "./sharpen.js";

export interface PostprocessOptions extends HalfMapOptions, Omit<SharpenOptions, "fsc" | "lowPass"> {
  /** 0 to 1; absent = the unmasked curve is the one to be read. */
  readonly mask?: Volume;
  /** Reads the corrected curve even where the unmasked one reaches further. Default false. */
  readonly forceMask?: boolean;
  /** Weights the map by its curve. Default true. */
  readonly weighting?: boolean;
  /** Angstrom; "resolution" = the one found; absent = no filter. */
  readonly lowPass?: number | "resolution";
}

export interface Postprocessed extends Sharpened {
  /** The curve that is read and that weights the map: corrected, or unmasked. */
  readonly fsc: FscCurve;
  /** All curves under the mask; absent without one. */
  readonly curves: HalfMapCurves | undefined;
  /** Why the unmasked curve is read: there is no mask, or under the mask the correlation falls earlier. */
  readonly masking: "used" | "no mask" | "mask reaches less far";
  /** Last shell before the curve falls below 0.143, and its resolution in angstrom: what relion_postprocess reports. */
  readonly lastShell: number;
  readonly resolution: number;
  /** At the crossing between shells. */
  readonly interpolated: FscResolution;
  /** Angstrom, of the low-pass filter applied; absent for none. */
  readonly lowPass: number | undefined;
  /** The map times the mask. */
  readonly maskedMap: Volume | undefined;
}

/**
 * From two independent half maps to one sharpened map and its resolution, by the rules of relion_postprocess: the curve
 * corrected for the mask, unless the unmasked one reaches further; the mean of the halves sharpened as `sharpen` does.
 *
 * @param curves under the mask, where they are known already
 * @throws ShapeError, DomainError for maps that do not fit together; UsageError where no phases can be randomised
 */
export function postprocess(
  halves: HalfMaps,
  options: PostprocessOptions = {},
  curves: HalfMapCurves | undefined = options.mask && halfMapCurves(halves, options.mask, options),
): Postprocessed {
  const [first, second] = halves;
  const { mask } = options;
  const unmasked = curves?.unmasked ?? fourierShellCorrelation(first, second, "stored half").correlation;
  const { correlation, masking } = curveToRead(unmasked, curves?.corrected, options.forceMask ?? false);
  const fsc = { frequencies: shellFrequencies(first), correlation };
  const lastShell = lastGoodShell(correlation, GOLD_STANDARD);
  const resolution = 1 / fsc.frequencies[lastShell]!;
  const lowPass = options.lowPass === "resolution" ? resolution : options.lowPass;
  const { lowPass: _, mask: __, ...rest } = options;
  const mean = { ...first, data: first.data.map((value, i) => 0.5 * (value + second.data[i]!)) };
  const sharpened = sharpen(mean, {
    ...rest,
    ...((options.weighting ?? true) && { fsc: correlation }),
    ...(lowPass !== undefined && Number.isFinite(lowPass) && { lowPass }),
  });
  return {
    ...sharpened,
    ...{ fsc, curves, masking, lastShell, resolution, lowPass },
    interpolated: resolutionAt(fsc, GOLD_STANDARD),
    maskedMap: mask && multiplied(sharpened.map, mask),
  };
}

/** The corrected curve where there is one, unless the unmasked curve stays above 0.143 further than it. */
function curveToRead(
  unmasked: Float64Array,
  corrected: Float64Array | undefined,
  force: boolean,
): { readonly correlation: Float64Array; readonly masking: Postprocessed["masking"] } {
  const reach = (correlation: Float64Array): number => lastGoodShell(correlation, GOLD_STANDARD);
  if (corrected && (force || reach(unmasked) <= reach(corrected))) {
    return { correlation: corrected, masking: "used" };
  }
  // the sign at zero frequency says nothing, and would end the weighting at once
  const correlation = unmasked.slice();
  correlation[0] = 1;
  return { correlation, masking: corrected ? "mask reaches less far" : "no mask" };
}
