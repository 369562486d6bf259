import { DomainError } from "./errors.js";
import { axisRotation, multiplyRotations, type RotationMatrix, rotationAngle } from "./rotation.js";

type Axis = readonly [x: number, y: number, z: number];

/** Axes that generate a point group, each with its order. */
type Generators = readonly (readonly [axis: Axis, order: number])[];

const Z: Axis = [0, 0, 1];
const GOLDEN = (1 + Math.sqrt(5)) / 2;

/** RELION's settings: where the axes of each polyhedral group lie. I is I2. */
const POLYHEDRAL: ReadonlyMap<string, Generators> = new Map([
  [
    "T",
    [
      [Z, 3],
      [[0, Math.SQRT2, 1], 2],
    ] as const,
  ],
  [
    "O",
    [
      [Z, 4],
      [[1, 1, 1], 3],
    ] as const,
  ],
  // twofold axes along x, y, z; the fivefold of I2 in the plane of x and z, that of I1 a quarter turn about y from it
  [
    "I",
    [
      [Z, 2],
      [[1, 0, GOLDEN], 5],
    ] as const,
  ],
  [
    "I1",
    [
      [[1, 0, 0], 2],
      [[GOLDEN, 0, -1], 5],
    ] as const,
  ],
  [
    "I2",
    [
      [Z, 2],
      [[1, 0, GOLDEN], 5],
    ] as const,
  ],
  // a fivefold axis along z, and a twofold in the plane of x and z on either side
  [
    "I3",
    [
      [Z, 5],
      [[-1, 0, GOLDEN], 2],
    ] as const,
  ],
  [
    "I4",
    [
      [Z, 5],
      [[1, 0, GOLDEN], 2],
    ] as const,
  ],
]);

/**
 * The rotations of a point group in RELION's setting, the identity first: a symmetric map has V(R x) = V(x) for each.
 * An orientation A of such a map looks the same as A R.
 *
 * @param name Cn, Dn (n-fold along z, twofold along x), T, O, I, I1, I2, I3 or I4, any case
 * @throws DomainError for any other name
 */
export function symmetryOperators(name: string): readonly RotationMatrix[] {
  return closeGroup(generatorsOf(name.trim().toUpperCase(), name));
}

/**
 * The least angle, degrees, between two orientations A of a map with the given symmetry operators: 0 where the two give
 * the same image.
 */
export function symmetricAngle(
  a: RotationMatrix,
  b: RotationMatrix,
  operators: readonly RotationMatrix[],
): number {
  let least = 180;
  for (const operator of operators) least = Math.min(least, rotationAngle(multiplyRotations(a, operator), b));
  return least;
}

function generatorsOf(symbol: string, name: string): Generators {
  const polyhedral = POLYHEDRAL.get(symbol);
  if (polyhedral) return polyhedral;
  const order = Number(/^[CD](\d{1,3})$/.exec(symbol)?.[1] ?? 0);
  if (order < 1) throw new DomainError("symmetry", name, "C1, C2, …, D1, D2, …, T, O, I, I1, I2, I3 or I4");
  return symbol.startsWith("C")
    ? [[Z, order]]
    : [
        [Z, order],
        [[1, 0, 0], 2],
      ];
}

/** Every product of the generators' rotations. */
function closeGroup(generators: Generators): readonly RotationMatrix[] {
  const steps = generators.map(([axis, order]) => axisRotation(axis, 360 / order));
  const group: RotationMatrix[] = [[1, 0, 0, 0, 1, 0, 0, 0, 1]];
  for (let i = 0; i < group.length; i++) {
    for (const step of steps) {
      const product = multiplyRotations(group[i]!, step);
      // the smallest angle between elements is 360 / 999
      if (!group.some((known) => rotationAngle(known, product) < 0.1)) group.push(product);
    }
  }
  return group;
}

/**
 * Whether an orientation shows its view first: of the orientations that symmetry makes equal, it looks nearest to one direction
 * that lies on no axis of symmetry. Of equal views one is chosen so, or several at the borders.
 *
 * @param operators rotations of the point group
 */
export function isFirstOfEquals(orientation: RotationMatrix, operators: readonly RotationMatrix[]): boolean {
  const own = nearness(orientation);
  return operators.every((operator) => nearness(multiplyRotations(orientation, operator)) <= own + 1e-9);
}

/** Cosine between a viewing direction, the last row of A, and a direction on no axis of symmetry. */
const nearness = (a: RotationMatrix): number => 0.1357 * a[6] + 0.2468 * a[7] + 0.9595 * a[8];
