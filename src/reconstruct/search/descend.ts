import type { Frequencies } from "./frequencies.js";
import type { Matcher } from "./matcher.js";
import type { ParticleSpectrum } from "./particle-spectrum.js";
import { type Keeping, likeliest, type Posterior, posterior } from "./posterior.js";
import { movedBack, quarters, type Shift } from "./shifts.js";
import type { View, ViewGrid } from "./view.js";

/** One level of a search from coarse to fine. */
export interface Level {
  /** Order of the cells of views. */
  readonly order: number;
  /** Side of the cells of shifts, pixels. */
  readonly shiftStep: number;
  /** What is compared. */
  readonly frequencies: Frequencies;
}

/** What a particle is searched in: cells of views of a level, and shifts. */
export interface Candidates {
  readonly cells: readonly number[];
  /** The views of the cells, where they have been made already, as those that the matcher holds. */
  readonly views?: readonly View[];
  readonly shifts: readonly Shift[];
}

export interface Search {
  readonly matcher: Matcher;
  readonly grid: ViewGrid;
  /** Each half the step of the one before, in views and shifts. */
  readonly levels: readonly Level[];
  /** Power of the noise at each ring: the mean of |transform|². */
  readonly noise: ArrayLike<number>;
  /** Logarithm of the probability of a shift, before the image is seen. */
  readonly shiftPrior: (shift: Shift) => number;
  /** Cells of views and of shifts that are divided for the next level. */
  readonly keepCells: Keeping;
  readonly keepShifts: Keeping;
}

/** What is known of one particle at the last level. */
export interface Found extends Candidates {
  readonly views: readonly View[];
  readonly posterior: Posterior;
}

/**
 * Scores the candidates of the first level, keeps the likeliest, divides them, and so on down to the last level. All cells around
 * the likeliest are searched too: with a strong image the likeliest coarse cell is the one whose middle happens to lie nearest, not
 * always the one that holds the pose.
 */
export function descend(search: Search, particle: ParticleSpectrum, start: Candidates): Found {
  const { grid, levels, keepCells, keepShifts } = search;
  let candidates = start;
  for (const [depth, level] of levels.entries()) {
    const found = weigh(search, particle, level, candidates);
    if (depth === levels.length - 1) return found;
    const cells = likeliest(found.posterior.ofView, keepCells);
    const shifts = likeliest(found.posterior.ofShift, keepShifts);
    const around = grid.around(level.order, found.cells[bestView(found)]!);
    const divided = cells.flatMap((i) => grid.children(level.order, found.cells[i]!));
    candidates = {
      cells: [...new Set([...divided, ...around])],
      shifts: quarters(
        shifts.map((i) => found.shifts[i]!),
        level.shiftStep,
      ),
    };
  }
  throw new Error("descend: no level");
}

/** The index of the view of the likeliest pair. */
export const bestView = ({ shifts, posterior }: Found): number => Math.floor(posterior.best / shifts.length);

/** The posterior of all pairs of the candidates. */
export function weigh(
  { matcher, grid, noise, shiftPrior }: Search,
  particle: ParticleSpectrum,
  { order, frequencies }: Level,
  { cells, shifts, views = cells.map((cell) => grid.view(order, cell)) }: Candidates,
): Found {
  const { image, weights } = weighted(particle, frequencies, noise);
  const scores = matcher.scores(views, frequencies, movedBack(image, frequencies, shifts), weights);
  return { cells, shifts, views, posterior: posterior(scores, shifts.map(shiftPrior)) };
}

/** What the score of an orientation takes of a particle: 2 CTF / σ² times its transform, and CTF² / σ². */
export function weighted(
  { data, ctf }: ParticleSpectrum,
  { ring, kx, count }: Frequencies,
  noise: ArrayLike<number>,
): { readonly image: Float32Array; readonly weights: Float32Array } {
  const length = kx.length;
  const full = ctf.length;
  const image = new Float32Array(2 * length);
  const weights = new Float32Array(length);
  for (let i = 0; i < count; i++) {
    const factor = ctf[i]! / noise[ring[i]!]!;
    image[i] = 2 * factor * data[i]!;
    image[length + i] = 2 * factor * data[full + i]!;
    weights[i] = factor * ctf[i]!;
  }
  return { image, weights };
}
