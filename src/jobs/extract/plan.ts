import { OptionError } from "../../core/errors.js";
import { resolveOptions } from "../shared/options/check.js";
import { type Assignment, assignmentOf } from "../shared/share.js";
import {
  type ExtractOptions,
  extractCommand,
  extractOptions,
  type ResolvedExtractOptions,
} from "./options.js";
import type { BoxTreatment } from "./treat.js";

/** An extraction as decided from its options, before any file is read. */
export interface ExtractPlan {
  readonly assignment: Assignment;
  readonly options: ResolvedExtractOptions;
  readonly treatment: BoxTreatment;
}

/** @throws OptionError for an option out of its range, options that do not fit together and an output without .mrcs */
export function planExtraction(given: ExtractOptions): ExtractPlan {
  const options = resolveOptions(extractOptions, given);
  const { box, out } = options;
  if (!/\.mrcs$/i.test(out))
    throw new OptionError("out", `found "${out}", expected a name that ends in .mrcs`);
  const treatment = treatmentOf(options, options.rescale ?? box);
  return { assignment: assignmentOf(extractCommand, given), options, treatment };
}

/** @throws OptionError for sizes that do not fit together */
function treatmentOf({ box, ...options }: ResolvedExtractOptions, side: number): BoxTreatment {
  const { rescale, normalise, radius = (3 / 8) * side, ramp, invert } = options;
  const odd = (
    [
      ["rescale", side],
      ["box", box],
    ] as const
  ).find(([, size]) => size % 2 !== 0);
  if (rescale !== undefined && odd) {
    throw new OptionError(
      odd[0],
      `found ${odd[1]} pixels, expected an even number, so that \`rescale\` keeps the centre`,
    );
  }
  const idle = options.radius !== undefined ? "radius" : ramp ? undefined : "ramp";
  if (!normalise && idle) {
    throw new OptionError(idle, "found without `normalise`, with which alone it does something");
  }
  if (normalise && 2 * radius > side) {
    throw new OptionError(
      "radius",
      `found ${radius} pixels, expected at most ${side / 2}, half the images' side`,
    );
  }
  return {
    invert,
    ...(rescale !== undefined && { rescale }),
    ...(normalise && { background: { radius, ramp } }),
  };
}
