import type { Frequencies } from "./frequencies.js";

/** Pixels by which a particle lies right of and below the centre of its image. */
export interface Shift {
  readonly x: number;
  readonly y: number;
}

/** Places of a square lattice within a radius of a place, all in pixels: cells of `step` x `step` that cover the disc. */
export function shiftsWithin(radius: number, step: number, about: Shift = { x: 0, y: 0 }): readonly Shift[] {
  const reach = Math.floor(radius / step + 1e-9);
  const shifts: Shift[] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      if (Math.sqrt(x * x + y * y) * step > radius + 1e-9) continue;
      shifts.push({ x: about.x + x * step, y: about.y + y * step });
    }
  }
  return shifts;
}

/** The middles of the quarters of each cell of `step` x `step`. */
export const quarters = (shifts: readonly Shift[], step: number): readonly Shift[] =>
  shifts.flatMap(({ x, y }) => [
    { x: x - step / 4, y: y - step / 4 },
    { x: x + step / 4, y: y - step / 4 },
    { x: x - step / 4, y: y + step / 4 },
    { x: x + step / 4, y: y + step / 4 },
  ]);

/**
 * A transform moved so that a particle at each shift comes to the centre: times exp(2πi k · shift / n).
 *
 * @param data real parts, then imaginary parts, at the frequencies
 * @returns [shifts, 2, frequencies.kx.length]
 */
export function movedBack(
  data: Float32Array,
  frequencies: Frequencies,
  shifts: readonly Shift[],
): Float32Array {
  const { kx, ky, box } = frequencies;
  const length = kx.length;
  const out = new Float32Array(2 * length * shifts.length);
  const reach = box >> 1;
  for (const [j, shift] of shifts.entries()) {
    const columns = phases(reach, (2 * Math.PI * shift.x) / box);
    const rows = phases(reach, (2 * Math.PI * shift.y) / box);
    const to = 2 * length * j;
    for (let i = 0; i < length; i++) {
      const [a, b] = [columns[2 * kx[i]!]!, columns[2 * kx[i]! + 1]!];
      const row = ky[i]!;
      const u = rows[2 * Math.abs(row)]!;
      const v = row < 0 ? -rows[-2 * row + 1]! : rows[2 * row + 1]!;
      const [c, s] = [a * u - b * v, a * v + b * u];
      const [re, im] = [data[i]!, data[length + i]!];
      out[to + i] = re * c - im * s;
      out[to + length + i] = re * s + im * c;
    }
  }
  return out;
}

/** exp(i angle k) for k from 0 to reach, re and im. */
function phases(reach: number, angle: number): Float64Array {
  const out = new Float64Array(2 * (reach + 1));
  for (let k = 0; k <= reach; k++) {
    out[2 * k] = Math.cos(angle * k);
    out[2 * k + 1] = Math.sin(angle * k);
  }
  return out;
}
