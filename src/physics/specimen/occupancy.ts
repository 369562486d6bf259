import { centre } from "../../array/image.js";
import type { Footprint } from "./footprint.js";

/** The pixels of a particle's outline about its centre, those farthest from it first. */
export interface Outline {
  readonly dx: Int32Array;
  readonly dy: Int32Array;
  /** Radius of the disc about the centre that lies inside, pixels; 0 when the centre is not covered. */
  readonly inscribed: number;
  /** Distance of the farthest pixel from the centre. */
  readonly reach: number;
}

/** The outline of a footprint, shrunk about its centre by a factor. */
export function outlineOf({ box, inside }: Pick<Footprint, "box" | "inside">, collapse: number): Outline {
  const middle = centre(box);
  const covered = (u: number, v: number): boolean => {
    const x = middle + Math.round(u / collapse);
    const y = middle + Math.round(v / collapse);
    return x >= 0 && y >= 0 && x < box && y < box && inside[y * box + x] === 1;
  };
  const extent = Math.ceil(middle * collapse);
  const side = 2 * extent + 1;
  // squared distance and place in one number each, which sorts fast
  const keys = new Float64Array(side * side);
  let count = 0;
  let nearestHole = (extent + 1) ** 2;
  for (let v = -extent, i = 0; v <= extent; v++) {
    for (let u = -extent; u <= extent; u++, i++) {
      const squared = u * u + v * v;
      if (covered(u, v)) keys[count++] = squared * keys.length + i;
      else nearestHole = Math.min(nearestHole, squared);
    }
  }
  const pixels = keys.subarray(0, count).sort().reverse();
  return {
    dx: Int32Array.from(pixels, (key) => ((key % keys.length) % side) - extent),
    dy: Int32Array.from(pixels, (key) => Math.floor((key % keys.length) / side) - extent),
    inscribed: Math.sqrt(nearestHole),
    reach: Math.sqrt(Math.floor((pixels[0] ?? 0) / keys.length)),
  };
}

/** Which pixels of a field are covered, with a margin as wide as any outline reaches. Places are floored to pixels. */
export class Occupancy {
  private readonly taken: Uint8Array;
  private readonly columns: number;
  private readonly margin: number;

  constructor(
    readonly width: number,
    readonly height: number,
    outlines: readonly Outline[],
  ) {
    this.margin = Math.ceil(outlines.reduce((high, { reach }) => Math.max(high, reach), 0)) + 1;
    this.columns = Math.ceil(width) + 2 * this.margin;
    this.taken = new Uint8Array(this.columns * (Math.ceil(height) + 2 * this.margin));
  }

  /** Whether (x, y) lies inside the field. */
  contains(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x < this.width && y < this.height;
  }

  /** Whether an outline at (x, y), inside the field, covers no pixel that is taken. */
  fits({ dx, dy }: Outline, x: number, y: number): boolean {
    const origin = this.at(x, y);
    for (let i = 0; i < dx.length; i++) {
      if (this.taken[origin + dy[i]! * this.columns + dx[i]!] === 1) return false;
    }
    return true;
  }

  /** Takes the pixels of an outline, or gives them back. */
  mark({ dx, dy }: Outline, x: number, y: number, isTaken: boolean): void {
    const origin = this.at(x, y);
    const value = isTaken ? 1 : 0;
    for (let i = 0; i < dx.length; i++) this.taken[origin + dy[i]! * this.columns + dx[i]!] = value;
  }

  private at(x: number, y: number): number {
    return (Math.floor(y) + this.margin) * this.columns + Math.floor(x) + this.margin;
  }
}
