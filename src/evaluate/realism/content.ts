import type { Image } from "../../array/image.js";
import { bin, coarserPosition } from "../../array/resample.js";
import { randomPhaseImage } from "../../array/spectrum/random-phases.js";
import { quantile } from "../../array/statistics.js";
import { Random } from "../../core/random.js";
import type { Point } from "../picking/matching.js";
import { Disc } from "./disc.js";

/** What became of the particles of a micrograph when it was translated. */
export interface ContentCounts {
  /** Particles whose disc lies so far inside that it can be searched for. */
  readonly particles: number;
  /** Of these, those that are found no better than in an image without any structure. */
  readonly lost: number;
  /** Of these, those that are found more than an eighth of a diameter away from their label. */
  readonly moved: number;
  /** Places far from all labels that look as much like the average particle as half of the particles do. */
  readonly invented: number;
}

/** About so many pixels across a particle are compared: its shape is seen, and a search stays cheap. */
const PIXELS_ACROSS = 24;
/** How far from its label a particle is searched, over its diameter. */
const REACH = 1 / 4;
/** Beyond this distance, over its diameter, a particle counts as moved. */
const MOVED = 1 / 8;
/** Share of the searches in images without structure that succeed: the chance of not noticing a loss. */
const CHANCE = 0.05;
/** Images without structure that are searched, for each micrograph. */
const SURROGATES = 2;

/**
 * Counts particles that a translation lost, moved or invented.
 *
 * Each particle's own disc in the clean image is searched around its label in the translated one, by normalised
 * cross-correlation. It is lost where its highest correlation is not above the 95 % quantile of the same searches in images that have the
 * translated one's power spectrum and random phases; so a translation that loses everything still keeps 5 % by chance. Invented are peaks
 * of the correlation with the average clean disc that reach the median of the labelled particles and lie further than
 * three quarters of a diameter from every label. Faint images have chance peaks too: compare with a translation that
 * cannot invent, such as noise with the same spectrum.
 *
 * @param clean the simulated micrograph without noise
 * @param translated the micrograph made of it, of the same shape
 * @param points where particles are, pixels; those that the edge cuts among them
 * @param diameter of a particle, pixels
 * @param seed of the images without structure
 */
export function countContent(
  clean: Image,
  translated: Image,
  points: readonly Point[],
  diameter: number,
  seed: number,
): ContentCounts {
  const factor = Math.max(1, Math.round(diameter / PIXELS_ACROSS));
  const [before, after] = [bin(clean, factor), bin(translated, factor)];
  const disc = new Disc(diameter / factor / 2);
  const reach = Math.max(1, Math.round((REACH * diameter) / factor));
  const places = points.map(({ x, y }) => ({ x: coarserPosition(x, factor), y: coarserPosition(y, factor) }));
  const [rows, columns] = before.shape;
  const margin = disc.reach + reach + 1;
  const inside = places.filter(
    ({ x, y }) => x >= margin && y >= margin && x < columns - margin && y < rows - margin,
  );
  const templates = inside.map(({ x, y }) => disc.template(before, Math.round(x), Math.round(y)));
  if (inside.length === 0) return NOTHING;
  const search = (image: Image) =>
    inside.map(({ x, y }, i) => disc.search(image, templates[i]!, Math.round(x), Math.round(y), reach));
  const random = Random.of(seed, "images without structure");
  const chance = Array.from({ length: SURROGATES }, () => search(randomPhaseImage(after, random))).flat();
  const least = quantile(
    chance.map(({ score }) => score),
    1 - CHANCE,
  );
  const found = search(after).map(({ score, dx, dy }) => ({
    lost: score <= least,
    distance: Math.sqrt(dx * dx + dy * dy),
  }));
  return {
    particles: inside.length,
    lost: found.filter(({ lost }) => lost).length,
    moved: found.filter(({ lost, distance }) => !lost && distance > (MOVED * diameter) / factor).length,
    invented: countInvented(disc.map(after, disc.average(templates)), places, inside, disc.reach),
  };
}

/** Counts of nothing, and the sum of two counts. */
export const NOTHING: ContentCounts = { particles: 0, lost: 0, moved: 0, invented: 0 };
export const addCounts = (a: ContentCounts, b: ContentCounts): ContentCounts => ({
  particles: a.particles + b.particles,
  lost: a.lost + b.lost,
  moved: a.moved + b.moved,
  invented: a.invented + b.invented,
});

/**
 * Peaks of a map of correlations that are as high as those of half of the particles, and near no label.
 *
 * @param labels of all particles
 * @param known particles that the threshold is taken from
 * @param radius of a particle, pixels
 */
function countInvented(
  scores: Image,
  labels: readonly Point[],
  known: readonly Point[],
  radius: number,
): number {
  const near = Math.max(1, Math.round(radius / 4));
  const threshold = quantile(
    known.map(({ x, y }) => highestNear(scores, Math.round(x), Math.round(y), near)),
    0.5,
  );
  const far = ({ x, y }: Point): boolean =>
    labels.every((label) => (label.x - x) ** 2 + (label.y - y) ** 2 > (1.5 * radius) ** 2);
  const [rows, columns] = scores.shape;
  let count = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const score = scores.data[y * columns + x]!;
      // the highest within a radius, so that one invented particle counts once
      if (score >= threshold && far({ x, y }) && score >= highestNear(scores, x, y, radius)) count++;
    }
  }
  return count;
}

/** The highest value of a map within a square about a pixel. */
function highestNear({ data, shape }: Image, x: number, y: number, reach: number): number {
  const [rows, columns] = shape;
  let highest = Number.NEGATIVE_INFINITY;
  for (let row = Math.max(0, y - reach); row <= Math.min(rows - 1, y + reach); row++) {
    for (let column = Math.max(0, x - reach); column <= Math.min(columns - 1, x + reach); column++) {
      highest = Math.max(highest, data[row * columns + column]!);
    }
  }
  return highest;
}
