import type { Image } from "../../array/image.js";
import { cubicAt } from "../../array/interpolation/cubic.js";
import type { Random } from "../../core/random.js";
import type { Place } from "../network/image.js";
import type { PickerOptions } from "../options.js";

/** How a crop lies in an image: crop offsets (u, v) from its middle are image offsets (xu u + xv v, yu u + yv v) from (x, y). */
export interface Turn {
  readonly x: number;
  readonly y: number;
  readonly xu: number;
  readonly xv: number;
  readonly yu: number;
  readonly yv: number;
}

/** A turned crop is enlarged or reduced by at most this factor. */
const LARGEST_RESIZE = 1.15;
/** Share of crops turned by any angle; the others by quarter turns, which leave the noise as it is. */
const FREE_TURNS = 0.5;

/** A crop drawn uniformly: place, angle, mirroring and size. Its middle stays so far inside that little of it lies outside. */
export function drawTurn(shape: Image["shape"], { crop, augment }: PickerOptions, random: Random): Turn {
  const inset = (n: number): number => Math.min(n / 2, 0.45 * crop);
  const [rows, columns] = shape;
  // half pixels: the crop's middle lies between pixels, and quarter turns then need no interpolation
  const place = (n: number): number => Math.floor(random.uniform(inset(n), n - inset(n))) - 0.5;
  const x = place(columns);
  const y = place(rows);
  const free = augment && random.uniform() < FREE_TURNS;
  const angle = free ? random.uniform(0, 2 * Math.PI) : (random.integer(4) * Math.PI) / 2;
  const size = free ? LARGEST_RESIZE ** random.uniform(-1, 1) : 1;
  const mirror = random.integer(2) === 0 ? 1 : -1;
  const round = free ? (value: number): number => value : Math.round;
  const [cos, sin] = [round(size * Math.cos(angle)), round(size * Math.sin(angle))];
  return { x, y, xu: mirror * cos, xv: -sin, yu: mirror * sin, yv: cos };
}

/** Points of the image in pixels of the crop. */
export function turnPoints(points: readonly Place[], turn: Turn, crop: number): Place[] {
  const { x, y, xu, xv, yu, yv } = turn;
  const determinant = xu * yv - xv * yu;
  const middle = (crop - 1) / 2;
  return points.map((point) => {
    const [dx, dy] = [point.x - x, point.y - y];
    return {
      x: middle + (yv * dx - xv * dy) / determinant,
      y: middle + (xu * dy - yu * dx) / determinant,
    };
  });
}

/** The crop's pixels by cubic interpolation; 0, the image's mean, outside the image. */
export function cutTurned(image: Image, turn: Turn, crop: number, out: Float32Array): void {
  const [rows, columns] = image.shape;
  const middle = (crop - 1) / 2;
  for (let row = 0, i = 0; row < crop; row++) {
    for (let column = 0; column < crop; column++, i++) {
      const x = turn.x + turn.xu * (column - middle) + turn.xv * (row - middle);
      const y = turn.y + turn.yu * (column - middle) + turn.yv * (row - middle);
      const isOutside = x < -0.5 || y < -0.5 || x > columns - 0.5 || y > rows - 0.5;
      out[i] = isOutside ? 0 : cubicAt(image, x, y);
    }
  }
}
