import { multiplyRotations, type RotationMatrix, rotationAngle } from "../core/rotation.js";

const DEGREES = 180 / Math.PI;
/** The positive root of x⁴ = x + 4, see `evenOrientations`. */
const PSI = 1.5337511687552041;

/**
 * Orientations spread evenly over all rotations, by the spiral of Alexa 2022 ("Super-Fibonacci Spirals: Fast, Low-Discrepancy Sampling of
 * SO(3)", CVPR): any number of them, each with about the same share of the rotations.
 */
export function evenOrientations(count: number): readonly RotationMatrix[] {
  return Array.from({ length: count }, (_, i) => {
    const t = (i + 0.5) / count;
    const turn = 2 * Math.PI * (i + 0.5);
    const [inner, outer] = [Math.sqrt(t), Math.sqrt(1 - t)];
    const [x, y] = [inner * Math.sin(turn / Math.SQRT2), inner * Math.cos(turn / Math.SQRT2)];
    const [z, w] = [outer * Math.sin(turn / PSI), outer * Math.cos(turn / PSI)];
    return [
      ...([1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)] as const),
      ...([2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)] as const),
      ...([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)] as const),
    ];
  });
}

/** Orientations among which a network shares out its odds. */
export interface OrientationCells {
  /** Of orientations that symmetry makes equal, only one. */
  readonly matrices: readonly RotationMatrix[];
  readonly operators: readonly RotationMatrix[];
  /** Degrees between neighbours, about. */
  readonly spacing: number;
}

/**
 * About `count` orientations that show every view of a structure once.
 *
 * @param operators of its point group
 */
export function orientationCells(count: number, operators: readonly RotationMatrix[]): OrientationCells {
  const trace = (a: RotationMatrix): number => a[0] + a[4] + a[8];
  const total = count * operators.length;
  // of those that symmetry makes equal, the one that turns least
  const matrices = evenOrientations(total).filter((a) =>
    operators.every((operator) => trace(multiplyRotations(a, operator)) <= trace(a) + 1e-12),
  );
  // a grid of 72 · 8^k cells of equal volume has steps of 60 / 2^k degrees (HEALPix directions times in-plane intervals)
  return { matrices, operators, spacing: 60 / Math.cbrt(total / 72) };
}

/**
 * The width of the odds that are taught about the true orientation: their standard deviation over the spacing of cells. It
 * is wide enough that the mean of the cells gives back an orientation between them: to 1.3 degrees (median of 200) where
 * cells lie 30 degrees apart. With 0.41 in place of 0.5 it is 2.8 degrees.
 */
const TAUGHT_WIDTH = 0.5;

/**
 * How fast the odds that are taught fall: exp(sharpness · trace(A^T R)) for a cell A and the truth R, about a normal distribution of
 * the angle between them, since the trace is 1 + 2 cos(angle).
 */
export function sharpness({ spacing }: OrientationCells): number {
  const deviation = (TAUGHT_WIDTH * spacing) / DEGREES;
  return 1 / (2 * deviation * deviation);
}

/** An orientation and the odds of all cells near it. */
export interface LikelyOrientation {
  readonly rotation: RotationMatrix;
  readonly probability: number;
}

/** Over the spacing: cells so near to the likeliest one belong to the same peak. */
const PEAK = 2;

/** The peaks of a distribution over cells. */
export class OrientationPeaks {
  /** Of each cell that was a peak: the cells of its peak, as their equals by symmetry that lie nearest to it. */
  private readonly near = new Map<
    number,
    readonly { readonly cell: number; readonly matrix: RotationMatrix }[]
  >();

  constructor(private readonly cells: OrientationCells) {}

  /**
   * The likeliest cell with all near it makes an orientation, their mean by their odds; then the likeliest of what is left, and so on.
   *
   * @param odds of each cell
   * @returns likeliest first; fewer than `count` where no odds are left
   */
  likeliest(odds: Float32Array, count: number): LikelyOrientation[] {
    const left = Float64Array.from(odds);
    const peaks: LikelyOrientation[] = [];
    while (peaks.length < count) {
      let best = 0;
      for (let cell = 1; cell < left.length; cell++) if (left[cell]! > left[best]!) best = cell;
      if (!(left[best]! > 0)) break;
      let probability = 0;
      const mean = new Float64Array(9);
      for (const { cell, matrix } of this.around(best)) {
        probability += left[cell]!;
        for (let k = 0; k < 9; k++) mean[k]! += left[cell]! * matrix[k]!;
        left[cell] = 0;
      }
      peaks.push({ rotation: nearestRotation(mean), probability });
    }
    return peaks.sort((a, b) => b.probability - a.probability);
  }

  private around(centre: number) {
    const known = this.near.get(centre);
    if (known) return known;
    const { matrices, operators, spacing } = this.cells;
    const middle = matrices[centre]!;
    const found = matrices
      .map((a, cell) => ({ cell, matrix: nearestEqual(a, middle, operators) }))
      .filter(({ matrix }) => rotationAngle(matrix, middle) <= PEAK * spacing);
    this.near.set(centre, found);
    return found;
  }
}

/** Of the orientations that symmetry makes equal to a, the nearest to another. */
function nearestEqual(
  a: RotationMatrix,
  to: RotationMatrix,
  operators: readonly RotationMatrix[],
): RotationMatrix {
  const equals = operators.map((operator) => multiplyRotations(a, operator));
  const product = (b: RotationMatrix): number => b.reduce((sum, value, k) => sum + value * to[k]!, 0);
  return equals.reduce((best, other) => (product(other) > product(best) ? other : best));
}

/**
 * Newton's iteration for the rotation nearest to a mean of rotations that lie near each other (Higham 1986, SIAM J. Sci.
 * Stat. Comput. 7:1160).
 */
function nearestRotation(mean: Float64Array): RotationMatrix {
  const scale = Math.cbrt(determinant(mean));
  let x = mean.map((value) => value / scale);
  for (let i = 0; i < 50; i++) {
    const cofactors = cofactorsOf(x);
    const size = determinant(x);
    const next = x.map((value, k) => (value + cofactors[k]! / size) / 2);
    const change = Math.max(...next.map((value, k) => Math.abs(value - x[k]!)));
    x = next;
    if (change < 1e-12) break;
  }
  return [...x] as unknown as RotationMatrix;
}

/** Of a matrix, row by row: the transpose of its inverse times its determinant. */
function cofactorsOf(m: Float64Array): Float64Array {
  const minor = (a: number, b: number, c: number, d: number): number => m[a]! * m[b]! - m[c]! * m[d]!;
  return Float64Array.of(
    ...[minor(4, 8, 5, 7), minor(5, 6, 3, 8), minor(3, 7, 4, 6)],
    ...[minor(2, 7, 1, 8), minor(0, 8, 2, 6), minor(1, 6, 0, 7)],
    ...[minor(1, 5, 2, 4), minor(2, 3, 0, 5), minor(0, 4, 1, 3)],
  );
}

function determinant(m: Float64Array): number {
  const cofactors = cofactorsOf(m);
  return m[0]! * cofactors[0]! + m[1]! * cofactors[1]! + m[2]! * cofactors[2]!;
}
