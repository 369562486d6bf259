import { DIFFUSION_PRESETS } from "../../../translate/diffusion/options.js";
import { countOption, numberOption } from "../../shared/options/option.js";

/** What only cyclediffusion has. */
export const diffusionOptions = {
  samplingSteps: countOption(
    { from: 1, to: 1000 },
    {
      value: "n",
      help: "of cyclediffusion: denoising steps",
      otherwise: `fast: ${DIFFUSION_PRESETS.fast.samplingSteps}, paper: ${DIFFUSION_PRESETS.paper.samplingSteps}, every one`,
    },
  ),
  start: countOption(
    { from: 1, to: 999 },
    {
      value: "t",
      help: "of cyclediffusion: time of the noise schedule up to which noise is added; later times change the micrograph more",
      otherwise: String(DIFFUSION_PRESETS.fast.start),
    },
  ),
  eta: numberOption(
    { above: 0, to: 1 },
    {
      value: "f",
      help: "of cyclediffusion: share of fresh noise in a step",
      otherwise: String(DIFFUSION_PRESETS.fast.eta),
    },
  ),
} as const;
