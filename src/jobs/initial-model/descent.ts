import type { Volume } from "../../array/image.js";
import { mean } from "../../array/statistics.js";
import { Random } from "../../core/random.js";
import { eulerToMatrix, uniformRotation } from "../../core/rotation.js";
import { symmetryOperators } from "../../core/symmetry.js";
import type { Projector } from "../../physics/projection/projector.js";
import { joinAccumulated } from "../../reconstruct/refine/accumulation.js";
import { addNoise, noiseOf } from "../../reconstruct/refine/noise.js";
import { projectorUpTo } from "../../reconstruct/refine/projector.js";
import type { Sighting } from "../../reconstruct/refine/sighting.js";
import { frequenciesWithin } from "../../reconstruct/search/frequencies.js";
import type { FourierSums } from "../../reconstruct/sums.js";
import type { DatasetContext } from "../shared/context.js";
import { softSphere } from "../shared/maps/soft-sphere.js";
import type { Sampling } from "../shared/particles/search-images.js";
import { runsOf, type SomeParticles, someParticles } from "../shared/particles/some-particles.js";
import { imageContrastDoubt } from "../shared/particles/survey.js";
import type { ModelInputs } from "./inputs.js";
import type { InitialModelPlan } from "./plan.js";
import { type Step, stepOf } from "./schedule.js";
import type { ModelState, StepFigures } from "./state.js";
import type { BatchPart, BatchResult, StepShared } from "./tasks.js";

/** Particles that a thread takes at a time. */
const PART = 50;
/** The last order of orientations that is searched: 15 degrees while detail is coarsest, then 7.5. */
const COARSE_ORDER = 2;
const LAST_ORDER = 3;
/** Signal over noise at which maps are filtered: directions that few particles show are damped. */
const SIGNAL_TO_NOISE = 20;

const someOf = ({ stored: { images }, particles }: ModelInputs, rows: readonly number[]): SomeParticles =>
  someParticles({ images, particles }, rows);

const samplingOf = ({ box, pixelSize }: Sampling): Sampling => ({ box, pixelSize });

const everyRow = ({ particles }: ModelInputs): readonly number[] => particles.map((_, row) => row);

/** Noise from the whole power of some images, and no map yet. */
export async function firstState(
  plan: InitialModelPlan,
  inputs: ModelInputs,
  { workers, report, signal }: DatasetContext,
): Promise<ModelState> {
  const { stored, box, pixelSize, diameter } = inputs;
  const shared = {
    ...{ stacks: stored.stacks, stored: samplingOf(stored), plan: { box, pixelSize, diameter } },
    groups: stored.set.optics.length,
  };
  const parts = runsOf(everyRow(inputs), PART).map((rows) => someOf(inputs, rows));
  const total = inputs.particles.length;
  let done = 0;
  const surveyed = await workers.map("initial-survey", parts, {
    ...{ signal, shared },
    onResult: ({ deviations }) => {
      done += deviations.length;
      report.progress({ stage: "look at images", done, total, unit: "particles" });
    },
  });
  const doubt = imageContrastDoubt(surveyed);
  if (doubt) report.warn(doubt);
  const [first, ...more] = surveyed.map(({ noise }) => noise);
  for (const each of more) addNoise(first!, each);
  const noise = noiseOf(first!, frequenciesWithin(box, box / 2));
  const start: ModelState = { step: 0, sums: [], noise, history: [] };
  const step = stepOf(0, plan.steps, inputs.coarsest, inputs.finest);
  // orientations and models drawn at random: something to begin with, from which the first batches depart
  const random = Random.of(plan.seed, "initial-model", "first orientations");
  const rows = batchOf(plan, inputs, 0);
  const sightings = rows.map((row): Sighting => {
    const matrix = eulerToMatrix(uniformRotation(random));
    const view = { reference: Math.floor(random.uniform(0, plan.classes)), matrix };
    const { shift } = inputs.particles[row]!;
    return {
      ...{ views: [view], shifts: [shift], probability: Float32Array.of(1), best: { view, shift } },
      ...{ confidence: 1, significant: 1, evidence: 0 },
    };
  });
  const ball = faintBall(inputs);
  const nothing = new Array<Volume>(plan.classes).fill(ball);
  const result = await look(
    plan,
    inputs,
    start,
    { step, rows, maps: nothing, sightings },
    {
      workers,
      signal,
    },
  );
  return { ...start, sums: result.sums };
}

/** So faint that it explains nothing, in place of a map that no particle belongs to. */
function faintBall({ box, pixelSize, diameter }: ModelInputs): Volume {
  const ball = softSphere(box, pixelSize, diameter / 4);
  return { ...ball, data: ball.data.map((value) => 1e-6 * value) };
}

/** The particles of a batch: the next ones of an order that is drawn again when all had their turn. */
function batchOf(plan: InitialModelPlan, inputs: ModelInputs, step: number): readonly number[] {
  const total = inputs.particles.length;
  const size = Math.min(plan.batch, total);
  const rows: number[] = [];
  for (let at = step * size; rows.length < size; ) {
    const round = Math.floor(at / total);
    const order = Random.of(plan.seed, "initial-model", "order", round).shuffle([...everyRow(inputs)]);
    const some = order.slice(at % total, (at % total) + size - rows.length);
    rows.push(...some);
    at += some.length;
  }
  return rows.sort((a, b) => a - b);
}

interface Look {
  readonly step: Step;
  readonly rows: readonly number[];
  readonly maps: readonly Volume[];
  /** Absent: the particles are looked for. */
  readonly sightings?: readonly Sighting[];
  readonly onPart?: (particles: number) => void;
}

/** Particles looked for in the maps and added up, always in the same order. */
async function look(
  plan: InitialModelPlan,
  inputs: ModelInputs,
  { step: number, noise }: ModelState,
  { step, rows, maps, sightings, onPart }: Look,
  { workers, signal }: Pick<DatasetContext, "workers" | "signal">,
): Promise<BatchResult> {
  const { stored, box, pixelSize, diameter, grid } = inputs;
  const range = plan.shiftRange === undefined ? box / 10 : plan.shiftRange / pixelSize;
  const shared: StepShared = {
    ...{ stacks: stored.stacks, stored: samplingOf(stored), grid },
    plan: {
      ...{
        box,
        pixelSize,
        diameter,
        limit: step.limit,
        symmetry: plan.symmetry,
        lastOrder: step.limit > inputs.coarsest ? LAST_ORDER : COARSE_ORDER,
      },
      turn: eulerToMatrix(uniformRotation(Random.of(plan.seed, "initial-model", "turn", number))),
      shiftRange: range,
    },
    model: {
      projectors: maps.map((map): Projector => projectorUpTo(map, step.limit)),
      noise: noise.map((rings) => rings.map((value) => step.heat * value)),
      shiftDeviation: range / 2,
    },
  };
  const parts = runsOf(rows, PART).map((some, i): BatchPart => {
    const first = i * PART;
    return {
      ...someOf(inputs, some),
      ...(sightings && { sightings: sightings.slice(first, first + some.length) }),
    };
  });
  const found = await workers.map("initial-step", parts, {
    ...{ signal, shared },
    onResult: ({ particles }) => onPart?.(particles),
  });
  return { ...joinAccumulated(found), best: found.flatMap(({ best }) => best) };
}

/** The maps of the sums, within the particle's sphere. */
export async function mapsOf(
  { symmetry }: InitialModelPlan,
  inputs: ModelInputs,
  sums: readonly FourierSums[],
  { workers, signal }: Pick<DatasetContext, "workers" | "signal">,
): Promise<Volume[]> {
  const { box, pixelSize, diameter } = inputs;
  const operators = symmetryOperators(symmetry);
  const orders = sums.map((own) => ({
    ...{ sums: own, symmetry: operators, signalToNoise: SIGNAL_TO_NOISE },
  }));
  const maps = await workers.map("initial-map", orders, { signal });
  const mask = softSphere(box, pixelSize, diameter / 2).data;
  return maps.map((map) => {
    const data = map.data.map((value, i) => value * mask[i]!);
    return data.some((value) => value > 0) ? { ...map, data } : faintBall(inputs);
  });
}

/** One step: a batch is looked for in the maps of the sums so far, and takes its share in them. */
export async function descend(
  plan: InitialModelPlan,
  inputs: ModelInputs,
  state: ModelState,
  context: DatasetContext,
): Promise<ModelState> {
  const { box, pixelSize } = inputs;
  const number = state.step + 1;
  const step = stepOf(number, plan.steps, inputs.coarsest, inputs.finest);
  const maps = await mapsOf(plan, inputs, state.sums, context);
  const rows = batchOf(plan, inputs, number);
  const result = await look(plan, inputs, state, { step, rows, maps }, context);
  const fresh = noiseOf(result.noise, frequenciesWithin(box, box / 2));
  const figures: StepFigures = {
    step: number,
    comparedTo: (box * pixelSize) / step.limit,
    confidence: mean(result.best.map(({ confidence }) => confidence)),
    shares: maps.map((_, k) => mean(result.best.map(({ best }) => (best.view.reference === k ? 1 : 0)))),
  };
  return {
    step: number,
    sums: state.sums.map((own, k) => mixed(own, result.sums[k]!, step.rate)),
    noise: state.noise.map((rings, group) =>
      rings.map((value, ring) => value + step.rate * (fresh[group]![ring]! - value)),
    ),
    history: [...state.history, figures],
  };
}

/** Sums of which a batch has a share; the batches before it have the rest. */
function mixed(before: FourierSums, batch: FourierSums, share: number): FourierSums {
  const mix = (a: Float32Array, b: Float32Array): Float32Array =>
    a.map((value, i) => value + share * (b[i]! - value));
  return {
    ...{ grid: before.grid, data: mix(before.data, batch.data) },
    weight: mix(before.weight, batch.weight),
  };
}

/** A last pass over all particles at the finest detail: their poses, and the sums of all. */
export async function lastPass(
  plan: InitialModelPlan,
  inputs: ModelInputs,
  state: ModelState,
  context: DatasetContext,
): Promise<BatchResult> {
  const step: Step = { limit: inputs.finest, rate: 1, heat: 1 };
  const maps = await mapsOf(plan, inputs, state.sums, context);
  const total = inputs.particles.length;
  let done = 0;
  const onPart = (particles: number): void => {
    done += particles;
    context.report.progress({ stage: "last pass", done, total, unit: "particles" });
  };
  return look(plan, inputs, state, { step, rows: everyRow(inputs), maps, onPart }, context);
}
