import { integerInRange } from "../../core/check.js";
import {
  eulerToMatrix,
  multiplyRotations,
  type RotationMatrix,
  rotationAngle,
  transposeRotation,
} from "../../core/rotation.js";
import { isFirstOfEquals } from "../../core/symmetry.js";
import { type Direction, healpixCentre, healpixCount } from "./healpix.js";
import type { CountedGrid } from "./several-grid.js";
import type { View } from "./view.js";

const DEGREES = 180 / Math.PI;
/** Orders of cells deeper than this have numbers beyond 2^32. */
const DEEPEST = 7;
/** Up to this order a grid has fewer than 40,000 cells, and keeps their orientations. */
const KEPT_ORDER = 3;

/**
 * Orientations in cells of equal volume that cover SO(3): viewing directions in HEALPix pixels, each with equal intervals of
 * the in-plane angle. At order k there are 12 · 4^k directions and 6 · 2^k intervals, 60 / 2^k degrees wide, so that
 * a cell is about as wide as it is high; each cell is divided into 8 of the next order. A cell is known by its order and its
 * number, direction · intervals + interval.
 *
 * The in-plane angle counts from a frame that is carried from the middle of the direction's face by the shortest turn. Counted
 * as psi, it would make long, slanted cells at the poles, where rot and psi turn about the same axis.
 *
 * `turn` turns the whole grid. Another turn at each iteration leaves no trace of the grid in a map.
 */
export class OrientationGrid implements CountedGrid {
  constructor(
    /** Rotations of the point group of what is looked at. */
    private readonly operators: readonly RotationMatrix[],
    private readonly turn: RotationMatrix = [1, 0, 0, 0, 1, 0, 0, 0, 1],
  ) {}

  /** Degrees between neighbouring cells of an order. */
  static step(order: number): number {
    return 60 / 2 ** order;
  }

  /** Kept of the orders of which all cells are looked at. */
  private readonly known = new Map<number, RotationMatrix>();

  /** Cells of an order, whatever the symmetry. */
  total(order: number): number {
    return healpixCount(order) * intervalsOf(order);
  }

  /** Of the only reference. */
  view(order: number, cell: number): View {
    return { reference: 0, matrix: this.matrix(order, cell) };
  }

  /** The orientation A in the middle of a cell. */
  matrix(order: number, cell: number): RotationMatrix {
    if (order > KEPT_ORDER) return this.middle(order, cell);
    const key = (KEPT_ORDER + 1) * cell + order;
    const known = this.known.get(key) ?? this.middle(order, cell);
    this.known.set(key, known);
    return known;
  }

  private middle(order: number, cell: number): RotationMatrix {
    const intervals = intervalsOf(order);
    const psi = ((cell % intervals) + 0.5) * OrientationGrid.step(order);
    const inPlane = eulerToMatrix({ rot: 0, tilt: 0, psi });
    return multiplyRotations(inPlane, this.facing(order, Math.floor(cell / intervals)));
  }

  /** The orientation of a direction with the in-plane angle 0. */
  private facing(order: number, direction: number): RotationMatrix {
    const { frame, axis } = FACES[Math.floor(direction / 4 ** order)]!;
    const towards = axisOf(healpixCentre(order, direction));
    const turned = multiplyRotations(frame, shortestTurn(towards, axis));
    return multiplyRotations(turned, this.turn);
  }

  /** The eight cells of the next order that make up a cell. */
  children(order: number, cell: number): readonly number[] {
    const intervals = intervalsOf(order);
    const direction = Math.floor(cell / intervals);
    const interval = cell % intervals;
    return Array.from(
      { length: 8 },
      (_, i) => (4 * direction + (i >> 1)) * 2 * intervals + 2 * interval + (i & 1),
    );
  }

  /**
   * The cells of an order that together show every image of a structure with the point group once, those at borders more
   * than once: of directions that symmetry makes equal, the ones nearest to an axis of no symmetry.
   */
  cells(order: number): readonly number[] {
    integerInRange("order of orientations", order, 0, DEEPEST);
    const intervals = intervalsOf(order);
    const cells: number[] = [];
    for (let direction = 0; direction < healpixCount(order); direction++) {
      if (!this.reachesUnit(order, direction)) continue;
      for (let i = 0; i < intervals; i++) cells.push(direction * intervals + i);
    }
    return cells;
  }

  around(order: number, cell: number): readonly number[] {
    return this.near(order + 1, this.matrix(order, cell), OrientationGrid.step(order));
  }

  /** The cells of an order whose middle lies within an angle, degrees, of an orientation. */
  near(order: number, orientation: RotationMatrix, angle: number): readonly number[] {
    const intervals = intervalsOf(order);
    const step = OrientationGrid.step(order);
    const reach = Math.ceil(angle / step) + 1;
    const cells: number[] = [];
    for (const direction of this.directionsNear(order, orientation, angle)) {
      // the in-plane angle psi at which a cell of this direction comes nearest: orientation = (turn about z by psi) · view
      const about = multiplyRotations(orientation, transposeRotation(this.facing(order, direction)));
      const psi = Math.atan2(about[1] - about[3], about[0] + about[4]) * DEGREES;
      const middle = Math.floor(psi / step);
      const last = Math.min(middle + reach, middle - reach + intervals - 1);
      for (let i = middle - reach; i <= last; i++) {
        const cell = direction * intervals + (((i % intervals) + intervals) % intervals);
        if (rotationAngle(this.matrix(order, cell), orientation) <= angle) cells.push(cell);
      }
    }
    return cells;
  }

  /** The directions of an order within an angle of the one that an orientation looks along, found from the faces down. */
  private directionsNear(order: number, orientation: RotationMatrix, angle: number): readonly number[] {
    // two orientations differ by no less than the directions that they look along
    const axis = turnedAxis(this.turn, orientation);
    let directions = FACES.map((_, face) => face);
    for (let at = 0; ; at++) {
      // no place of a pixel is farther from its middle than a step (0.94 of one, measured at orders 0 to 2)
      const cosine = Math.cos(
        Math.min(Math.PI, (angle + (at < order ? OrientationGrid.step(at) : 0)) / DEGREES),
      );
      directions = directions.filter(
        (direction) => product(axisOf(healpixCentre(at, direction)), axis) >= cosine - 1e-12,
      );
      if (at === order) return directions;
      directions = directions.flatMap((direction) => [0, 1, 2, 3].map((i) => 4 * direction + i));
    }
  }

  /** Whether a direction, or one of the sixteen two orders deeper, is the nearest of its equals to the favoured axis. */
  private reachesUnit(order: number, direction: number): boolean {
    if (this.operators.length === 1) return true;
    for (let i = 0; i < 16; i++) {
      if (isFirstOfEquals(this.facing(order + 2, 16 * direction + i), this.operators)) return true;
    }
    return false;
  }
}

type Axis = readonly [x: number, y: number, z: number];

const axisOf = ({ polar, azimuth }: Direction): Axis => [
  Math.sin(polar) * Math.cos(azimuth),
  Math.sin(polar) * Math.sin(azimuth),
  Math.cos(polar),
];

const product = (a: Axis, b: Axis): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** The direction that an orientation A looks along, the last row of A, as it was before a turn of the grid: A turn^T. */
function turnedAxis(turn: RotationMatrix, orientation: RotationMatrix): Axis {
  const before = multiplyRotations(orientation, transposeRotation(turn));
  return [before[6], before[7], before[8]];
}

/** The rotation by the smallest angle that takes one unit vector to another, not its opposite (Rodrigues). */
function shortestTurn([a, b, c]: Axis, [u, v, w]: Axis): RotationMatrix {
  const [x, y, z] = [b * w - c * v, c * u - a * w, a * v - b * u];
  const cosine = a * u + b * v + c * w;
  const t = 1 / (1 + cosine);
  return [
    ...([cosine + t * x * x, t * x * y - z, t * x * z + y] as const),
    ...([t * x * y + z, cosine + t * y * y, t * y * z - x] as const),
    ...([t * x * z - y, t * y * z + x, cosine + t * z * z] as const),
  ];
}

/** The middle of each face of the sphere, and an orientation that looks along it. */
const FACES = Array.from({ length: 12 }, (_, face) => {
  const centre = healpixCentre(0, face);
  const angles = { rot: centre.azimuth * DEGREES, tilt: centre.polar * DEGREES, psi: 0 };
  return { axis: axisOf(centre), frame: eulerToMatrix(angles) };
});

/** The in-plane intervals of an order. */
const intervalsOf = (order: number): number => 6 * 2 ** order;
