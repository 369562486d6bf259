import { quantile } from "../../array/statistics.js";
import type { Report } from "../../core/ports.js";
import type { Postprocessed } from "../../evaluate/maps/postprocess.js";
import type { PostprocessPlan } from "./options.js";
import type { PostprocessResult } from "./result.js";

/** Correlation of masked random phases at the resolution found above which the mask is at fault: RELION warns there too. */
const MOST_RANDOM = 0.1;

/** Tells what the user has to know of a result before using it. */
export function tellOfResult(found: Postprocessed, plan: PostprocessPlan, report: Report): void {
  const { curves, lastShell, masking, fit, interpolated } = found;
  if (masking === "mask reaches less far") {
    report.warn(
      "the unmasked curve reaches further than the corrected one: the unmasked one is read. Is the mask that of this map?",
    );
  }
  if (curves && masking === "used" && curves.randomised[lastShell]! > MOST_RANDOM) {
    const value = curves.randomised[lastShell]!.toFixed(2);
    report.warn(
      `random phases correlate ${value} under the mask at the resolution found: a softer or wider mask is needed`,
    );
  }
  if (!interpolated.crossed) {
    report.warn(
      "the curve stays above 0.143 up to Nyquist: smaller voxels would show more, or the halves are not independent",
    );
  }
  if (lastShell === 0) report.warn("the half maps do not correlate in any shell");
  if (fit && fit.shells < 3) {
    report.warn(
      `the map is not sharpened: found ${fit.shells} shells for the B factor beyond ${plan.fitFrom} angstrom, expected at least 3`,
    );
  }
}

/** The result as a few lines to read. */
export function postprocessText(result: PostprocessResult): string {
  const angstrom = (value: number): string =>
    Number.isFinite(value) ? `${value.toFixed(2)} angstrom` : "none";
  const draws =
    result.byDraw &&
    `, ${result.byDraw.map((value) => value.toFixed(2)).join(" to ")} by single draws of random phases`;
  const lines = [
    ["resolution", `${angstrom(result.resolution)}, the last shell before 0.143${draws ?? ""}`],
    ["between shells", angstrom(result.interpolated)],
    ["curve read", result.masking === "used" ? "masked, corrected" : "without mask"],
    ["FSC-AUC", result.area.toFixed(4)],
    ["B factor", `${result.bFactor.toFixed(1)} square angstrom`],
  ];
  if (result.local) {
    const [low, middle, high] = [0.05, 0.5, 0.95].map((part) => quantile(result.local!, part).toFixed(1));
    lines.push(["local", `median ${middle} angstrom, nine tenths from ${low} to ${high}`]);
  }
  if (result.areaRatio !== undefined) lines.push(["anisotropy", `area ratio ${result.areaRatio.toFixed(2)}`]);
  return `${lines.map(([name, value]) => `${name!.padEnd(16)}${value}`).join("\n")}\n`;
}
