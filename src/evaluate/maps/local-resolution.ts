import { fftFriendlySize, irfft3, rfft3 } from "../../array/fft/fft.js";
import { centre, type Volume } from "../../array/image.js";
import { randomisePhases } from "../../array/spectrum/random-phases.js";
import { filterRadially, lowPassAt } from "../../array/spectrum/shells.js";
import { Random } from "../../core/random.js";
import { checkComparable, fourierShellCorrelation, GOLD_STANDARD, resolutionAt } from "./fsc.js";
import { correctForMask } from "./half-maps.js";

export interface LocalResolutionOptions {
  /** Angstrom between the places where the resolution is measured; default 25. */
  readonly sampling?: number;
  /** Radius in angstrom of the ball within which the maps are compared; default half the sampling. */
  readonly radius?: number;
  /** Width in angstrom of the ball's raised-cosine edge; default the sampling. */
  readonly edge?: number;
  /** Phases are random from this resolution in angstrom, for the correction; default 25. */
  readonly randomiseFrom?: number;
  /** The coarsest resolution reported, angstrom; default 50. */
  readonly coarsest?: number;
  /** Of the random phases; default 0. */
  readonly seed?: number;
}

/** Half maps prepared for measurements at many places. Plain data, so that it can be sent to workers. */
export interface LocalMeasurement {
  /** Both halves, and both with random phases. */
  readonly halves: readonly [Volume, Volume];
  readonly scrambled: readonly [Volume, Volume];
  /** Voxels: radius of the ball, width of its edge, and the box that holds both. */
  readonly radius: number;
  readonly edge: number;
  readonly box: number;
  /** Voxels between places. */
  readonly step: number;
  /** Angstrom, as of `LocalResolutionOptions`. */
  readonly randomiseFrom: number;
  readonly coarsest: number;
}

/** A place by its distance in voxels from the centre of the map, along x, y and z. */
export type Place = readonly [x: number, y: number, z: number];

/**
 * Prepares two half maps for measuring their resolution place by place, with RELION's choices of ball, edge and spacing.
 *
 * @throws ShapeError, DomainError for maps that do not fit together
 */
export function prepareLocalResolution(
  halves: readonly [Volume, Volume],
  options: LocalResolutionOptions = {},
): LocalMeasurement {
  checkComparable(...halves);
  const { voxelSize, shape } = halves[0];
  const { sampling = 25, randomiseFrom = 25, coarsest = 50, seed = 0 } = options;
  const voxels = (angstrom: number): number => Math.max(1, Math.round(angstrom / voxelSize));
  const radius = voxels(options.radius ?? sampling / 2);
  const edge = voxels(options.edge ?? sampling);
  const firstRandom = Math.max(1, Math.floor((shape[0] * voxelSize) / randomiseFrom));
  const scrambled = halves.map((half, i) => {
    const random = Random.of(seed, "local resolution", i);
    return irfft3(randomisePhases(rfft3(half), firstRandom, random), voxelSize);
  }) as [Volume, Volume];
  const box = Math.min(shape[0], fftFriendlySize(2 * (radius + edge)));
  return { halves, scrambled, radius, edge, box, step: voxels(sampling), randomiseFrom, coarsest };
}

/** The places of a map at which the resolution is measured: a grid within the ball that fits its box. */
export function placesOf({ halves, radius, step }: LocalMeasurement): readonly Place[] {
  const size = halves[0].shape[0];
  const reach = Math.floor(size / 2) - radius;
  const along = Array.from({ length: Math.ceil(size / step) }, (_, i) => i * step - Math.floor(size / 2));
  return along.flatMap((z) =>
    along.flatMap((y) =>
      along.filter((x) => x * x + y * y + z * z < reach * reach).map((x) => [x, y, z] as const),
    ),
  );
}

/**
 * Resolution in angstrom at a place: where the correlation of the halves under a soft ball about it, corrected for the ball
 * by random phases, falls below 0.143. The ball is cut out in the smallest box that holds it: shells are as wide as the
 * ball resolves, and the time does not depend on the size of the map.
 */
export function resolutionAtPlace(measurement: LocalMeasurement, place: Place): number {
  const { halves, scrambled, box, randomiseFrom, coarsest } = measurement;
  const ball = softBall(measurement);
  const cut = (map: Volume): Volume => cutOut(map, place, ball);
  const correlated = (pair: readonly [Volume, Volume]) =>
    fourierShellCorrelation(cut(pair[0]), cut(pair[1]), "whole spectrum");
  const masked = correlated(halves);
  const random = correlated(scrambled);
  const from = Math.max(1, Math.floor((box * halves[0].voxelSize) / randomiseFrom));
  const correlation = correctForMask(masked.correlation, random.correlation, from);
  const { resolution } = resolutionAt({ frequencies: masked.frequencies, correlation }, GOLD_STANDARD);
  return Math.min(coarsest, resolution);
}

/** A ball about the centre of its box: 1 within the radius, a raised cosine to 0 over the edge. */
function softBall({ radius, edge, box, halves }: LocalMeasurement): Volume {
  const data = new Float32Array(box ** 3);
  const middle = centre(box);
  for (let i = 0; i < data.length; i++) {
    const x = (i % box) - middle;
    const y = (Math.floor(i / box) % box) - middle;
    const z = Math.floor(i / box ** 2) - middle;
    data[i] = edgeAt(Math.sqrt(x * x + y * y + z * z), radius, edge);
  }
  return { data, shape: [box, box, box], voxelSize: halves[0].voxelSize };
}

function edgeAt(distance: number, radius: number, edge: number): number {
  if (distance < radius) return 1;
  return distance > radius + edge ? 0 : 0.5 - 0.5 * Math.cos((Math.PI * (radius + edge - distance)) / edge);
}

/** The map about a place times the ball; 0 where the ball leaves the map. */
function cutOut(map: Volume, place: Place, ball: Volume): Volume {
  const data = new Float32Array(ball.data.length);
  visitRows(map.shape[0], ball.shape[0], place, (inMap, inBox, count) => {
    for (let c = 0; c < count; c++) data[inBox + c] = map.data[inMap + c]! * ball.data[inBox + c]!;
  });
  return { ...ball, data };
}

/** Visits the rows of a box about a place of a map, as far as they lie in the map: where they begin in both, and how long. */
function visitRows(
  size: number,
  box: number,
  place: Place,
  visit: (inMap: number, inBox: number, count: number) => void,
): void {
  const [left, top, front] = place.map((at) => at + centre(size) - centre(box)) as [number, number, number];
  const from = Math.max(0, -left);
  const count = Math.min(box, size - left) - from;
  if (count <= 0) return;
  for (let z = Math.max(0, -front); z < Math.min(box, size - front); z++) {
    for (let y = Math.max(0, -top); y < Math.min(box, size - top); y++) {
      const inMap = ((z + front) * size + y + top) * size + left + from;
      visit(inMap, (z * box + y) * box + from, count);
    }
  }
}

/**
 * A map of local resolution in angstrom: at each voxel the frequencies found at the places around it, weighted by their
 * balls; 0 beyond all of them.
 */
export function spreadResolutions(
  measurement: LocalMeasurement,
  places: readonly Place[],
  resolutions: readonly number[],
): Volume {
  const { shape, voxelSize } = measurement.halves[0];
  const size = shape[0];
  const ball = softBall(measurement);
  const frequencies = new Float64Array(size ** 3);
  const weights = new Float64Array(size ** 3);
  places.forEach((place, p) => {
    const frequency = 1 / resolutions[p]!;
    visitRows(size, ball.shape[0], place, (inMap, inBox, count) => {
      for (let c = 0; c < count; c++) {
        const weight = ball.data[inBox + c]!;
        frequencies[inMap + c]! += weight * frequency;
        weights[inMap + c]! += weight;
      }
    });
  });
  const data = Float32Array.from(weights, (weight, i) => (weight > 0 ? weight / frequencies[i]! : 0));
  return { data, shape, voxelSize };
}

/** Low-pass filters between which a local filter interpolates. */
const LEVELS = 12;

/**
 * A map whose every voxel is low-passed at its own resolution: filters at frequencies evenly spaced from the coarsest to the
 * finest of the resolutions, each voxel linear between the two that enclose its own. Voxels without a resolution get
 * the coarsest filter.
 *
 * @param resolution angstrom at each voxel, 0 where there is none
 */
export function filterLocally(map: Volume, resolution: Volume): Volume {
  const { voxelSize, shape } = map;
  const shells = resolution.data.map((angstrom) => (angstrom > 0 ? (shape[0] * voxelSize) / angstrom : 0));
  const known = shells.filter((shell) => shell > 0);
  const lowest = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const highest = known.reduce((a, b) => Math.max(a, b), 0);
  if (highest === 0) return map;
  const spectrum = rfft3(map);
  const step = (highest - lowest) / (LEVELS - 1) || 1;
  const data = new Float32Array(map.data.length);
  for (let level = 0; level < LEVELS; level++) {
    const copy = { ...spectrum, data: spectrum.data.slice() };
    filterRadially(copy, lowPassAt(lowest + level * step));
    const filtered = irfft3(copy, voxelSize).data;
    for (let i = 0; i < data.length; i++) {
      const at = (Math.max(lowest, shells[i]!) - lowest) / step;
      data[i]! += Math.max(0, 1 - Math.abs(at - level)) * filtered[i]!;
    }
  }
  return { data, shape, voxelSize };
}
