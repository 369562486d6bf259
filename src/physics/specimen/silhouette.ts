import type { Volume } from "../../array/image.js";
import { UsageError } from "../../core/errors.js";
import type { Random } from "../../core/random.js";
import type { RotationMatrix } from "../../core/rotation.js";
import { centralSlice } from "../projection/project.js";
import { type Projector, prepareProjector } from "../projection/projector.js";
import { footprintOf } from "./footprint.js";
import { Occupancy, type Outline, outlineOf } from "./occupancy.js";
import { FreeCells } from "./positions.js";

/** Pixels across a particle at which its outline is known well enough. */
const ACROSS = 32;
/** Tries one after the other before the field has to be shaken. */
const PATIENCE = 4000;
/** Others beside which a clustered particle looks for a place before it takes any. */
const NEIGHBOURS = 60;
/** Largest gap between two that were laid together, as a share of their distance. */
const GAP = 0.1;
/** Rounds of shaking without a gain before the field counts as full, and tries a round for those without a place together. */
const ROUNDS = 25;
const TRIES = 2000;
/** Longest move of a round along x and y, as a share of a particle's reach. */
const MOVE = 0.3;

/**
 * A coarse projector for outlines only: quick to slice.
 *
 * @param diameter angstrom, of the largest structure of the specimen, so that all have one pixel size
 */
export function prepareSilhouette(volume: Volume, diameter: number): Projector {
  return prepareProjector(volume, { pixelSize: diameter / ACROSS });
}

/** A particle that wants a place: its silhouette's projector and its orientation. */
export interface Outlined {
  readonly silhouette: Projector;
  readonly matrix: RotationMatrix;
}

type Place = readonly [x: number, y: number];

/**
 * Centres drawn one after the other, uniform over the places where a particle's own outline, at its own orientation, covers
 * none of those before it: elongated particles come nearer side by side than end to end. Where not all find a place, those
 * that have one are shaken by small moves that keep them apart and the rest tried again, round after round.
 *
 * @param field pixels of the micrograph, `pixelSize` angstrom each
 * @param collapse factor by which every outline is shrunk about its centre first: below 1 particles may overlap
 * @param clustering share of the particles that are laid against one that has its place, 0 to 1: they gather in groups and leave
 *   gaps, as particles in thin ice do
 * @returns centres in [0, width) x [0, height); `null` for those that found no place
 * @throws UsageError for silhouettes of different pixel sizes
 */
export function drawOutlinedPositions(
  field: { readonly width: number; readonly height: number; readonly pixelSize: number },
  particles: readonly Outlined[],
  { collapse, clustering }: { readonly collapse: number; readonly clustering: number },
  random: Random,
): (Place | null)[] {
  const coarse = commonPixelSize(particles) / field.pixelSize;
  const outlines = particles.map(({ silhouette, matrix }) =>
    outlineOf(footprintOf(silhouette, centralSlice(silhouette, matrix)), collapse),
  );
  const grid = new Occupancy(field.width / coarse, field.height / coarse, outlines);
  const places = placeOneByOne(grid, outlines, clustering, random);
  for (let idle = 0; idle < ROUNDS && places.includes(null); idle++) {
    shake(grid, outlines, places, random);
    if (retry(grid, outlines, places, random)) idle = 0;
  }
  return places.map((place) => place && [place[0] * coarse, place[1] * coarse]);
}

function commonPixelSize(particles: readonly Outlined[]): number {
  const sizes = new Set(particles.map(({ silhouette }) => silhouette.pixelSize));
  if (sizes.size > 1) {
    throw new UsageError(
      `silhouettes: found pixel sizes ${[...sizes].join(", ")} angstrom, expected one for all`,
    );
  }
  return [...sizes][0] ?? 1;
}

/** Cells that are covered as a whole leave the list that is drawn from, so that the last centres cost little more. */
function placeOneByOne(
  grid: Occupancy,
  outlines: readonly Outline[],
  clustering: number,
  random: Random,
): (Place | null)[] {
  const least = outlines.reduce((low, { inscribed }) => Math.min(low, inscribed), Number.POSITIVE_INFINITY);
  const free = new FreeCells(grid.width, grid.height, Math.max(1, least / 4));
  let isFull = false;
  const placed: { readonly outline: Outline; readonly place: Place }[] = [];
  const findFree = (outline: Outline): Place | null => {
    for (let attempts = isFull ? 0 : PATIENCE; attempts > 0 && free.count > 0; attempts--) {
      const place = free.draw(random);
      if (grid.fits(outline, ...place)) return place;
    }
    return null;
  };
  return outlines.map((outline) => {
    const gathered = clustering > 0 && placed.length > 0 && random.uniform() < clustering;
    const place = (gathered ? besideAnother(grid, outline, placed, random) : null) ?? findFree(outline);
    isFull ||= !place;
    if (!place) return null;
    grid.mark(outline, ...place, true);
    // two centres nearer than both inscribed discs overlap, whatever the rest of their outlines
    free.exclude(...place, Math.max(0, outline.inscribed + least - 2));
    placed.push({ outline, place });
    return place;
  });
}

/** A place against a randomly chosen other particle, in a random direction from it; null where none was free. */
function besideAnother(
  grid: Occupancy,
  outline: Outline,
  placed: readonly { readonly outline: Outline; readonly place: Place }[],
  random: Random,
): Place | null {
  for (let attempt = 0; attempt < NEIGHBOURS; attempt++) {
    const other = placed[random.integer(placed.length)]!;
    const angle = random.uniform(0, 2 * Math.PI);
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    const nearest = outline.inscribed + other.outline.inscribed;
    const farthest = outline.reach + other.outline.reach + 1;
    for (let distance = nearest; distance <= farthest; distance += 0.5) {
      const [x, y] = [other.place[0] + distance * dx, other.place[1] + distance * dy];
      if (!grid.contains(x, y)) break;
      if (!grid.fits(outline, x, y)) continue;
      // particles in real clusters nearly touch
      const gap = random.uniform(0, GAP * distance);
      const apart: Place = [x + gap * dx, y + gap * dy];
      return grid.contains(...apart) && grid.fits(outline, ...apart) ? apart : [x, y];
    }
  }
  return null;
}

/** Moves every particle by a little where that brings it onto no other. */
function shake(
  grid: Occupancy,
  outlines: readonly Outline[],
  places: (Place | null)[],
  random: Random,
): void {
  for (const [i, place] of places.entries()) {
    if (!place) continue;
    const outline = outlines[i]!;
    const move = MOVE * outline.reach;
    const x = place[0] + random.uniform(-move, move);
    const y = place[1] + random.uniform(-move, move);
    if (!grid.contains(x, y)) continue;
    grid.mark(outline, place[0], place[1], false);
    if (grid.fits(outline, x, y)) places[i] = [x, y];
    grid.mark(outline, ...places[i]!, true);
  }
}

/** Tries those without a place anywhere on the field; whether one found it. */
function retry(
  grid: Occupancy,
  outlines: readonly Outline[],
  places: (Place | null)[],
  random: Random,
): boolean {
  const waiting = places.flatMap((place, i) => (place ? [] : [i]));
  let found = false;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const i = waiting[attempt % waiting.length]!;
    if (places[i]) continue;
    const [x, y] = [random.uniform(0, grid.width), random.uniform(0, grid.height)];
    if (!grid.fits(outlines[i]!, x, y)) continue;
    grid.mark(outlines[i]!, x, y, true);
    places[i] = [x, y];
    found = true;
  }
  return found;
}
