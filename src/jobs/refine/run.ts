import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { hashFile } from "../shared/hash-file.js";
import { ITERATIONS } from "../shared/iterations.js";
import { type MemoryNeed, refuseBeyondMemory } from "../shared/memory.js";
import { recordOf } from "../shared/options/check.js";
import { firstState } from "./first.js";
import { iterate } from "./iteration.js";
import { refineOptions } from "./options.js";
import type { RefinePlan } from "./plan.js";
import { type RefineInputs, readInputs } from "./read.js";
import { REFINEMENT, type RefineRecord } from "./records.js";
import { type RefineState, readState, saveState } from "./state.js";
import { writeIteration, writeResult } from "./write.js";

/**
 * Refines the orientations and shifts of particles in two halves, from an iteration that an earlier run left or from the first.
 *
 * @throws FileError, FormatError, ShapeError, DomainError, OptionError for inputs; UsageError for a folder with something else; AbortError
 */
export async function refineParticles(plan: RefinePlan, context: DatasetContext): Promise<RefineRecord> {
  const { files, report } = context;
  const inputs = await readInputs(plan, context);
  refuseBeyondMemory(memoryNeed(inputs, context.workers.count), context);
  const claim = { holds: "a refinement", marks: [REFINEMENT.record, ITERATIONS] };
  return inClaimedFolder(files, plan.out, claim, async () => {
    const identity = await identityOf(plan, context);
    let state = await readState(files, plan.out, identity, inputs.pixelSize);
    if (state) report.note(`${plan.out}: continues after iteration ${state.iteration}`);
    else {
      state = await firstState(plan, inputs, context);
      await saveState(files, plan.out, identity, inputs.frame, state);
    }
    while (!isDone(state, plan)) {
      context.signal.throwIfAborted();
      state = await iterate(plan, inputs, state, context);
      await writeIteration(plan, inputs, state, context);
      await saveState(files, plan.out, identity, inputs.frame, state);
    }
    return writeResult(plan, inputs, state, context);
  });
}

/** Bytes a voxel for each half whose map is made: a transform and a map in twice the box (64), and the sums (12 for each of 4 samples). */
const PER_MAP = 112;
/** Of a volume in single precision. */
const PER_VOLUME = 4;
/** References, maps, the mask and what is filtered of them. */
const VOLUMES = 12;

function memoryNeed({ box, stacks }: RefineInputs, threads: number): MemoryNeed {
  return {
    bytes: box ** 3 * (PER_MAP * Math.min(2, threads) + PER_VOLUME * VOLUMES),
    option: "particles",
    what: `images of ${box} x ${box} pixels in ${stacks[0]!.path}`,
    instead: "extract them with --rescale",
  };
}

const isDone = (state: RefineState, { iterations }: RefinePlan): boolean =>
  state.hasConverged || state.iteration >= iterations;

/** What another run must have in common to continue this one. More iterations may be asked for. */
async function identityOf(plan: RefinePlan, { files, program }: DatasetContext): Promise<string> {
  const inputs = [plan.particles, plan.reference, plan.mask, plan.poses].filter((path) => path !== undefined);
  const hashes: string[] = [];
  for (const path of inputs) hashes.push((await hashFile(path, undefined, files)).sha256);
  const { iterations: _, ...options } = recordOf(refineOptions, plan);
  return JSON.stringify([program, options, hashes]);
}
