import { mean } from "../../array/statistics.js";
import { Random } from "../../core/random.js";
import { eulerToMatrix, matrixToEuler } from "../../core/rotation.js";
import type { ClassPlan, ClassSums } from "../../reconstruct/classify/class-model.js";
import { planeShape } from "../../reconstruct/classify/plane.js";
import { addPlaneSums } from "../../reconstruct/classify/plane-sums.js";
import { addNoise, noiseOf } from "../../reconstruct/refine/noise.js";
import type { Sighting } from "../../reconstruct/refine/sighting.js";
import { frequenciesWithin } from "../../reconstruct/search/frequencies.js";
import type { DatasetContext } from "../shared/context.js";
import type { SearchInputs } from "../shared/particles/search-inputs.js";
import { runsOf, someParticles } from "../shared/particles/some-particles.js";
import { surveyParticles } from "../shared/particles/survey.js";
import { startProgress } from "../shared/progress.js";
import { averagesOf, lastShell, withSplit } from "./averages.js";
import type { Classify2dPlan } from "./plan.js";
import type { ClassFigures, ClassPose, ClassState } from "./state.js";
import type { ClassifyShared } from "./tasks.js";

/** Particles that are searched at a time. */
const CHUNK = 50;
/** Bytes of sums beyond which fewer threads add particles up, and the most that do. */
const SUMS_MEMORY = 2 ** 28;
export const MOST_PARTS = 4;
/** Rings beyond those that are compared up to which averages are made, so that finer detail can show. */
const SPARE_RINGS = 6;
/** Of the particle's diameter, the detail of the first averages: coarser, all views of a particle look alike. */
const COARSEST = 9;
/** Iterations after which empty classes are filled by splitting large ones. */
const SPLITTING = 12;
/** Rings beyond the finest detail of any class that are compared next: what is not there yet weighs nothing. */
const FURTHER_RINGS = 4;
/** Share of the particles that change their class in an iteration below which the next may be the last. */
const CALM = 0.02;
/** Pixels: shifts are believed to spread at least so much. */
const LEAST_DEVIATION = 0.25;

/** The numbers of all particles in runs of a size. */
const allInRuns = ({ particles }: SearchInputs, size: number): readonly (readonly number[])[] =>
  runsOf([...particles.keys()], size);

const shiftRangeOf = ({ shiftRange }: Classify2dPlan, { box, pixelSize }: SearchInputs): number =>
  shiftRange === undefined ? box / 10 : shiftRange / pixelSize;

const diameterOf = ({ particleDiameter }: Classify2dPlan, { box, pixelSize }: SearchInputs): number =>
  Math.min(particleDiameter / pixelSize, 0.9 * box);

/** What is known before the first search: averages of particles in classes and angles drawn at random. */
export async function firstState(
  plan: Classify2dPlan,
  inputs: SearchInputs,
  context: DatasetContext,
): Promise<ClassState> {
  const { box, pixelSize, particles } = inputs;
  const chunks = allInRuns(inputs, CHUNK).map((rows) => someParticles(inputs, rows));
  const surveyed = await surveyParticles(inputs, diameterOf(plan, inputs), chunks, context);
  const [first, ...more] = surveyed.map(({ noise }) => noise);
  for (const each of more) addNoise(first!, each);
  const coarsest = plan.initialLowPass ?? plan.particleDiameter / COARSEST;
  const limit = Math.max(2, Math.min(Math.round((box * pixelSize) / coarsest), (box >> 1) - 1));
  const nothing: ClassState = {
    ...{ iteration: 0, limit, history: [], hasConverged: false },
    averages: Array.from({ length: plan.classes }, () => new Float32Array(box * box)),
    resolutions: new Array<null>(plan.classes).fill(null),
    noise: noiseOf(first!, frequenciesWithin(box, box / 2)),
    shiftDeviation: shiftRangeOf(plan, inputs) / 2,
  };
  const random = Random.of(plan.seed, "classify2d", "first averages");
  const order = random.shuffle(particles.map((_, i) => i % plan.classes));
  const sightings = particles.map(({ shift }, i): Sighting => {
    const matrix = eulerToMatrix({ rot: 0, tilt: 0, psi: random.uniform(0, 360) });
    const view = { reference: order[i]!, matrix };
    const probability = Float32Array.of(1);
    return {
      ...{ views: [view], shifts: [shift], probability, best: { view, shift } },
      ...{ confidence: 1, significant: 1, evidence: 0 },
    };
  });
  const shared = sharedOf(plan, inputs, nothing);
  const sums = await addUp(inputs, sightings, shared, "first averages", context);
  const { averages } = averagesOf(sums, limit);
  return { ...nothing, averages };
}

function sharedOf(plan: Classify2dPlan, inputs: SearchInputs, state: ClassState): ClassifyShared {
  const { box, pixelSize, stacks } = inputs;
  const { averages, noise, shiftDeviation, limit } = state;
  const iteration = state.iteration + 1;
  const classPlan: ClassPlan = {
    ...{ box, pixelSize, diameter: diameterOf(plan, inputs), limit },
    reach: Math.min((box >> 1) - 1, limit + SPARE_RINGS),
    turn: Random.of(plan.seed, "classify2d", iteration).uniform(0, 360),
    shiftRange: shiftRangeOf(plan, inputs) / 2 ** (iteration - 1),
  };
  return { stacks, plan: classPlan, model: { averages, noise, shiftDeviation } };
}

/** One iteration: search, new averages, noise and shares. */
export async function iterate(
  plan: Classify2dPlan,
  inputs: SearchInputs,
  state: ClassState,
  context: DatasetContext,
): Promise<ClassState> {
  const { box, pixelSize } = inputs;
  const shared = sharedOf(plan, inputs, state);
  const known = { ...inputs, particles: withShifts(inputs, state) };
  const name = `iteration ${state.iteration + 1}`;
  const sightings = await searchAll(known, shared, name, context);
  const sums = await addUp(known, sightings, shared, name, context);
  const own = averagesOf(sums, shared.plan.reach);
  const { signalToNoise } = own;
  const averages = state.iteration < SPLITTING ? withSplit(own, sums.members) : own.averages;
  const shells = signalToNoise.map(lastShell);
  const poses = sightings.map(poseOf);
  const side = box * pixelSize;
  const figures = figuresOf(state, poses, shells, side);
  const history = [...state.history, figures];
  const most = Math.min((box >> 1) - 1, Math.floor(side / (plan.finest ?? 2 * pixelSize)));
  const limit = Math.min(most, Math.max(state.limit, Math.max(...shells) + FURTHER_RINGS));
  return {
    ...{ iteration: state.iteration + 1, limit, averages, poses, history },
    resolutions: shells.map((shell) => (shell > 0 ? side / shell : null)),
    noise: noiseOf(sums.noise, frequenciesWithin(box, box / 2)),
    shiftDeviation: Math.max(LEAST_DEVIATION, Math.sqrt(sums.shiftSquares / sums.images)),
    hasConverged: isCalm(history) && limit <= state.limit,
  };
}

/** Whether few particles changed their class, twice in a row. */
const isCalm = (history: readonly ClassFigures[]): boolean =>
  history.length > SPLITTING && history.slice(-2).every(({ changed }) => changed !== null && changed < CALM);

/** The particles where the last iteration found them. */
function withShifts({ particles }: SearchInputs, { poses }: ClassState): SearchInputs["particles"] {
  if (!poses) return particles;
  return particles.map((particle, i) => ({ ...particle, shift: { x: poses[i]!.x, y: poses[i]!.y } }));
}

async function searchAll(
  inputs: SearchInputs,
  shared: ClassifyShared,
  name: string,
  { workers, report, signal }: DatasetContext,
): Promise<Sighting[]> {
  const total = inputs.particles.length;
  const advance = startProgress(report, { stage: `${name}: search`, total, unit: "particles" });
  const chunks = allInRuns(inputs, CHUNK).map((rows) => someParticles(inputs, rows));
  const found = await workers.map("classify-search", chunks, {
    ...{ signal, shared },
    onResult: (some) => advance(some.length),
  });
  return found.flat();
}

/** The sums of all particles, always added in the same order: the number of threads leaves no trace. */
async function addUp(
  inputs: SearchInputs,
  sightings: readonly Sighting[],
  shared: ClassifyShared,
  name: string,
  { workers, report, signal }: DatasetContext,
): Promise<ClassSums> {
  const total = inputs.particles.length;
  const orders = allInRuns(inputs, Math.ceil(total / partsOf(shared))).map((rows) => ({
    ...someParticles(inputs, rows),
    sightings: rows.map((row) => sightings[row]!),
    halves: rows.map((row) => row % 2),
  }));
  let done = 0;
  const added = await workers.map("classify-insert", orders, {
    ...{ signal, shared },
    onResult: ({ images }) => {
      done += images;
      report.progress({ stage: `${name}: new averages`, done, total, unit: "particles" });
    },
  });
  return added.reduce(joined);
}

/** Parts in which particles are added up: by the size of the sums alone, as their last bits depend on it. */
function partsOf({ plan, model }: ClassifyShared): number {
  const { reach } = planeShape(plan.box, plan.reach);
  const bytes = 24 * (reach + 2) * (2 * reach + 3) * model.averages.length;
  return Math.max(1, Math.min(MOST_PARTS, Math.floor(SUMS_MEMORY / bytes)));
}

/** In place of the first. */
function joined(all: ClassSums, more: ClassSums): ClassSums {
  for (const [k, halves] of all.planes.entries()) {
    for (const half of [0, 1] as const) addPlaneSums(halves[half], more.planes[k]![half]);
    all.members[k]! += more.members[k]!;
  }
  addNoise(all.noise, more.noise);
  return {
    ...all,
    shiftSquares: all.shiftSquares + more.shiftSquares,
    images: all.images + more.images,
  };
}

function poseOf({ best, confidence, significant, evidence }: Sighting): ClassPose {
  const { reference, matrix } = best.view;
  const { rot, psi } = matrixToEuler(matrix);
  // a rotation about z alone: rot and psi turn about the same axis
  const angle = rot + psi;
  const within = angle > 180 ? angle - 360 : angle <= -180 ? angle + 360 : angle;
  return {
    ...{ class: reference, psi: within, x: best.shift.x, y: best.shift.y },
    ...{ confidence, significant, evidence },
  };
}

function figuresOf(
  { iteration, limit, poses: before }: ClassState,
  poses: readonly ClassPose[],
  shells: readonly number[],
  side: number,
): ClassFigures {
  const best = Math.max(...shells);
  const changed = before && mean(poses.map((pose, i) => (pose.class === before[i]!.class ? 0 : 1)));
  return {
    iteration: iteration + 1,
    comparedTo: side / limit,
    finest: best > 0 ? side / best : null,
    changed: changed ?? null,
    classes: new Set(poses.map((pose) => pose.class)).size,
    confidence: mean(poses.map(({ confidence }) => confidence)),
  };
}
