import { PICKER_STRIDE, pickerNetwork } from "../../nn/picker.js";
import { type ParameterSpec, Scope } from "../../nn/scope.js";
import { add, input } from "../../tensor/index.js";
import { adamInputs } from "../../train/adam.js";
import { withAverages } from "../../train/average.js";
import { crossEntropy } from "../../train/cross-entropy.js";
import type { StepPhase } from "../../train/phase.js";
import { optimise } from "../../train/update.js";
import type { PickerOptions } from "../options.js";
import { expectedCountPenalty } from "./losses.js";

/** Unlabelled cells that one step's expected count is held against, as many as Topaz takes. */
export const UNLABELLED_CELLS = 256;

/** A step of a picker's training, and the parameters of its network. */
export interface PickerStep {
  readonly phases: readonly StepPhase[];
  readonly parameters: readonly ParameterSpec[];
}

/**
 * One step of Adam on a batch of crops.
 *
 * Inputs: `images` [batch, 1, crop, crop]; `target` and `weight` [batch, 1, crop / 2, crop / 2]; where labels are incomplete
 * `unlabelled` int32 [256], cells whose expected share of particles is known; `adamInputs` of "picker"; `averageFeeds`; the state.
 *
 * @param share of unlabelled cells that hold a particle; undefined where labels are complete
 */
export function pickerStep(options: PickerOptions, share: number | undefined): PickerStep {
  const { batch, crop } = options;
  const cells = [batch, 1, crop / PICKER_STRIDE, crop / PICKER_STRIDE];
  const scope = Scope.root("picker");
  const logOdds = pickerNetwork(scope, options)(input("images", [batch, 1, crop, crop]));
  const labelled = crossEntropy(logOdds, input("target", cells), input("weight", cells));
  const penalty =
    share === undefined
      ? undefined
      : expectedCountPenalty(logOdds, input("unlabelled", [UNLABELLED_CELLS], "int32"), share);
  const { parameters } = scope;
  const learned = optimise(
    penalty ? add(labelled, penalty) : labelled,
    Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    adamInputs("picker"),
  );
  const outputs = { loss: labelled, ...(penalty && { expectedCount: penalty }) };
  return { parameters, phases: [{ outputs, updates: withAverages(learned, parameters) }] };
}
