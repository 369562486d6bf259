import type { JobContext, Workers } from "../../core/ports.js";

/** What a job that writes a dataset receives beside its plan. */
export interface DatasetContext extends JobContext {
  readonly workers: Workers;
  /** As "cryogem 0.1.0": recorded in the dataset. */
  readonly program: string;
}
