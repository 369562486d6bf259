import { poseEncoder } from "../nn/pose-encoder.js";
import { type ParameterSpec, Scope } from "../nn/scope.js";
import { input } from "../tensor/index.js";
import { adamInputs } from "../train/adam.js";
import { withAverages } from "../train/average.js";
import type { StepPhase } from "../train/phase.js";
import { optimise } from "../train/update.js";
import { poseLoss } from "./losses.js";
import type { PoseOptions } from "./options.js";

/** Channels of the images that a network sees. */
export const channelsOf = ({ ctf }: Pick<PoseOptions, "ctf">): number => (ctf === "channel" ? 2 : 1);

/** A step of an encoder's training, and the parameters of its network. */
export interface PoseStep {
  readonly phases: readonly StepPhase[];
  readonly parameters: readonly ParameterSpec[];
}

/**
 * One step of Adam on a batch of images.
 *
 * Inputs: `images` [batch, channels, side, side]; `rotations` [batch, 9, members] and `shifts` [batch, 1, 2], see `poseLoss`;
 * `adamInputs` of "pose"; `averageFeeds`; the state.
 *
 * @param members of the point group
 */
export function poseStep(options: PoseOptions, members: number): PoseStep {
  const { batch, side } = options;
  const scope = Scope.root("pose");
  const channels = channelsOf(options);
  const encoded = poseEncoder(scope, channels, options)(input("images", [batch, channels, side, side]));
  const { loss, ...parts } = poseLoss(
    encoded,
    input("rotations", [batch, 9, members]),
    input("shifts", [batch, 1, 2]),
  );
  const { parameters } = scope;
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  const learned = optimise(loss, values, adamInputs("pose"));
  return {
    parameters,
    phases: [{ outputs: { loss, ...parts }, updates: withAverages(learned, parameters) }],
  };
}
