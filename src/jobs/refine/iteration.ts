import type { Volume } from "../../array/image.js";
import { mean, quantile } from "../../array/statistics.js";
import { UsageError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import { eulerToMatrix, matrixToEuler, uniformRotation } from "../../core/rotation.js";
import { symmetricAngle, symmetryOperators } from "../../core/symmetry.js";
import { fourierShellCorrelation, GOLD_STANDARD, lastGoodShell } from "../../evaluate/maps/fsc.js";
import { halfMapCurves } from "../../evaluate/maps/half-maps.js";
import { type ReconstructionGrid, reconstructionGrid } from "../../reconstruct/grid.js";
import { type Accumulated, joinAccumulated } from "../../reconstruct/refine/accumulation.js";
import type { HalfModel, SearchPlan } from "../../reconstruct/refine/expectation.js";
import { searchLevels } from "../../reconstruct/refine/levels.js";
import { noiseOf } from "../../reconstruct/refine/noise.js";
import { projectorUpTo } from "../../reconstruct/refine/projector.js";
import type { Sighting } from "../../reconstruct/refine/sighting.js";
import { hasConverged } from "../../reconstruct/refine/stop.js";
import { frequenciesWithin } from "../../reconstruct/search/frequencies.js";
import { OrientationGrid } from "../../reconstruct/search/orientation-grid.js";
import type { DatasetContext } from "../shared/context.js";
import { runsOf, someParticles } from "../shared/particles/some-particles.js";
import { startProgress } from "../shared/progress.js";
import type { RefinePlan } from "./plan.js";
import type { RefineInputs } from "./read.js";
import type { FoundPose, IterationFigures, RefineState } from "./state.js";
import type { Chunk, IterationShared } from "./tasks.js";

/** Particles that are searched at a time. */
const CHUNK = 50;
/** Bytes of sums beyond which a half is added up by fewer threads. */
const SUMS_MEMORY = 2 ** 28;
const MOST_PARTS = 4;
/** Draws of random phases for the correlation under the mask. */
const DRAWS = 3;

/** Degrees about the last orientation within which a better one is looked for. */
const AROUND_LAST = 15;

/**
 * Degrees about known orientations within which an iteration looks; undefined: everywhere. Proposed orientations make the first map;
 * against that, all particles are looked for everywhere once, as some proposals are wrong altogether; then near what was found.
 */
function aroundKnown({ givenPoses }: RefinePlan, { iteration, reach }: RefineState): number | undefined {
  if (givenPoses) return AROUND_LAST;
  if (reach === undefined || iteration === 1) return undefined;
  return iteration === 0 ? reach : AROUND_LAST;
}

/** Particles of each half in turn, in their order. */
export const chunksOf = (inputs: RefineInputs, size = CHUNK): Chunk[] =>
  [0, 1].flatMap((half) =>
    runsOf(rowsOf(inputs.halves, half), size).map((rows) => ({ half, ...someParticles(inputs, rows) })),
  );

const rowsOf = (halves: readonly number[], half: number): number[] =>
  halves.flatMap((each, row) => (each === half ? [row] : []));

/** How the iteration after a state searches. */
export function searchPlanOf(plan: RefinePlan, inputs: RefineInputs, state: RefineState): SearchPlan {
  const { box, pixelSize, diameter } = inputs;
  const iteration = state.iteration + 1;
  const local = aroundKnown(plan, state);
  const range = plan.shiftRange === undefined ? box / 10 : plan.shiftRange / pixelSize;
  return {
    ...{ box, pixelSize, diameter, limit: state.limit, symmetry: plan.symmetry },
    turn: eulerToMatrix(uniformRotation(Random.of(plan.seed, "refine", iteration))),
    shiftRange: range / 2 ** (iteration - 1),
    ...(local !== undefined && { local }),
  };
}

/** What a half is searched with: its reference under the mask, its noise, its shifts. */
export function modelOf({ mask }: RefineInputs, state: RefineState, half: 0 | 1): HalfModel {
  const reference = state.references[half];
  const data = reference.data.map((value, i) => value * mask.data[i]!);
  return {
    projectors: [projectorUpTo({ ...reference, data }, state.limit)],
    noise: state.noise[half],
    shiftDeviation: state.shiftDeviations[half],
  };
}

/**
 * Up to where images are added to the maps: far beyond what is compared, so that a gain of resolution shows, but not to Nyquist of
 * finely sampled images, which takes memory and shows nothing.
 */
export function gridOf({ box, pixelSize }: RefineInputs, { limit }: RefineState): ReconstructionGrid {
  return reconstructionGrid({ box, voxelSize: pixelSize, finest: (box * pixelSize) / (2 * limit + 16) });
}

/** What a search of the state's references shares. */
export function sharedOf(plan: RefinePlan, inputs: RefineInputs, state: RefineState): IterationShared {
  return {
    stacks: inputs.stacks,
    plan: searchPlanOf(plan, inputs, state),
    models: [modelOf(inputs, state, 0), modelOf(inputs, state, 1)],
    grid: gridOf(inputs, state),
  };
}

/** One iteration: search, new maps, their correlation, new references. */
export async function iterate(
  plan: RefinePlan,
  inputs: RefineInputs,
  state: RefineState,
  context: DatasetContext,
): Promise<RefineState> {
  const { box, pixelSize } = inputs;
  const known: RefineInputs = { ...inputs, particles: withPoses(inputs, state) };
  const shared = sharedOf(plan, inputs, state);
  const name = `iteration ${state.iteration + 1}`;
  const sightings = await searchAll(known, shared, name, context);
  const added = await insertAll(known, sightings, shared, name, context);
  const symmetry = symmetryOperators(plan.symmetry);
  const mapsOf = (signalToNoise?: Float64Array): Promise<Volume[]> =>
    context.workers.map(
      "refine-map",
      added.map(({ sums }) => ({ sums: sums[0]!, symmetry, ...(signalToNoise && { signalToNoise }) })),
      { signal: context.signal },
    );
  const maps = (await mapsOf()) as unknown as readonly [Volume, Volume];
  const correlation = correlationOf(maps, inputs.mask, plan.seed);
  const references = (await mapsOf(correlation.map(signalToNoise))) as unknown as readonly [Volume, Volume];
  const poses = sightings.map(poseOf);
  const frequencies = frequenciesWithin(box, box / 2);
  const history = [...state.history, figuresOf(plan, inputs, shared, { known, poses, correlation }, state)];
  const shell = Math.max(1, lastGoodShell(correlation, GOLD_STANDARD));
  return {
    ...{ iteration: state.iteration + 1, poses, correlation, maps, references, history },
    ...(state.reach !== undefined && { reach: state.reach }),
    limit: Math.min((box >> 1) - 1, shell),
    noise: added.map(({ noise }) => noiseOf(noise, frequencies)) as unknown as RefineState["noise"],
    shiftDeviations: added.map(({ shiftSquares, particles }) =>
      Math.max(0.25, Math.sqrt(shiftSquares / particles)),
    ) as unknown as readonly [number, number],
    hasConverged: hasConverged(
      history.map(({ resolution, medianAngle, step }) => ({
        shell: Math.round((box * pixelSize) / resolution),
        change: medianAngle ?? undefined,
        step,
      })),
    ),
  };
}

/** SSNR of one half: FSC / (1 - FSC), FSC within 0.001 and 0.999, as relion_refine has it. */
function signalToNoise(correlation: number): number {
  const bounded = Math.min(0.999, Math.max(0.001, correlation));
  return bounded / (1 - bounded);
}

/** The particles with what the last iteration found. */
function withPoses({ particles }: RefineInputs, { poses }: RefineState): RefineInputs["particles"] {
  if (!poses) return particles;
  return particles.map((particle, i) => {
    const { rot, tilt, psi, x, y } = poses[i]!;
    return { ...particle, angles: [{ rot, tilt, psi }], shift: { x, y } };
  });
}

async function searchAll(
  inputs: RefineInputs,
  shared: IterationShared,
  name: string,
  { workers, report, signal }: DatasetContext,
): Promise<Sighting[]> {
  const total = inputs.particles.length;
  const advance = startProgress(report, { stage: `${name}: search`, total, unit: "particles" });
  const found = await workers.map("refine-search", chunksOf(inputs), {
    ...{ signal, shared },
    onResult: (some) => advance(some.length),
  });
  // chunks hold the first half's particles and then the second's: back into the order of the file
  const rows = [...rowsOf(inputs.halves, 0), ...rowsOf(inputs.halves, 1)];
  const sightings: Sighting[] = [];
  for (const [i, sighting] of found.flat().entries()) sightings[rows[i]!] = sighting;
  return sightings;
}

/** The sums of each half, always added in the same order: the number of threads leaves no trace. */
async function insertAll(
  inputs: RefineInputs,
  sightings: readonly Sighting[],
  shared: IterationShared,
  name: string,
  { workers, report, signal }: DatasetContext,
): Promise<Accumulated[]> {
  const parts = partsOf(shared.grid);
  const orders = [0, 1].flatMap((half) => {
    const rows = rowsOf(inputs.halves, half);
    return runsOf(rows, Math.ceil(rows.length / parts)).map((some) => ({
      half,
      ...someParticles(inputs, some),
      sightings: some.map((row) => sightings[row]!),
    }));
  });
  const total = inputs.particles.length;
  let done = 0;
  const added = await workers.map("refine-insert", orders, {
    ...{ signal, shared },
    onResult: ({ particles }) => {
      done += particles;
      report.progress({ stage: `${name}: new maps`, done, total, unit: "particles" });
    },
  });
  return [0, 1].map((half) => joinAccumulated(added.filter((_, i) => orders[i]!.half === half)));
}

/** Parts in which a half is added up: by the size of the grid alone, as the last bits of sums depend on it. */
function partsOf({ reach }: ReconstructionGrid): number {
  const bytes = 12 * (reach + 2) * (2 * reach + 3) ** 2;
  return Math.max(1, Math.min(MOST_PARTS, Math.floor(SUMS_MEMORY / bytes)));
}

/** Correlation of the halves under the mask, corrected by random phases; without noise in any shell, as it is. */
function correlationOf(maps: readonly [Volume, Volume], mask: Volume, seed: number): Float64Array {
  try {
    return halfMapCurves(maps, mask, { draws: DRAWS, seed }).corrected;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return fourierShellCorrelation(maps[0], maps[1], "stored half").correlation;
  }
}

function poseOf({ best, confidence, significant, evidence }: Sighting): FoundPose {
  const { x, y } = best.shift;
  return { ...matrixToEuler(best.view.matrix), x, y, confidence, significant, evidence };
}

interface Outcome {
  readonly known: RefineInputs;
  readonly poses: readonly FoundPose[];
  readonly correlation: Float64Array;
}

function figuresOf(
  { symmetry }: RefinePlan,
  { box, pixelSize }: RefineInputs,
  { plan }: IterationShared,
  { known, poses, correlation }: Outcome,
  { iteration }: RefineState,
): IterationFigures {
  const operators = symmetryOperators(symmetry);
  const angles = known.particles.flatMap(({ angles: before }, i) =>
    before ? [symmetricAngle(eulerToMatrix(before[0]!), eulerToMatrix(poses[i]!), operators)] : [],
  );
  const shifts = known.particles.map(({ shift }, i) =>
    Math.hypot(shift.x - poses[i]!.x, shift.y - poses[i]!.y),
  );
  const levels = searchLevels(plan, 2);
  const side = box * pixelSize;
  return {
    iteration: iteration + 1,
    resolution: side / Math.max(1, lastGoodShell(correlation, GOLD_STANDARD)),
    comparedTo: side / plan.limit,
    medianAngle: angles.length > 0 ? quantile(angles, 0.5) : null,
    meanAngle: angles.length > 0 ? mean(angles) : null,
    medianShift: pixelSize * quantile(shifts, 0.5),
    confidence: mean(poses.map(({ confidence }) => confidence)),
    step: OrientationGrid.step(levels[levels.length - 1]!.order),
    search: plan.local === undefined ? "everywhere" : "near the last orientations",
  };
}
