import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { hashFile } from "../shared/hash-file.js";
import { type MemoryNeed, refuseBeyondMemory } from "../shared/memory.js";
import { recordOf } from "../shared/options/check.js";
import { descend, firstState, lastPass, mapsOf } from "./descent.js";
import { type ModelInputs, readModelInputs } from "./inputs.js";
import { initialModelOptions } from "./options.js";
import type { InitialModelPlan } from "./plan.js";
import { INITIAL_MODEL, type InitialModelRecord } from "./records.js";
import { readState, STATE_FILE, saveState } from "./state.js";
import { writeResult } from "./write.js";

/** Steps after which the state is written. */
const SAVED = 10;

/**
 * Makes maps of particles without a reference, from the state that an earlier run left or from random orientations.
 *
 * @throws FileError, FormatError, OptionError for inputs; UsageError for a folder with something else; AbortError
 */
export async function makeInitialModel(
  plan: InitialModelPlan,
  context: DatasetContext,
): Promise<InitialModelRecord> {
  const { files, report } = context;
  const inputs = await readModelInputs(plan, context);
  refuseBeyondMemory(memoryNeed(plan, inputs, context.workers.count), context);
  const claim = { holds: "initial models", marks: [INITIAL_MODEL.record, STATE_FILE] };
  return inClaimedFolder(files, plan.out, claim, async () => {
    const identity = await identityOf(plan, context);
    let state = await readState(files, plan.out, identity, inputs.grid);
    if (state) report.note(`${plan.out}: continues after step ${state.step}`);
    else {
      state = await firstState(plan, inputs, context);
      await saveState(files, plan.out, identity, state);
    }
    while (state.step < plan.steps) {
      context.signal.throwIfAborted();
      state = await descend(plan, inputs, state, context);
      const { comparedTo, confidence } = state.history[state.history.length - 1]!;
      const figures = { "compared to, A": comparedTo, confidence };
      report.progress({ stage: "descend", done: state.step, total: plan.steps, unit: "batches", figures });
      if (state.step % SAVED === 0 || state.step === plan.steps) {
        await saveState(files, plan.out, identity, state);
      }
    }
    const last = await lastPass(plan, inputs, state, context);
    const maps = await mapsOf(plan, inputs, last.sums, context);
    return writeResult(plan, inputs, { state, last, maps }, context);
  });
}

/** On every thread the sums and the transform of each model, and the sums of the batches so far and of the last. */
function memoryNeed({ classes }: InitialModelPlan, { grid }: ModelInputs, threads: number): MemoryNeed {
  const samples = (grid.reach + 2) * (2 * grid.reach + 3) ** 2;
  return {
    bytes: classes * samples * (20 * threads + 36),
    option: "classes",
    what: `${classes} models of ${grid.box} x ${grid.box} x ${grid.box} voxels`,
    instead: "ask for fewer classes or for coarser detail",
  };
}

/** What another run must have in common to continue this one. */
async function identityOf(plan: InitialModelPlan, { files, program }: DatasetContext): Promise<string> {
  const { sha256 } = await hashFile(plan.particles, undefined, files);
  return JSON.stringify([program, recordOf(initialModelOptions, plan), sha256]);
}
