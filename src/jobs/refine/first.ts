import type { Volume } from "../../array/image.js";
import { lowPassed } from "../../array/spectrum/low-pass.js";
import { commonGreyScale, type GreyFit } from "../../reconstruct/refine/grey-scale.js";
import { addNoise, noiseOf } from "../../reconstruct/refine/noise.js";
import { frequenciesWithin } from "../../reconstruct/search/frequencies.js";
import type { DatasetContext } from "../shared/context.js";
import { symmetryDoubt } from "../shared/maps/symmetry-doubt.js";
import { surveyParticles } from "../shared/particles/survey.js";
import { chunksOf, sharedOf } from "./iteration.js";
import type { RefinePlan } from "./plan.js";
import { reachOfProposals } from "./reach.js";
import type { RefineInputs } from "./read.js";
import type { RefineState } from "./state.js";

/** Particles of each half by which the reference's grey scale is fitted. */
const FITTED = 50;
/** By how much the inverted reference must fit better before that is said. */
const CLEARLY_INVERTED = 1.2;

/** What is known before the first search: noise from the images' whole power, and for each half the reference in its grey scale. */
export async function firstState(
  plan: RefinePlan,
  inputs: RefineInputs,
  context: DatasetContext,
): Promise<RefineState> {
  const { box, pixelSize } = inputs;
  const noise = await surveyed(inputs, context);
  const shell = Math.min(Math.round((box * pixelSize) / plan.initialLowPass), (box >> 1) - 1);
  const reference = lowPassed(inputs.reference, shell);
  const doubt = symmetryDoubt(reference, plan.symmetry, plan.reference);
  if (doubt) context.report.warn(doubt);
  const range = plan.shiftRange === undefined ? box / 10 : plan.shiftRange / pixelSize;
  const state: RefineState = {
    ...{ iteration: 0, limit: shell, noise, history: [], hasConverged: false },
    shiftDeviations: [range / 2, range / 2],
    correlation: new Float64Array((box >> 1) + 1).fill(1, 0, shell + 1),
    references: [reference, reference],
  };
  const scales = await greyScales(plan, inputs, state, context);
  const first: RefineState = {
    ...state,
    references: [scaled(reference, scales[0]), scaled(reference, scales[1])],
  };
  if (plan.poses === undefined) return first;
  const reach = await reachOfProposals(plan, inputs, first, context);
  return reach === undefined ? first : { ...first, reach };
}

const scaled = (map: Volume, factor: number): Volume => ({
  ...map,
  data: map.data.map((value) => factor * value),
});

async function surveyed(inputs: RefineInputs, context: DatasetContext): Promise<RefineState["noise"]> {
  const chunks = chunksOf(inputs);
  const found = await surveyParticles(inputs, inputs.diameter, chunks, context);
  const frequencies = frequenciesWithin(inputs.box, inputs.box / 2);
  return [0, 1].map((half) => {
    const own = found.filter((_, i) => chunks[i]!.half === half);
    const [first, ...more] = own.map(({ noise }) => noise);
    for (const each of more) addNoise(first!, each);
    return noiseOf(first!, frequencies);
  }) as unknown as RefineState["noise"];
}

/** By what the reference is multiplied in each half, so that its projections have the strength of the particles. */
async function greyScales(
  plan: RefinePlan,
  inputs: RefineInputs,
  state: RefineState,
  { workers, report, signal }: DatasetContext,
): Promise<readonly [number, number]> {
  const shared = sharedOf(plan, inputs, state);
  const chunks = [0, 1].map((half) => chunksOf(inputs, FITTED).find((chunk) => chunk.half === half)!);
  const fits = await workers.map("refine-grey-scale", chunks, { signal, shared });
  const gain = (pick: (fit: GreyFit) => number): number =>
    fits.flat().reduce((sum, fit) => sum + pick(fit), 0);
  if (gain((fit) => fit.invertedGain) > CLEARLY_INVERTED * gain((fit) => fit.gain)) {
    report.warn(
      `${plan.reference}: inverted, it fits the particles better: is the protein white in both? Multiply one of them by -1`,
    );
  }
  return [commonGreyScale(fits[0]!), commonGreyScale(fits[1]!)];
}
