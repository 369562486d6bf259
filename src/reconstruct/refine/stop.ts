/** What decides whether a refinement goes on. */
export interface Progression {
  /** Shell up to which the halves correlate. */
  readonly shell: number;
  /** Degrees: mean change of orientations; absent in the first iteration. */
  readonly change: number | undefined;
}

/** Iterations without any gain after which a refinement ends. */
const PATIENCE = 2;
/** A change of angles that is smaller by less than this share is no smaller. */
const LEAST_GAIN = 0.03;

/**
 * Whether nothing improves any more: in each of the last two iterations the halves correlate no further than before, and the mean
 * change of orientations is no smaller than the smallest before.
 */
export function hasConverged(history: readonly Progression[]): boolean {
  let [shell, change, calm] = [0, Number.POSITIVE_INFINITY, 0];
  for (const each of history) {
    const changed = each.change ?? Number.POSITIVE_INFINITY;
    const gains = each.shell > shell || each.change === undefined || changed < (1 - LEAST_GAIN) * change;
    calm = gains ? 0 : calm + 1;
    shell = Math.max(shell, each.shell);
    change = Math.min(change, changed);
  }
  return calm >= PATIENCE;
}
