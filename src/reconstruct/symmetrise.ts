import type { RotationMatrix } from "../core/rotation.js";
import { gridSide, gridWidth } from "./grid.js";
import type { FourierSums } from "./sums.js";
import { addSymmetric, fitsSymmetriser } from "./symmetrise-wasm.js";

/**
 * The sums as those of a real map with a symmetry: on the plane x = 0, of which both halves are stored, the two halves are
 * added; then to each sample those that the operators bring there, by trilinear interpolation. Both as relion_reconstruct.
 *
 * @param operators of `symmetryOperators`: the identity first
 * @returns new arrays
 */
export function symmetrise(sums: FourierSums, operators: readonly RotationMatrix[]): FourierSums {
  const joined = joinHalves(sums);
  if (operators.length < 2) return joined;
  if (!fitsSymmetriser(sums.grid)) return symmetrisePlain(joined, operators);
  addSymmetric(joined, operators.slice(1));
  return joined;
}

/**
 * The same of sums whose halves are joined already, in plain TypeScript, against which symmetrise-wasm.ts is tested, and which is used for
 * transforms too large for it.
 */
export function symmetrisePlain(joined: FourierSums, operators: readonly RotationMatrix[]): FourierSums {
  const out = { grid: joined.grid, data: joined.data.slice(), weight: joined.weight.slice() };
  for (const operator of operators.slice(1)) addRotated(out, joined, operator);
  return out;
}

/** Adds the two halves of the plane x = 0: a real map's transform at -k is the conjugate of that at k. */
function joinHalves({ grid, data, weight }: FourierSums): FourierSums {
  const out = { grid, data: data.slice(), weight: weight.slice() };
  const width = gridWidth(grid);
  const planes = gridSide(grid) ** 2;
  for (let i = 0; i < planes; i++) {
    const own = i * width;
    const mirror = (planes - 1 - i) * width;
    if (own === mirror) continue;
    out.data[2 * own] = data[2 * own]! + data[2 * mirror]!;
    out.data[2 * own + 1] = data[2 * own + 1]! - data[2 * mirror + 1]!;
    out.weight[own] = weight[own]! + weight[mirror]!;
  }
  return out;
}

/** Adds `from` at R k to `to` at k. */
function addRotated(to: FourierSums, from: FourierSums, r: RotationMatrix): void {
  const { grid } = to;
  const { reach } = grid;
  const width = gridWidth(grid);
  const side = gridSide(grid);
  const value = new Float64Array(3);
  for (let z = -reach; z <= reach; z++) {
    for (let y = -reach; y <= reach; y++) {
      const inside = reach * reach - z * z - y * y;
      if (inside < 0) continue;
      const last = Math.floor(Math.sqrt(inside));
      const row = ((z + reach + 1) * side + y + reach + 1) * width;
      for (let x = 0; x <= last; x++) {
        const px = x * r[0] + y * r[1] + z * r[2];
        const sign = px < 0 ? -1 : 1;
        const py = sign * (x * r[3] + y * r[4] + z * r[5]);
        const pz = sign * (x * r[6] + y * r[7] + z * r[8]);
        interpolate(from, sign * px, py, pz, value);
        to.data[2 * (row + x)]! += value[0]!;
        to.data[2 * (row + x) + 1]! += sign * value[1]!;
        to.weight[row + x]! += value[2]!;
      }
    }
  }
}

/** Data and weight at a place, x >= 0, trilinear. */
function interpolate(
  { grid, data, weight }: FourierSums,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): void {
  const width = gridWidth(grid);
  const section = gridSide(grid) * width;
  const [x0, y0, z0] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [fx, fy, fz] = [x - x0, y - y0, z - z0];
  const at = (z0 + grid.reach + 1) * section + (y0 + grid.reach + 1) * width + x0;
  let re = 0;
  let im = 0;
  let w = 0;
  for (let corner = 0; corner < 8; corner++) {
    const share = (corner & 1 ? fx : 1 - fx) * (corner & 2 ? fy : 1 - fy) * (corner & 4 ? fz : 1 - fz);
    const i = at + (corner & 1 ? 1 : 0) + (corner & 2 ? width : 0) + (corner & 4 ? section : 0);
    re += share * data[2 * i]!;
    im += share * data[2 * i + 1]!;
    w += share * weight[i]!;
  }
  out[0] = re;
  out[1] = im;
  out[2] = w;
}
