import type { Anisotropy } from "../../evaluate/maps/directional.js";
import type { Postprocessed } from "../../evaluate/maps/postprocess.js";
import { postprocessStar } from "../../io/star/postprocess.js";
import type { PostprocessPlan } from "./options.js";
import type { PostprocessInputs } from "./read.js";

/** The curves as CSV, a row a shell. */
export function fscCsv({ fsc, curves }: Postprocessed): string {
  const { frequencies, correlation } = fsc;
  const columns: Record<string, ArrayLike<number>> = {
    frequency_per_angstrom: frequencies,
    resolution_angstrom: frequencies.map((frequency) => 1 / frequency),
    fsc: correlation,
    ...(curves && {
      unmasked: curves.unmasked,
      masked: curves.masked,
      random_phases_masked: curves.randomised,
      corrected: curves.corrected,
      corrected_standard_deviation: curves.correctedSpread,
    }),
  };
  return csv(columns);
}

/** The resolution by direction as CSV. */
export function directionsCsv({ curves }: Anisotropy): string {
  return csv({
    x: curves.map(({ direction }) => direction[0]),
    y: curves.map(({ direction }) => direction[1]),
    z: curves.map(({ direction }) => direction[2]),
    resolution_angstrom: curves.map(({ resolution }) => resolution.resolution),
    area_shells: curves.map(({ area }) => area),
  });
}

function csv(columns: Readonly<Record<string, ArrayLike<number>>>): string {
  const lists = Object.values(columns);
  const rows = Array.from(lists[0]!, (_, row) =>
    lists.map((list) => (Number.isFinite(list[row]!) ? list[row] : "inf")).join(","),
  );
  return `${[Object.keys(columns).join(","), ...rows].join("\n")}\n`;
}

/** The STAR file of relion_postprocess. */
export function starOf(
  found: Postprocessed,
  plan: PostprocessPlan,
  { halves, mask }: PostprocessInputs,
): string {
  const { curves, fit, guinier } = found;
  const [{ shape, voxelSize }] = halves;
  return postprocessStar({
    halves: [plan.half1, plan.half2],
    ...{ resolution: found.resolution, bFactor: found.bFactor, boxLength: shape[0] * voxelSize },
    ...(curves &&
      mask && {
        mask: {
          path: plan.mask!,
          share: mask.data.reduce((sum, value) => sum + (value > 0.5 ? 1 : 0), 0) / mask.data.length,
          randomisedFrom: curves.randomisedFrom,
          corrected: found.fsc.correlation,
          ...{ masked: curves.masked, randomised: curves.randomised },
        },
      }),
    unmasked: curves?.unmasked ?? found.fsc.correlation,
    ...(fit && { fit }),
    guinier: {
      resolutionSquared: guinier.input.resolutionSquared,
      original: guinier.input.logAmplitude,
      ...(plan.mtf !== undefined && { overMtf: guinier.overMtf.logAmplitude }),
      ...(plan.weighting && { weighted: guinier.weighted.logAmplitude }),
      ...(found.bFactor !== 0 && { sharpened: guinier.sharpened.logAmplitude }),
    },
  });
}
