import { OptionError } from "../../core/errors.js";
import { type DiffusionOptions, resolveDiffusion } from "../../translate/diffusion/options.js";
import type { TranslatorName } from "../../translate/model.js";
import { type CryogemOptions, resolveOptions as resolveNetwork } from "../../translate/options.js";
import { isNetworkTranslator, isTrained, NETWORK_TRANSLATORS, type Preset } from "../../translate/presets.js";
import { resolveOptions } from "../shared/options/check.js";
import {
  DIFFUSION_OPTIONS,
  NETWORK_OPTIONS,
  OWN_OF_DIFFUSION,
  type TrainOptions,
  trainOptions,
} from "./options.js";

export type { TrainOptions } from "./options.js";

/** A training as decided from its options, before any file is read. */
export interface TrainPlan {
  readonly translator: TranslatorName;
  readonly real: readonly string[];
  readonly simulated: string;
  readonly estimates: string | undefined;
  readonly out: string;
  /** Of the network; the kinds without one use its seed of random numbers and its SNR. */
  readonly options: CryogemOptions;
  /** Of cyclediffusion alone. */
  readonly diffusion?: DiffusionOptions;
  readonly dose: number;
  readonly every: number;
  readonly resume: boolean;
  /** What `options` were made from: a crop that nobody chose is sized by the particle once that is known. */
  readonly recipe: Recipe;
}

/** A preset with what the user chose in place of its own. */
interface Recipe {
  readonly preset: Preset;
  readonly seed: number;
  readonly chosen: Partial<CryogemOptions>;
}

/** Electrons per square angstrom: a typical exposure of single particles. */
const DEFAULT_DOSE = 40;
/** Samples and checkpoints that a training makes unless told otherwise. */
const CHECKPOINTS = 20;

/** Options that a network's record holds under the same name. */
const RECORDED = NETWORK_OPTIONS.filter((name) => name !== "preset" && name !== "every");

/**
 * Decides a training from its options, without touching a file.
 *
 * @throws OptionError for an option out of its range, and for options that clash
 */
export function planTraining(given: TrainOptions): TrainPlan {
  const chosen = resolveOptions(trainOptions, given);
  const { translator = "cryogem", preset = "fast", seed } = chosen;
  const isDiffusion = translator === "cyclediffusion";
  const idle = isDiffusion
    ? NETWORK_OPTIONS.filter(
        (each) => !["preset", "every"].includes(each) && !Object.hasOwn(DIFFUSION_OPTIONS, each),
      )
    : OWN_OF_DIFFUSION;
  const clash = idle.find((each) => chosen[each] !== undefined);
  if (clash) {
    const expected = isDiffusion ? "a translator with a GAN" : "cyclediffusion";
    throw new OptionError(clash, `found \`translator\` ${translator}, expected ${expected} with it`);
  }
  if (!isTrained(translator)) {
    const name = NETWORK_OPTIONS.find((each) => chosen[each] !== undefined);
    if (name) {
      const expected = `${NETWORK_TRANSLATORS.slice(0, -1).join(", ")} or ${NETWORK_TRANSLATORS.at(-1)}`;
      throw new OptionError(name, `found \`translator\` ${translator}, expected ${expected} with it`);
    }
  }
  if (chosen.dose !== undefined && !translator.startsWith("poisson")) {
    throw new OptionError(
      "dose",
      `found \`translator\` ${translator}, expected poisson or poisson-gaussian with it`,
    );
  }
  const diffusion = isDiffusion
    ? resolveDiffusion(
        preset,
        seed,
        Object.fromEntries(
          Object.entries(DIFFUSION_OPTIONS).map(([given, recorded]) => [
            recorded,
            chosen[given as keyof typeof DIFFUSION_OPTIONS],
          ]),
        ),
      )
    : undefined;
  const recipe: Recipe = {
    preset,
    seed,
    // what a GAN is made of is no matter of a diffusion
    chosen: isDiffusion
      ? { noise: "white", snr: diffusion!.snr }
      : {
          ...Object.fromEntries(RECORDED.map((name) => [name, chosen[name]])),
          ...(chosen.snr !== undefined && { snr: chosen.snr }),
        },
  };
  return planOf(recipe, {
    ...{
      translator,
      real: chosen.real,
      simulated: chosen.simulated,
      estimates: chosen.estimates,
      out: chosen.out,
      ...(diffusion && { diffusion }),
    },
    ...{ dose: chosen.dose ?? DEFAULT_DOSE, resume: chosen.resume, every: chosen.every },
  });
}

function planOf(
  recipe: Recipe,
  rest: Omit<TrainPlan, "options" | "every" | "recipe"> & { readonly every: number | undefined },
): TrainPlan {
  const { translator } = rest;
  const network = isNetworkTranslator(translator) ? translator : "cryogem";
  const options = resolveNetwork(recipe.preset, recipe.seed, recipe.chosen, network);
  const { steps } = rest.diffusion ?? options;
  const every = rest.every ?? Math.max(1, Math.round(steps / CHECKPOINTS));
  return { ...rest, every, options, recipe };
}

/** Side of a crop over the particle's diameter: the particle, its neighbours and the gaps between them are seen together. */
const DIAMETERS = 4.3;
/** Crops are multiples of this, so that six halvings come out. */
const CROP_STEP = 64;
const LARGEST_CROP = 512;

/**
 * The plan with crops sized by the particle, where neither the user nor the preset of the paper sizes them.
 *
 * @param diameter of the particle, pixels
 * @param shortest side of the micrographs, pixels
 */
export function sizeCrops(plan: TrainPlan, diameter: number, shortest: number): TrainPlan {
  const { preset, chosen } = plan.recipe;
  if (!isNetworkTranslator(plan.translator) || preset === "paper" || chosen.crop !== undefined) return plan;
  const most = Math.min(LARGEST_CROP, CROP_STEP * Math.floor(shortest / CROP_STEP));
  if (most < CROP_STEP) return plan;
  const crop = Math.min(most, CROP_STEP * Math.max(1, Math.round((DIAMETERS * diameter) / CROP_STEP)));
  return planOf({ ...plan.recipe, chosen: { ...chosen, crop } }, plan);
}

/** Whether the translator's noise follows a measured spectrum. */
export const needsSpectrum = ({ translator, options }: TrainPlan): boolean =>
  translator === "coloured-gaussian" ||
  (isNetworkTranslator(translator) && (options.noise === "coloured" || options.noise === "matched"));
