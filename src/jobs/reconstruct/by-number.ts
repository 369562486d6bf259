import type { Volume } from "../../array/image.js";
import { Random } from "../../core/random.js";
import {
  type FscResolution,
  fourierShellCorrelation,
  GOLD_STANDARD,
  resolutionAt,
} from "../../evaluate/maps/fsc.js";
import { type HalfMaps, halfMapCurves } from "../../evaluate/maps/half-maps.js";
import type { ReconstructionGrid } from "../../reconstruct/grid.js";
import { addSums, type FourierSums } from "../../reconstruct/sums.js";
import type { DatasetContext } from "../shared/context.js";
import { addUp } from "./add-up.js";
import type { ReadyParticle, ReadyParticles } from "./particles.js";
import type { ReconstructPlan } from "./plan.js";
import type { SubsetResolution } from "./records.js";
import type { ParticlesOfMap } from "./sets.js";
import type { MapShared } from "./tasks.js";

/** Fewest particles of a half, and how often the particles are halved at most. */
const FEWEST = 25;
const HALVINGS = 6;

/** What the half maps of subsets are made with. */
export interface SubsetInputs {
  /** The two half sets. */
  readonly sets: readonly ParticlesOfMap[];
  readonly ready: ReadyParticles;
  readonly grid: ReconstructionGrid;
  /** How maps are made of sums. */
  readonly how: Omit<MapShared, "sums">;
  /** Absent: the curves are those without mask. */
  readonly mask: Volume | undefined;
  /** Half maps of all particles. */
  readonly halves: HalfMaps;
}

/**
 * Resolutions at 0.143 of half maps of a half, a quarter, an eighth … of the particles of each half set, drawn in several random
 * orders; smaller subsets are parts of larger ones of the same order. The poses stay those of the file.
 */
export async function resolutionsByNumber(
  { byNumber = 0, seed }: Pick<ReconstructPlan, "byNumber" | "seed">,
  inputs: SubsetInputs,
  context: DatasetContext,
): Promise<SubsetResolution[]> {
  const { sets, ready, grid, how, mask, halves } = inputs;
  const { workers, report, signal } = context;
  const fewest = Math.min(...sets.map(({ particles }) => particles.length));
  const steps = Math.max(0, Math.min(HALVINGS, Math.floor(Math.log2(fewest / FEWEST))));
  const quiet = { ...context, report: { ...report, progress: () => {} } };
  const found: SubsetResolution[] = [];
  const tell = (): void =>
    report.progress({
      ...{ stage: "subsets of the particles", done: found.length, total: byNumber * steps, unit: "subsets" },
    });
  tell();
  for (let order = 1; order <= byNumber; order++) {
    const shuffled = sets.map(({ particles }, half) =>
      Random.of(seed, "by number", order, half).shuffle([...particles]),
    );
    const sums: FourierSums[] = [];
    let particles = 0;
    for (let step = steps; step > 0; step--) {
      const parts = shuffled.map((all, half) => ({
        name: sets[half]!.name,
        particles: inStackOrder(all.slice(step === steps ? 0 : countAt(all, step + 1), countAt(all, step))),
      }));
      for (const [half, more] of (await addUp(parts, ready, grid, quiet)).entries()) {
        if (sums[half]) addSums(sums[half], more);
        else sums[half] = more;
      }
      particles += parts.reduce((sum, part) => sum + part.particles.length, 0);
      const maps = await workers.map("reconstruct-map", [[0], [1]], { signal, shared: { ...how, sums } });
      found.push({ order, particles, ...resolutionOf(maps as unknown as HalfMaps, mask, seed) });
      tell();
    }
  }
  const particles = sets.reduce((sum, set) => sum + set.particles.length, 0);
  return [...found, { order: 0, particles, ...resolutionOf(halves, mask, seed) }];
}

/** How many of a half's particles are left after it was halved so often. */
const countAt = ({ length }: readonly unknown[], halvings: number): number =>
  Math.round(length / 2 ** halvings);

/** Images that follow each other in a stack are read together. */
const inStackOrder = (particles: readonly ReadyParticle[]): ReadyParticle[] =>
  [...particles].sort((a, b) => a.stack - b.stack || a.section - b.section);

/** Between shells, at 0.143: without mask, or under the mask and corrected by random phases. */
function resolutionOf(halves: HalfMaps, mask: Volume | undefined, seed: number): FscResolution {
  const unmasked = fourierShellCorrelation(...halves);
  const found = resolutionAt(unmasked, GOLD_STANDARD);
  // a curve that never falls that far cannot be corrected either
  if (!mask || !found.crossed) return found;
  const { frequencies, corrected } = halfMapCurves(halves, mask, { seed });
  return resolutionAt({ frequencies, correlation: corrected }, GOLD_STANDARD);
}
