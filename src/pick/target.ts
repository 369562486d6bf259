import { PICKER_STRIDE } from "../nn/picker.js";
import type { Turn } from "./crop.js";
import type { Place } from "./network-image.js";

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
/** A cell at a particle's centre weighs so many times as much as one on background. */
const CENTRE_WEIGHT = 5;

/** Cells about a centre whose target is at least `least`. @param diameter of a particle, pixels */
export const labelledCells = (diameter: number, least: number): number =>
  (2 * Math.PI * Math.log(1 / least) * (TARGET_WIDTH * diameter) ** 2) / PICKER_STRIDE ** 2;

export function emptyTarget(batch: number, crop: number): DenseTarget {
  const cells = batch * (crop / PICKER_STRIDE) ** 2;
  return { target: new Float32Array(cells), weight: new Float32Array(cells) };
}

/** Fills crop `index` of a batch: a Gaussian about every centre, the larger where two meet; weights rise with it. */
export function denseTarget({ target, weight }: DenseTarget, index: number, labels: CropLabels): void {
  const side = labels.crop / PICKER_STRIDE;
  const first = index * side * side;
  const sigma = TARGET_WIDTH * labels.diameter;
  visitDiscs(labels.centres, 3.5 * sigma, side, (cell, squared) => {
    const value = Math.exp(-squared / (2 * sigma * sigma));
    if (value > target[first + cell]!) target[first + cell] = value;
  });
  const known = knownCells(labels, side);
  for (let cell = 0; cell < side * side; cell++) {
    weight[first + cell] = known[cell]! * (1 + (CENTRE_WEIGHT - 1) * target[first + cell]!);
  }
  visitDiscs(labels.ignored, IGNORED_RADIUS * labels.diameter, side, (cell) => {
    // a good particle beside a bad one is still to be found
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

/** 1 for cells that lie in the image, 0 for those outside. */
function knownCells({ crop, turn, shape: [rows, columns] }: CropLabels, side: number): Uint8Array {
  const known = new Uint8Array(side * side);
  const half = (PICKER_STRIDE - 1) / 2;
  const middle = (crop - 1) / 2;
  for (let row = 0, cell = 0; row < side; row++) {
    const v = row * PICKER_STRIDE + half - middle;
    for (let column = 0; column < side; column++, cell++) {
      const u = column * PICKER_STRIDE + half - middle;
      const x = turn.x + turn.xu * u + turn.xv * v;
      const y = turn.y + turn.yu * u + turn.yv * v;
      known[cell] = x >= -0.5 && y >= -0.5 && x <= columns - 0.5 && y <= rows - 0.5 ? 1 : 0;
    }
  }
  return known;
}
