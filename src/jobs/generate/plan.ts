import { OptionError } from "../../core/errors.js";
import { recordOf, resolveOptions } from "../shared/options/check.js";
import type { ResolvedOptions } from "../shared/options/option.js";
import { planSimulation, type SimulateOptions, type SimulationPlan } from "../simulate/plan.js";
import { type GenerateOptions, generateOptions, translationOptions } from "./options.js";

export type { GenerateOptions } from "./options.js";

type Translation = ResolvedOptions<typeof translationOptions>;

/** A generation decided as far as that needs no file. */
export interface GeneratePlan extends Pick<Translation, "model" | "out" | "mode" | "seed" | "labels"> {
  /** Dataset to translate. */
  readonly simulated: string;
  /** How it is to be simulated; absent: it is there already. */
  readonly simulation: SimulationPlan | undefined;
  /** What the manifest records of the options: of a simulation, its own manifest does. */
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Decides a generation from its options, without touching a file.
 *
 * @throws OptionError for an option out of its range, and for options that clash
 */
export function planGeneration(given: GenerateOptions): GeneratePlan {
  const { model, out, mode, labels, seed, simulated, map } = resolveOptions(generateOptions, given);
  const record = recordOf(translationOptions, { model, out, mode, seed });
  const rest = { model, out, mode, labels, seed, record };
  const ofSimulation = Object.entries(given).filter(
    ([name, value]) => value !== undefined && !Object.hasOwn(translationOptions, name),
  );
  if (simulated !== undefined) {
    const [idle] = ofSimulation;
    if (!idle) return { ...rest, simulated, simulation: undefined };
    throw new OptionError(idle[0], "found `simulated`, whose micrographs are made already");
  }
  if (map === undefined) {
    throw new OptionError(
      "simulated",
      "found none, expected a dataset of `simulate`, or `map` to simulate from",
    );
  }
  const asked = Object.fromEntries(ofSimulation) as Partial<SimulateOptions>;
  const simulation = planSimulation({ ...asked, map, seed, out: `${out.replace(/\/+$/, "")}-simulated` });
  return { ...rest, simulated: simulation.out, simulation };
}
