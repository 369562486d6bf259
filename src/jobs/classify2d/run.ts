import { OptionError } from "../../core/errors.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { hashFile } from "../shared/hash-file.js";
import { ITERATIONS } from "../shared/iterations.js";
import { type MemoryNeed, refuseBeyondMemory } from "../shared/memory.js";
import { beyondNyquist } from "../shared/options/beyond-nyquist.js";
import { recordOf } from "../shared/options/check.js";
import { readSearchInputs, type SearchInputs } from "../shared/particles/search-inputs.js";
import { firstState, iterate, MOST_PARTS } from "./iteration.js";
import { classify2dOptions } from "./options.js";
import type { Classify2dPlan } from "./plan.js";
import { CLASSIFICATION, type Classify2dRecord } from "./records.js";
import { type ClassState, readState, saveState } from "./state.js";
import { writeIteration, writeResult } from "./write.js";

/** Fewest particles of a class to begin with, on average. */
const FEWEST_OF_CLASS = 4;

/**
 * Sorts particles into classes of like views, from an iteration that an earlier run left or from the first.
 *
 * @throws FileError, FormatError, OptionError for inputs; UsageError for a folder with something else; AbortError
 */
export async function classifyParticles(
  plan: Classify2dPlan,
  context: DatasetContext,
): Promise<Classify2dRecord> {
  const { files, report } = context;
  const inputs = await readSearchInputs(
    { path: plan.particles, fewest: FEWEST_OF_CLASS, givenPoses: false },
    context,
  );
  checkFit(plan, inputs);
  for (const option of ["initialLowPass", "finest"] as const) {
    const doubt = beyondNyquist(option, plan[option], inputs.pixelSize);
    if (doubt) report.warn(doubt);
  }
  refuseBeyondMemory(memoryNeed(plan, inputs, context.workers.count), context);
  const claim = { holds: "a classification", marks: [CLASSIFICATION.record, ITERATIONS] };
  return inClaimedFolder(files, plan.out, claim, async () => {
    const identity = await identityOf(plan, context);
    let state = await readState(files, plan.out, identity);
    if (state) report.note(`${plan.out}: continues after iteration ${state.iteration}`);
    else {
      state = await firstState(plan, inputs, context);
      await saveState(files, plan.out, identity, inputs, state);
    }
    while (!isDone(state, plan)) {
      context.signal.throwIfAborted();
      state = await iterate(plan, inputs, state, context);
      await writeIteration(plan, inputs, state, context);
      await saveState(files, plan.out, identity, inputs, state);
    }
    return writeResult(plan, inputs, state, context);
  });
}

const isDone = (state: ClassState, { iterations }: Classify2dPlan): boolean =>
  state.hasConverged || state.iteration >= iterations;

function checkFit(
  { classes, particleDiameter }: Classify2dPlan,
  { box, pixelSize, particles }: SearchInputs,
): void {
  if (particles.length < FEWEST_OF_CLASS * classes) {
    const most = Math.floor(particles.length / FEWEST_OF_CLASS);
    throw new OptionError(
      "classes",
      `found ${classes} for ${particles.length} particles, expected at most ${most}: ${FEWEST_OF_CLASS} particles a class`,
    );
  }
  if (particleDiameter > box * pixelSize) {
    throw new OptionError(
      "particleDiameter",
      `found ${particleDiameter}, expected at most the ${box * pixelSize} angstrom of the images`,
    );
  }
}

/** Of averages to Nyquist: on every thread the planes that are compared and the sums of two halves, and the sums of all parts. */
function memoryNeed(
  { classes, finest }: Classify2dPlan,
  { box, pixelSize }: SearchInputs,
  threads: number,
): MemoryNeed {
  const reach = Math.min(box, (2 * box * pixelSize) / (finest ?? 2 * pixelSize));
  const samples = (reach + 2) * (2 * reach + 3);
  return {
    bytes: classes * samples * (threads * (8 + 24) + 24 * MOST_PARTS),
    option: "classes",
    what: `${classes} classes of ${box} x ${box} pixels`,
    instead: "ask for fewer, or extract the particles with --rescale",
  };
}

/** What another run must have in common to continue this one. More iterations may be asked for. */
async function identityOf(plan: Classify2dPlan, { files, program }: DatasetContext): Promise<string> {
  const { sha256 } = await hashFile(plan.particles, undefined, files);
  const { iterations: _, ...options } = recordOf(classify2dOptions, plan);
  return JSON.stringify([program, options, sha256]);
}
