import { adamFeeds, learningRateAt } from "../train/adam.js";
import { averageFeeds } from "../train/average.js";
import { floatTensor } from "../train/feeds.js";
import { type Resumption, runTraining, type TrainingListener, type TrainingMachine } from "../train/loop.js";
import { firstState, type TrainingState } from "../train/state.js";
import type { PoseOptions } from "./options.js";
import { channelsOf, poseStep } from "./step.js";
import { drawBatch, type PoseTrainingSet } from "./training-data.js";

/** The loss of random poses is about 1.3, of equal odds among 576 orientations about 4.6; beyond this it has diverged. */
const LOSS_BOUND = 20;

export interface PoseCourse {
  readonly options: PoseOptions;
  /** Steps between milestones. */
  readonly every: number;
}

/**
 * Trains an encoder from the seed, or goes on where an earlier run stopped: the result is then that of an uninterrupted training, bit
 * for bit on the same device.
 *
 * @returns parameters, Adam's moments and moving averages; `averagedParameters` of them are the weights to use
 * @throws the signal's reason when aborted, after a last checkpoint
 */
export async function trainPoseEncoder<DeviceTensor>(
  machine: TrainingMachine<DeviceTensor>,
  set: PoseTrainingSet,
  { options, every }: PoseCourse,
  listener: TrainingListener,
  from?: Resumption,
): Promise<TrainingState> {
  const { steps, seed, average, batch, side } = options;
  const { phases, parameters } = poseStep(options, set.operators);
  const learningRate = (step: number): number => learningRateAt(options, step);
  return runTraining(
    machine,
    {
      phases,
      start: firstState(parameters, seed),
      ...{ steps, every, examples: 1, learningRate, bounds: { loss: LOSS_BOUND } },
      async feeds(step) {
        const { images, rotations, shifts } = await drawBatch(set, options, step);
        const example = {
          images: floatTensor(images, [batch, channelsOf(options), side, side]),
          rotations: floatTensor(rotations, [batch, 9, set.operators.length]),
          shifts: floatTensor(shifts, [batch, 1, 2]),
        };
        const shared = { ...adamFeeds("pose", learningRate(step), step), ...averageFeeds(average, step) };
        return { examples: [example], shared };
      },
    },
    listener,
    from,
  );
}
