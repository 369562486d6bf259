import { PICKER_STRIDE } from "../../nn/picker.js";
import type { Place } from "../network/image.js";
import type { Turn } from "./crop.js";

/** What is wanted of every cell of a batch of crops, crop by crop, row by row. */
export interface DenseTarget {
  /** Probability of a particle's centre. */
  readonly target: Float32Array;
  /** Weight in the loss; 0 where nothing is known. */
  readonly weight: Float32Array;
}

/** One crop's labels, in its own pixels. */
export interface CropLabels {
  /** Side, pixels. */
  readonly crop: number;
  /** Of a particle, pixels. */
  readonly diameter: number;
  readonly centres: readonly Place[];
  readonly ignored: readonly Place[];
  /** Where the crop lies in its image, and the image's shape: outside it nothing is known. */
  readonly turn: Turn;
  readonly shape: readonly [rows: number, columns: number];
}

/** Standard deviation of the Gaussian about a centre, in particle diameters. */
const TARGET_WIDTH = 0.12;
/** Radius about an ignored place in which nothing is asked, in particle diameters. */
const IGNORED_RADIUS = 0.35;
/** Probability that somebody who labels micrographs marks a particle of which hardly anything is visible. */
const LABELLED_WHEN_CUT = 0.5;
/** A cell at a particle's centre weighs so many times as much as one on background. */
const CENTRE_WEIGHT = 5;

/** Cells about a centre whose target is at least `least`. @param diameter of a particle, pixels */
export const labelledCells = (diameter: number, least: number): number =>
  (2 * Math.PI * Math.log(1 / least) * (TARGET_WIDTH * diameter) ** 2) / PICKER_STRIDE ** 2;

export function emptyTarget(batch: number, crop: number): DenseTarget {
  const cells = batch * (crop / PICKER_STRIDE) ** 2;
  return { target: new Float32Array(cells), weight: new Float32Array(cells) };
}

/**
 * Fills crop `index` of a batch: a Gaussian about every centre, the larger where two meet; weights rise with it. The Gaussian's
 * height is the probability that somebody would label the particle: 1 for a whole one, less for one that is cut. Some
 * label cut particles and some do not, and few programs extract them, so they shall come after whole ones.
 */
export function denseTarget({ target, weight }: DenseTarget, index: number, labels: CropLabels): void {
  const side = labels.crop / PICKER_STRIDE;
  const first = index * side * side;
  const sigma = TARGET_WIDTH * labels.diameter;
  for (const centre of labels.centres) {
    const height = 1 - (1 - LABELLED_WHEN_CUT) * (1 - visibleShare(centre, labels));
    visitDiscs([centre], 3.5 * sigma, side, (cell, squared) => {
      const value = height * Math.exp(-squared / (2 * sigma * sigma));
      if (value > target[first + cell]!) target[first + cell] = value;
    });
  }
  const known = knownCells(labels, side);
  for (let cell = 0; cell < side * side; cell++) {
    weight[first + cell] = known[cell]! * (1 + (CENTRE_WEIGHT - 1) * target[first + cell]!);
  }
  visitDiscs(labels.ignored, IGNORED_RADIUS * labels.diameter, side, (cell) => {
    // a particle with a whole label beside an ignored one is still to be found
    if (target[first + cell]! < 0.5) weight[first + cell] = 0;
  });
}

/** Calls `visit` for the cells within `radius` pixels of each point, with the squared distance. */
function visitDiscs(
  points: readonly Place[],
  radius: number,
  side: number,
  visit: (cell: number, squared: number) => void,
): void {
  const half = (PICKER_STRIDE - 1) / 2;
  const from = (at: number): number => Math.max(0, Math.ceil((at - radius - half) / PICKER_STRIDE));
  const to = (at: number): number => Math.min(side - 1, Math.floor((at + radius - half) / PICKER_STRIDE));
  for (const { x, y } of points) {
    for (let row = from(y); row <= to(y); row++) {
      const dy = row * PICKER_STRIDE + half - y;
      for (let column = from(x); column <= to(x); column++) {
        const dx = column * PICKER_STRIDE + half - x;
        const squared = dx * dx + dy * dy;
        if (squared <= radius * radius) visit(row * side + column, squared);
      }
    }
  }
}

/** Points along a particle's diameter that tell how much of it is visible. */
const PROBES = 12;

/** Share of a particle's disc that lies both in the crop and in the image. */
function visibleShare(centre: Place, labels: CropLabels): number {
  const { crop, diameter } = labels;
  let visible = 0;
  let all = 0;
  for (let j = 0; j < PROBES; j++) {
    const across = (j + 0.5) / PROBES - 0.5;
    for (let i = 0; i < PROBES; i++) {
      const along = (i + 0.5) / PROBES - 0.5;
      if (across * across + along * along > 0.25) continue;
      all++;
      const x = centre.x + along * diameter;
      const y = centre.y + across * diameter;
      if (isWithin(x, y, crop, crop) && isInImage(x, y, labels)) visible++;
    }
  }
  return visible / all;
}

/** 1 for cells that lie in the image, 0 for those outside. */
function knownCells(labels: CropLabels, side: number): Uint8Array {
  const known = new Uint8Array(side * side);
  const half = (PICKER_STRIDE - 1) / 2;
  for (let row = 0, cell = 0; row < side; row++) {
    for (let column = 0; column < side; column++, cell++) {
      const inside = isInImage(column * PICKER_STRIDE + half, row * PICKER_STRIDE + half, labels);
      known[cell] = inside ? 1 : 0;
    }
  }
  return known;
}

/** Whether a place in the crop, its pixels, lies in the image that the crop was cut from. */
function isInImage(x: number, y: number, { crop, turn, shape: [rows, columns] }: CropLabels): boolean {
  const middle = (crop - 1) / 2;
  const [u, v] = [x - middle, y - middle];
  return isWithin(turn.x + turn.xu * u + turn.xv * v, turn.y + turn.yu * u + turn.yv * v, columns, rows);
}

const isWithin = (x: number, y: number, columns: number, rows: number): boolean =>
  x >= -0.5 && y >= -0.5 && x <= columns - 0.5 && y <= rows - 0.5;
