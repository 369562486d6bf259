import type { Image } from "./image.js";

/**
 * The eight ways to lay a square on itself, or a rectangle on itself or its transpose: 0 to 3 are so many quarter turns
 * counter-clockwise as displayed (x to the right, y down), 4 to 7 the same and then mirrored left to right.
 */
export type EightTurn = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** How to read an array in the order of its turned copy: sample (row, column) of the copy is first + row down + column right. */
export interface Walk {
  readonly first: number;
  readonly down: number;
  readonly right: number;
}

/** The walk through a part of rows x columns samples of an array whose rows are `stride` samples apart. */
export function turnedWalk(turn: number, [rows, columns]: Image["shape"], stride: number): Walk {
  const [lastRow, lastColumn] = [(rows - 1) * stride, columns - 1];
  const walks: readonly Walk[] = [
    { first: 0, down: stride, right: 1 },
    { first: lastColumn, down: -1, right: stride },
    { first: lastRow + lastColumn, down: -stride, right: -1 },
    { first: lastRow, down: 1, right: -stride },
  ];
  const { first, down, right } = walks[turn % 4]!;
  if (turn < 4) return { first, down, right };
  const width = turnedShape(turn, [rows, columns])[1];
  return { first: first + (width - 1) * right, down, right: -right };
}

/** Rows and columns of the turned copy. */
export const turnedShape = (turn: number, [rows, columns]: Image["shape"]): Image["shape"] =>
  turn % 2 === 1 ? [columns, rows] : [rows, columns];

/** The image turned. */
export function turnedImage({ data, shape }: Image, turn: EightTurn): Image {
  const { first, down, right } = turnedWalk(turn, shape, shape[1]);
  const [rows, columns] = turnedShape(turn, shape);
  const out = new Float32Array(data.length);
  for (let row = 0, i = 0; row < rows; row++) {
    let from = first + row * down;
    for (let column = 0; column < columns; column++, i++, from += right) out[i] = data[from]!;
  }
  return { data: out, shape: [rows, columns] };
}

/** The direction of an axis, degrees from +x towards +y, in the turned image; directions 180 degrees apart are the same axis. */
export function turnedAxis(degrees: number, turn: number): number {
  const mirrored = turn >= 4 ? -degrees : degrees;
  return mirrored + (turn % 2) * 90;
}
