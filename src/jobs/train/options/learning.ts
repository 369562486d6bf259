import { NCE_WEIGHT, TRANSLATOR_DEFAULTS } from "../../../translate/presets.js";
import {
  choiceOption,
  countOption,
  numberOption,
  restated,
  switchOption,
} from "../../shared/options/option.js";
import { learningRate, steps } from "../../shared/options/training.js";
import { byPreset } from "./by-preset.js";

/** How a translator's networks learn: their steps, their losses, and what is fitted to their output. */
export const learningOptions = {
  steps: restated(steps, { otherwise: byPreset("steps") }),
  accumulate: countOption(
    { from: 1, to: 256 },
    {
      value: "n",
      help: "crops a step: averages their gradients in the memory of one",
      otherwise: byPreset("accumulate"),
    },
  ),
  learningRate: restated(learningRate, {
    help: "learning rate of generators, or of the denoisers of cyclediffusion",
    otherwise: `${byPreset("learningRate")}; others than cryogem: ${TRANSLATOR_DEFAULTS.cut.learningRate}`,
  }),
  discriminatorLearningRate: restated(learningRate, {
    help: "learning rate of discriminators",
    otherwise:
      `as many times that of generators as by default: ${byPreset("discriminatorLearningRate")}; ` +
      `others than cryogem: ${TRANSLATOR_DEFAULTS.cut.discriminatorLearningRate}`,
  }),
  contrast: choiceOption(
    {
      mask: "particles against background",
      particles: "",
      background: "the queries of one kind alone",
      patch: "every place against all others, without masks",
      none: "",
    },
    {
      value: "kind",
      help: "contrastive loss",
      otherwise: "cryogem: mask, cut and fastcut: patch, cyclegan: none",
    },
  ),
  nceWeight: numberOption(
    { from: 0, to: 1000 },
    {
      value: "f",
      help: "weight of the contrastive loss",
      otherwise:
        `cryogem, correction: ${NCE_WEIGHT.correction}, plain: ${NCE_WEIGHT.plain}; ` +
        `cut: ${TRANSLATOR_DEFAULTS.cut.nceWeight}, fastcut: ${TRANSLATOR_DEFAULTS.fastcut.nceWeight}`,
    },
  ),
  identity: numberOption(
    { from: 0, to: 1000 },
    {
      value: "f",
      help: "weight of the identity loss, which asks that real crops stay unchanged, relative to the contrastive (patch) or the cycle loss",
      otherwise: `cut: ${TRANSLATOR_DEFAULTS.cut.identity}, cyclegan: ${TRANSLATOR_DEFAULTS.cyclegan.identity}, else 0`,
    },
  ),
  cycleWeight: numberOption(
    { above: 0, to: 1000 },
    {
      value: "f",
      help: "of cyclegan: weight of the cycle loss",
      otherwise: `${TRANSLATOR_DEFAULTS.cyclegan.cycleWeight}`,
    },
  ),
  nceVariant: choiceOption(
    { paper: "its equation", public: "as its code computes it" },
    { value: "kind", help: "contrastive loss", otherwise: "paper" },
  ),
  gradientLimit: numberOption(
    { from: 0, to: 1000 },
    {
      value: "f",
      help: "shorten gradients longer than so many times the root mean square of their length in earlier steps (0 shortens none)",
      otherwise: `${byPreset("gradientLimit")}; others than cryogem: ${TRANSLATOR_DEFAULTS.cut.gradientLimit}`,
    },
  ),
  average: numberOption(
    { from: 0, to: 0.9999 },
    {
      value: "f",
      help: "decay a step of the generator's moving average, which is kept; with 0 the last state is",
      otherwise: byPreset("average"),
    },
  ),
  keep: choiceOption(
    {
      last: "of the last step",
      best: "of the checkpoint nearest to a held-out eighth of each real micrograph",
    },
    { value: "which", help: "generator that is kept", otherwise: "last" },
  ),
  calibrate: switchOption({
    help: "fit skewness, kurtosis and spectrum of the output to the real ones",
    offers: "both",
    otherwise: byPreset("calibrate"),
  }),
  trends: switchOption({
    help: "lend the slow gradients of real micrographs to generated ones",
    offers: "both",
    otherwise: byPreset("trends"),
  }),
  unevenness: switchOption({
    help: "vary the noise field's strength over a micrograph as real ones do",
    offers: "both",
    otherwise: byPreset("unevenness"),
  }),
} as const;
