import { centre, type Image } from "../array/image.js";
import { cubicAt } from "../array/interpolation/cubic.js";

/** How a cut lies in an image: offsets (u, v) from its centre are offsets (x + xu u + xv v, y + yu u + yv v) from the image's. */
export interface ImageTurn {
  readonly x: number;
  readonly y: number;
  readonly xu: number;
  readonly xv: number;
  readonly yu: number;
  readonly yv: number;
}

/** The middle of an image as it is. */
export const STRAIGHT: ImageTurn = { x: 0, y: 0, xu: 1, xv: 0, yu: 0, yv: 1 };

/**
 * Cuts a turned, mirrored or moved square out of an image, by cubic interpolation between pixels; places outside take the nearest
 * pixel.
 *
 * @param side pixels; @param out receives side x side values
 */
export function cutTurn(image: Image, turn: ImageTurn, side: number, out: Float32Array): void {
  const c = centre(side);
  const [rows, columns] = image.shape;
  const [cx, cy] = [centre(columns) + turn.x, centre(rows) + turn.y];
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++, i++) {
      const [u, v] = [column - c, row - c];
      out[i] = cubicAt(image, cx + turn.xu * u + turn.xv * v, cy + turn.yu * u + turn.yv * v);
    }
  }
}
