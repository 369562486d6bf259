/** What decides whether a refinement goes on. */
export interface Progression {
  /** Shell up to which the halves correlate. */
  readonly shell: number;
  /** Degrees: median change of orientations; absent in the first iteration. */
  readonly change: number | undefined;
  /** Degrees: the last step of the search. */
  readonly step: number;
}

/** Iterations without any gain after which a refinement ends. */
const PATIENCE = 2;

/**
 * Whether nothing improves any more: in each of the last two iterations the halves correlate no further than before, and the median
 * change of orientations is either no smaller than the smallest before, or below the step of the search, within which orientations
 * change with every turn of the grid.
 */
export function hasConverged(history: readonly Progression[]): boolean {
  let [shell, change, calm] = [0, Number.POSITIVE_INFINITY, 0];
  for (const each of history) {
    const changed = each.change ?? Number.POSITIVE_INFINITY;
    const gains =
      each.shell > shell || each.change === undefined || (changed < change && changed > each.step);
    calm = gains ? 0 : calm + 1;
    shell = Math.max(shell, each.shell);
    change = Math.min(change, changed);
  }
  return calm >= PATIENCE;
}
