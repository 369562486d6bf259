import { inRange, integerInRange } from "../../core/check.js";
import type { Random } from "../../core/random.js";
import { type EulerAngles, eulerToMatrix, type RotationMatrix } from "../../core/rotation.js";
import { symmetryOperators } from "../../core/symmetry.js";
import type { Projector } from "../projection/projector.js";
import { type Orientations, orientationSampler, spreadOverSymmetry, weightedIndex } from "./orientations.js";
import { crowdPositions } from "./packing.js";
import { drawPositions } from "./positions.js";
import { drawOutlinedPositions } from "./silhouette.js";

/** One particle of a virtual specimen. */
export interface PlacedParticle extends EulerAngles {
  /** True centre in pixels, origin at the centre of the first array element; not rounded. */
  readonly x: number;
  readonly y: number;
  /** Angstrom above the middle of the ice; its own defocus is the micrograph's minus this. */
  readonly depth: number;
  /** Index into the structures. */
  readonly structure: number;
  /** A of its angles. */
  readonly matrix: RotationMatrix;
  /** By which its projection is multiplied; absent: 1. */
  readonly strength?: number;
}

/** A virtual specimen: where its particles lie and how they are turned. */
export interface Specimen {
  readonly particles: readonly PlacedParticle[];
  /** How many were asked for; more than `particles.length` when no more found a place. */
  readonly requested: number;
}

/** One of the structures in the ice. */
export interface StructureOptions {
  /** Angstrom. */
  readonly diameter: number;
  /** Share among the structures; absent = 1. */
  readonly weight?: number;
  /** Name of its point group: preferred orientations are spread over the group's rotations; absent = C1. */
  readonly symmetry?: string;
}

/** All that decides a virtual specimen, beside the random numbers. */
export interface SpecimenOptions {
  readonly shape: readonly [rows: number, columns: number];
  /** Angstrom. */
  readonly pixelSize: number;
  /** Particles a micrograph: normal, clipped to two standard deviations, rounded, at least 1. */
  readonly count: { readonly mean: number; readonly standardDeviation: number };
  readonly structures: readonly StructureOptions[];
  /**
   * How far particles may overlap, absent = 1: they touch at most. Least distance of two centres over the mean of their
   * diameters, or the factor by which outlines are shrunk.
   */
  readonly collapseRatio?: number;
  /** Share of the particles laid against another one, 0 to 1, absent = 0; needs silhouettes. */
  readonly clustering?: number;
  /** From prepareSilhouette, one a structure: particles keep clear by their own outlines. Absent: by discs. */
  readonly silhouettes?: readonly Projector[];
  /** Absent = uniform on SO(3). */
  readonly orientations?: Orientations;
  /** Angstrom. Absent or 0: every particle at depth 0; otherwise each is uniform in the depths at which it is inside. */
  readonly iceThickness?: number;
  /** Standard deviation of the particles' strengths about 1; absent or 0: all alike. */
  readonly strengthSpread?: number;
  /** Standard deviation about 1 of a factor on the strengths that all particles of the specimen share; absent or 0: none. */
  readonly micrographSpread?: number;
}

/**
 * Draws a virtual specimen: how many, which structure, where, how deep and how turned. Centres lie anywhere inside the
 * micrograph, so that particles are cut by its edges.
 *
 * @throws DomainError for a quantity outside its range, or shares that sum to zero
 */
export function drawSpecimen(options: SpecimenOptions, random: Random): Specimen {
  const [rows, columns] = options.shape;
  integerInRange("rows", rows, 1, 1e6);
  integerInRange("columns", columns, 1, 1e6);
  inRange("pixelSize", options.pixelSize, "angstrom", 1e-3, 1e3);
  const collapse = inRange("collapseRatio", options.collapseRatio ?? 1, "", 0, 10);
  inRange("clustering", options.clustering ?? 0, "", 0, 1);
  const thickness = inRange("iceThickness", options.iceThickness ?? 0, "angstrom", 0, 1e5);
  const spread = inRange("strengthSpread", options.strengthSpread ?? 0, "", 0, 1);
  const spreadOfAll = inRange("micrographSpread", options.micrographSpread ?? 0, "", 0, 1);
  const diameters = options.structures.map(({ diameter }) =>
    inRange("diameter", diameter, "angstrom", 0, 1e5),
  );
  const pickStructure = weightedIndex(
    "structures",
    options.structures.map(({ weight }) => weight ?? 1),
  );
  const orient = samplersOf(options);

  const requested = drawCount(options.count, random);
  const drawn = Array.from({ length: requested }, (): Drawn => {
    const structure = pickStructure(random);
    const angles = orient[structure]!(random);
    return { structure, angles, matrix: eulerToMatrix(angles) };
  });
  const radii = drawn.map(({ structure }) => (collapse * diameters[structure]!) / 2 / options.pixelSize);
  const positions = placeAll(options, drawn, radii, random);
  const particles: PlacedParticle[] = [];
  const strengthOfAll = spreadOfAll > 0 ? drawStrength(spreadOfAll, random) : 1;
  for (const [i, position] of positions.entries()) {
    if (!position) continue;
    const { structure, angles, matrix } = drawn[i]!;
    const room = Math.max(0, thickness - diameters[structure]!) / 2;
    particles.push({
      x: position[0] - 0.5,
      y: position[1] - 0.5,
      depth: room === 0 ? 0 : random.uniform(-room, room),
      structure,
      ...angles,
      matrix,
      ...((spread > 0 || spreadOfAll > 0) && { strength: strengthOfAll * drawStrength(spread, random) }),
    });
  }
  return { particles, requested };
}

/** A particle before it has a place. */
interface Drawn {
  readonly structure: number;
  readonly angles: EulerAngles;
  readonly matrix: RotationMatrix;
}

/** A sampler of orientations for each structure. */
function samplersOf({ orientations, structures }: SpecimenOptions): ((random: Random) => EulerAngles)[] {
  const sample = orientationSampler(orientations ?? { kind: "uniform" });
  if (!orientations || orientations.kind === "uniform") return structures.map(() => sample);
  return structures.map(({ symmetry = "C1" }) => spreadOverSymmetry(sample, symmetryOperators(symmetry)));
}

/** One after the other where that finds room for all; shaken or pushed together where the field must be fuller. */
function placeAll(
  { shape: [height, width], pixelSize, silhouettes, collapseRatio = 1, clustering = 0 }: SpecimenOptions,
  drawn: readonly Drawn[],
  radii: readonly number[],
  random: Random,
): ReturnType<typeof drawPositions> {
  // outlines shrunk to nothing keep clear of nothing
  const outlined = silhouettes !== undefined && collapseRatio > 0;
  const placed = outlined
    ? drawOutlinedPositions(
        { width, height, pixelSize },
        drawn.map(({ structure, matrix }) => ({ silhouette: silhouettes[structure]!, matrix })),
        { collapse: collapseRatio, clustering },
        random,
      )
    : drawPositions(width, height, radii, random);
  const missing = placed.filter((position) => !position).length;
  if (missing === 0) return placed;
  const crowded = crowdPositions(width, height, radii, random);
  return crowded.filter((position) => !position).length < missing ? crowded : placed;
}

/** Weaker than this no particle is, as a share of the mean: it would be none. */
const LEAST_STRENGTH = 0.1;

const drawStrength = (spread: number, random: Random): number =>
  spread === 0 ? 1 : Math.max(LEAST_STRENGTH, random.normal(1, spread));

function drawCount(count: SpecimenOptions["count"], random: Random): number {
  const mean = inRange("count: mean", count.mean, "particles", 0, 1e6);
  const deviation = inRange("count: standard deviation", count.standardDeviation, "particles", 0, 1e6);
  const clipped = Math.min(2, Math.max(-2, random.normal()));
  return Math.max(1, Math.round(mean + deviation * clipped));
}
