import type { Volume } from "../../array/image.js";
import { type HalfMaps, randomisedCurve } from "../../evaluate/maps/half-maps.js";
import {
  type LocalMeasurement,
  type Place,
  resolutionAtPlace,
} from "../../evaluate/maps/local-resolution.js";

/** What the task "randomised-curve" shares between draws. */
export interface DrawTarget {
  readonly halves: HalfMaps;
  readonly mask: Volume;
  /** First shell with random phases. */
  readonly from: number;
  readonly seed: number;
}

/** Task "randomised-curve": the masked curve of one draw of random phases. */
export const randomisedCurveTask = (draw: number, { halves, mask, from, seed }: DrawTarget): Float64Array =>
  randomisedCurve(halves, mask, { from, seed, draw });

/** Task "local-resolution": the resolution at each of some places, angstrom. */
export const localResolutionTask = (places: readonly Place[], measurement: LocalMeasurement): number[] =>
  places.map((place) => resolutionAtPlace(measurement, place));
