import { whiteField } from "../../translate/fit/field.js";
import { fitRealIce } from "../../translate/fit/real-ice.js";
import type { Model } from "../../translate/model.js";
import type { TrainContext } from "../shared/models/training-context.js";
import { SNR } from "./options.js";
import type { OpenTraining } from "./training.js";

/** Share of particles in the variance of micrographs below which they are taken to hold none. */
const NO_PARTICLES = 0.02;
/** Share of real pixels below which what is called real ice is mostly made. */
const MOSTLY_MADE = 0.25;

/** Takes the particles out of the real micrographs, and measures how strong the simulated ones are to be on what remains. */
export async function takeRealIce(
  { plan, opened, fit }: OpenTraining,
  { report, signal }: TrainContext,
): Promise<Pick<Model, "noise" | "ices">> {
  const { ices, realShare, signalShare } = await fitRealIce(opened.set, plan.options.seed, (done, total) => {
    signal.throwIfAborted();
    report.progress({ stage: "real ice", done, total, unit: "micrographs" });
  });
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  report.note(
    `real ice: ${percent(realShare)} of the pixels are real, noise of the same spectrum fills the rest`,
  );
  if (realShare < MOSTLY_MADE) {
    report.warn(
      `only ${percent(realShare)} of the ice is real: the micrographs are crowded, expected some with gaps, or without particles`,
    );
  }
  const isMeasured = signalShare >= NO_PARTICLES;
  const snr = plan.options.snr ?? (isMeasured ? signalShare / (1 - signalShare) : SNR);
  if (plan.options.snr === null && !isMeasured) {
    report.note(`the real micrographs show no particles: SNR ${SNR}, \`snr\` says another`);
  }
  return { noise: whiteField(fit, snr), ices };
}
