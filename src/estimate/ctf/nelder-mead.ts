export interface MinimiseOptions {
  /** Size of the first simplex along each coordinate. */
  readonly steps: readonly number[];
  /** Stops when the simplex is this many times smaller than at the start. */
  readonly tolerance?: number;
  readonly maxEvaluations?: number;
}

export interface Minimum {
  readonly x: readonly number[];
  readonly value: number;
}

interface Vertex {
  readonly x: number[];
  readonly value: number;
}

/**
 * Local minimum of a function of a few coordinates without derivatives. Source: Nelder & Mead 1965, Computer
 * Journal 7:308, with the standard coefficients 1, 2, 1/2, 1/2.
 */
export function minimise(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  { steps, tolerance = 1e-4, maxEvaluations = 400 }: MinimiseOptions,
): Minimum {
  let left = maxEvaluations;
  const at = (x: number[]): Vertex => {
    left--;
    return { x, value: f(x) };
  };
  const simplex = [
    at([...start]),
    ...steps.map((step, i) => at(start.map((v, j) => (i === j ? v + step : v)))),
  ];
  const byValue = (a: Vertex, b: Vertex): number => a.value - b.value;
  simplex.sort(byValue);
  while (left > 0 && spread(simplex, steps) > tolerance) {
    const worst = simplex.pop()!;
    const middle = start.map((_, i) => simplex.reduce((sum, v) => sum + v.x[i]!, 0) / simplex.length);
    const along = (t: number): Vertex => at(middle.map((m, i) => m + t * (worst.x[i]! - m)));
    const reflected = along(-1);
    const best = simplex[0]!;
    if (reflected.value < best.value) {
      const expanded = along(-2);
      simplex.push(expanded.value < reflected.value ? expanded : reflected);
    } else if (reflected.value < simplex[simplex.length - 1]!.value) {
      simplex.push(reflected);
    } else {
      const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex.push(contracted);
      else {
        simplex.push(worst);
        for (let k = 1; k < simplex.length; k++) {
          simplex[k] = at(simplex[k]!.x.map((v, i) => best.x[i]! + 0.5 * (v - best.x[i]!)));
        }
      }
    }
    simplex.sort(byValue);
  }
  return simplex[0]!;
}

/** Largest extent of the simplex in units of its first steps. */
function spread(simplex: readonly Vertex[], steps: readonly number[]): number {
  let largest = 0;
  for (const vertex of simplex) {
    vertex.x.forEach((v, i) => {
      largest = Math.max(largest, Math.abs(v - simplex[0]!.x[i]!) / Math.abs(steps[i]!));
    });
  }
  return largest;
}
