import type { ComputeRuntime, JobContext, Workers } from "../../../core/ports.js";

/** What a training receives beside its plan. */
export interface TrainContext extends JobContext {
  /** As "cryogem 0.1.0": recorded in the model. */
  readonly program: string;
  /** Opened only if there is a network to train. */
  readonly runtime: () => Promise<ComputeRuntime>;
  /** Make the data of coming steps while one is computed; absent: it is made between steps. */
  readonly workers?: Workers;
}
