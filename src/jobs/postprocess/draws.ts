import type { Volume } from "../../array/image.js";
import {
  correctedCurves,
  type HalfMapCurves,
  type HalfMaps,
  uncorrectedCurves,
} from "../../evaluate/maps/half-maps.js";
import type { DatasetContext } from "../shared/context.js";
import { startProgress } from "../shared/progress.js";
import type { PostprocessPlan } from "./options.js";
import type { DrawTarget } from "./tasks.js";

/** All curves of the half maps under a mask; the draws of random phases are shared out to the workers. */
export async function curvesUnder(
  mask: Volume,
  halves: HalfMaps,
  plan: PostprocessPlan,
  { workers, report, signal }: DatasetContext,
): Promise<HalfMapCurves> {
  const { randomiseBelow, randomiseFrom, seed, draws } = plan;
  const curves = uncorrectedCurves(halves, mask, {
    randomiseBelow,
    ...(randomiseFrom !== undefined && { randomiseFrom }),
  });
  const shared: DrawTarget = { halves, mask, from: curves.randomisedFrom, seed };
  const advance = startProgress(report, { stage: "random phases", total: draws, unit: "draws" });
  const randomised = await workers.map(
    "randomised-curve",
    Array.from({ length: draws }, (_, draw) => draw),
    { signal, shared, onResult: () => advance() },
  );
  return correctedCurves(curves, randomised);
}
