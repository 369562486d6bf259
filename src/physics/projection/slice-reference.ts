import { halfColumns, wrappedIndex } from "../../array/spectrum/half.js";
import type { RotationMatrix } from "../../core/rotation.js";
import type { SpectrumCube } from "./spectrum-cube.js";

/** Geometry of one slice and where it goes. */
export interface SliceRequest {
  /** A, times the cube's samples per frequency step of the slice. */
  readonly matrix: RotationMatrix;
  /** Rows and columns of the image. */
  readonly box: number;
  /** Frequency steps up to which the slice is filled. */
  readonly radius: number;
  /** Factors of each column from 0 and of each row in the order of the spectrum, re and im. */
  readonly columnPhases: Float32Array;
  readonly rowPhases: Float32Array;
}

/** Highest frequency step of a box with a phase of its own: Nyquist of an even box has none and stays empty. */
export const highestStep = (box: number): number => Math.ceil(box / 2) - 1;

/**
 * Central slice by trilinear interpolation, in plain TypeScript, against which slice-wasm.ts is tested, and which is used for
 * cubes too large for it.
 *
 * @returns half spectrum of box x (floor(box / 2) + 1) samples
 */
export function slicePlain(cube: SpectrumCube, request: SliceRequest): Float32Array {
  const { matrix, box, radius, columnPhases, rowPhases } = request;
  const columns = halfColumns(box);
  const out = new Float32Array(2 * box * columns);
  const value = new Float64Array(2);
  const highest = highestStep(box);
  for (let ky = -highest; ky <= highest; ky++) {
    const inside = radius * radius - ky * ky;
    if (inside < 0) continue;
    const row = wrappedIndex(ky, box);
    const reach = Math.min(highest, Math.floor(Math.sqrt(inside)));
    for (let kx = 0; kx <= reach; kx++) {
      const x = matrix[0] * kx + matrix[3] * ky;
      const y = matrix[1] * kx + matrix[4] * ky;
      const z = matrix[2] * kx + matrix[5] * ky;
      // a real volume's transform at -k is the conjugate of that at k: only x >= 0 is stored
      if (x < 0) sample(cube, -x, -y, -z, value);
      else sample(cube, x, y, z, value);
      const re = value[0]!;
      const im = x < 0 ? -value[1]! : value[1]!;
      const [a, b] = [rowPhases[2 * row]!, rowPhases[2 * row + 1]!];
      const [u, v] = [columnPhases[2 * kx]!, columnPhases[2 * kx + 1]!];
      const c = a * u - b * v;
      const s = a * v + b * u;
      const to = 2 * (row * columns + kx);
      out[to] = re * c - im * s;
      out[to + 1] = re * s + im * c;
    }
  }
  return out;
}

/** The cube at (x, y, z), x >= 0, into `out`. */
function sample({ data, reach }: SpectrumCube, x: number, y: number, z: number, out: Float64Array): void {
  const strideY = 2 * (reach + 2);
  const strideZ = strideY * (2 * reach + 3);
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const z0 = Math.floor(z);
  const fx = x - x0;
  const fy = y - y0;
  const fz = z - z0;
  const at = 2 * x0 + (y0 + reach + 1) * strideY + (z0 + reach + 1) * strideZ;
  for (let part = 0; part < 2; part++) {
    const i = at + part;
    const near = lerp(
      lerp(data[i]!, data[i + 2]!, fx),
      lerp(data[i + strideY]!, data[i + strideY + 2]!, fx),
      fy,
    );
    const j = i + strideZ;
    const far = lerp(
      lerp(data[j]!, data[j + 2]!, fx),
      lerp(data[j + strideY]!, data[j + strideY + 2]!, fx),
      fy,
    );
    out[part] = lerp(near, far, fz);
  }
}

const lerp = (a: number, b: number, t: number): number => a + t * (b - a);
