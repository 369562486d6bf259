import type { ComputeRuntime } from "../core/ports.js";
import { DivergenceWatch } from "./divergence.js";
import type { StepFeeds } from "./feeds.js";
import { Training } from "./machine/training.js";
import type { StepPhase } from "./phase.js";
import type { StateSource, TrainingState } from "./state.js";

/** What a training runs on. */
export interface TrainingMachine<DeviceTensor> {
  readonly runtime: ComputeRuntime<DeviceTensor>;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now: () => number;
}

/** What is trained, and what every step is fed. */
export interface Course {
  readonly phases: readonly StepPhase[];
  /** Values before the first step. */
  readonly start: StateSource;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Steps between milestones. */
  readonly every: number;
  /** Examples of a step. */
  readonly examples: number;
  /** At a step (from 1), as the metrics name it. */
  readonly learningRate: (step: number) => number;
  /** Losses above these have diverged, see `DivergenceWatch`; by name. */
  readonly bounds: Readonly<Record<string, number>>;
  /** Of a step (from 1); nothing where the training was interrupted meanwhile. */
  readonly feeds: (step: number) => Promise<StepFeeds | undefined>;
}

/** A line of metrics.jsonl. */
export interface StepMetrics {
  readonly step: number;
  /** Means over the step's examples, by the names of the phases' outputs. */
  readonly losses: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly seconds: number;
  /** Of these, seconds that the device waited for its data. */
  readonly waiting: number;
}

/** What a training hands out while it runs; each call is awaited. */
export interface TrainingListener {
  step(metrics: StepMetrics): Promise<void>;
  /**
   * The state after every `every` steps and after the last one, before it becomes a checkpoint: what is made of it here is there
   * when the checkpoint is, and is made again where a training ended between the two.
   */
  milestone(step: number, state: TrainingState): Promise<void>;
  /** Something that a user would want to stop for. */
  warn(text: string): void;
  /** The state from which the training can go on: after a milestone, and when it is interrupted. */
  checkpoint(step: number, state: TrainingState): Promise<void>;
}

/** Where an earlier run stopped. */
export interface Resumption {
  readonly step: number;
  readonly state: TrainingState;
}

/**
 * Runs a training from its start, or from where an earlier run stopped: the remaining losses and the result are then those of an
 * uninterrupted training, bit for bit on the same device.
 *
 * @returns the state after the last step
 * @throws the signal's reason when aborted, after a last checkpoint; DomainError for a loss that is no number
 */
export async function runTraining<DeviceTensor>(
  { runtime, signal, now }: TrainingMachine<DeviceTensor>,
  course: Course,
  listener: TrainingListener,
  from?: Resumption,
): Promise<TrainingState> {
  const { phases, start, steps, every, examples } = course;
  const watch = new DivergenceWatch(course.bounds);
  const training = await Training.open(runtime, phases, from?.state ?? start, examples);
  let step = from?.step ?? 0;
  let saved = step;
  try {
    while (step < steps && !signal.aborted) {
      const began = now();
      const feeds = await course.feeds(step + 1);
      if (!feeds) break;
      step++;
      const waiting = (now() - began) / 1000;
      const losses = await training.run(feeds);
      const learningRate = course.learningRate(step);
      await listener.step({ step, losses, learningRate, seconds: (now() - began) / 1000, waiting });
      const warning = watch.step(step, losses);
      if (warning !== undefined) listener.warn(warning);
      if (step % every !== 0 && step !== steps) continue;
      const state = await training.save();
      await listener.milestone(step, state);
      await listener.checkpoint(step, state);
      saved = step;
    }
    const state = await training.save();
    if (saved < step) await listener.checkpoint(step, state);
    signal.throwIfAborted();
    return state;
  } finally {
    await training.close();
  }
}
