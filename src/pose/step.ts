import type { RotationMatrix } from "../core/rotation.js";
import { orientationNetwork, poseEncoder } from "../nn/pose-encoder.js";
import { type ParameterSpec, Scope } from "../nn/scope.js";
import { input } from "../tensor/index.js";
import { adamInputs } from "../train/adam.js";
import { withAverages } from "../train/average.js";
import type { StepPhase } from "../train/phase.js";
import { optimise } from "../train/update.js";
import { oddsLoss, type PoseLoss, poseLoss } from "./losses.js";
import type { PoseOptions } from "./options.js";
import { orientationCells } from "./orientations.js";

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
 * @param operators of the point group
 */
export function poseStep(options: PoseOptions, operators: readonly RotationMatrix[]): PoseStep {
  const scope = Scope.root("pose");
  const { loss, ...parts } = lossOf(options, operators, scope);
  const { parameters } = scope;
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  const learned = optimise(loss, values, adamInputs("pose"));
  return {
    parameters,
    phases: [{ outputs: { loss, ...parts }, updates: withAverages(learned, parameters) }],
  };
}

function lossOf(options: PoseOptions, operators: readonly RotationMatrix[], scope: Scope): PoseLoss {
  const { batch, side, orientations } = options;
  const channels = channelsOf(options);
  const images = input("images", [batch, channels, side, side]);
  const rotations = input("rotations", [batch, 9, operators.length]);
  const shifts = input("shifts", [batch, 1, 2]);
  if (orientations === 0) {
    return poseLoss(poseEncoder(scope, channels, options)(images), rotations, shifts);
  }
  const cells = orientationCells(orientations, operators);
  const encoded = orientationNetwork(scope, channels, options, cells.matrices.length)(images);
  return oddsLoss(encoded, cells, rotations, shifts);
}
