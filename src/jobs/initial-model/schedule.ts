/** How a step of the descent compares and learns. */
export interface Step {
  /** Frequency steps of the box up to which images and maps are compared. */
  readonly limit: number;
  /** Share of the batch in the sums after it. */
  readonly rate: number;
  /** What the noise is multiplied by: above 1 images decide less, and many orientations stay possible. */
  readonly heat: number;
}

/** Shares of the steps: up to which the noise is exaggerated, and between which detail becomes finer. */
const HEATED = 0.6;
const REFINED_FROM = 0.65;
const REFINED_TO = 0.85;
const HOTTEST = 6;
/** Least share of a batch: the sums remember about as many batches as its inverse. */
const LEAST_RATE = 0.08;

/**
 * Step `i` of `steps`: first the map finds its form at the coarsest detail while the noise falls to its own level, then detail goes from
 * `coarsest` to `finest` (frequency steps). Batches count less and less, so that first guesses are forgotten: the rate falls as a
 * stochastic approximation needs it, with the power -0.6 (Cappé & Moulines 2009, J. R. Stat. Soc. B 71:593).
 */
export function stepOf(i: number, steps: number, coarsest: number, finest: number): Step {
  const along = (i / steps - REFINED_FROM) / (REFINED_TO - REFINED_FROM);
  const warm = Math.max(0, 1 - i / (HEATED * steps));
  return {
    limit: Math.round(coarsest + Math.min(1, Math.max(0, along)) * (finest - coarsest)),
    rate: Math.max(LEAST_RATE, (i + 1) ** -0.6),
    heat: HOTTEST ** warm,
  };
}
