import { centre, type Volume } from "../../array/image.js";
import type { RotationMatrix } from "../../core/rotation.js";

/** Points compared, about, and rotations tried, at most: enough to tell a symmetric map from another. */
const POINTS = 20_000;
const ROTATIONS = 8;

/**
 * The least correlation of a map with itself turned by the rotations of a point group, over the ball about its centre: 1 for
 * a map of that symmetry, sampled finely. Trilinear.
 *
 * @param operators of the group; the identity alone gives 1
 */
export function symmetryAgreement(volume: Volume, operators: readonly RotationMatrix[]): number {
  const others = operators.slice(1);
  const step = Math.max(1, Math.ceil(others.length / ROTATIONS));
  const tried = others.filter((_, i) => i % step === 0);
  return tried.reduce((least, operator) => Math.min(least, correlationTurned(volume, operator)), 1);
}

function correlationTurned({ data, shape }: Volume, m: RotationMatrix): number {
  const [sections, rows, columns] = shape;
  const radius = Math.min(sections, rows, columns) / 2 - 1.5;
  const stride = Math.max(1, Math.cbrt(((4 / 3) * Math.PI * radius ** 3) / POINTS));
  const [cz, cy, cx] = [centre(sections), centre(rows), centre(columns)];
  let [n, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let w = -radius; w <= radius; w += stride) {
    for (let v = -radius; v <= radius; v += stride) {
      for (let u = -radius; u <= radius; u += stride) {
        // whole voxels, so that only the turned value is interpolated
        const [x, y, z] = [Math.round(u), Math.round(v), Math.round(w)];
        if (x * x + y * y + z * z > radius * radius) continue;
        const here = data[((z + cz) * rows + y + cy) * columns + x + cx]!;
        const there = trilinear(
          data,
          shape,
          m[0] * x + m[1] * y + m[2] * z + cx,
          m[3] * x + m[4] * y + m[5] * z + cy,
          m[6] * x + m[7] * y + m[8] * z + cz,
        );
        n++;
        a += here;
        b += there;
        aa += here * here;
        bb += there * there;
        ab += here * there;
      }
    }
  }
  const spread = Math.sqrt((n * aa - a * a) * (n * bb - b * b));
  return spread > 0 ? (n * ab - a * b) / spread : 1;
}

/** The value between the eight voxels around a point inside the volume. */
function trilinear(
  data: Float32Array,
  [, rows, columns]: Volume["shape"],
  x: number,
  y: number,
  z: number,
): number {
  const [x0, y0, z0] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [fx, fy, fz] = [x - x0, y - y0, z - z0];
  const at = (z0 * rows + y0) * columns + x0;
  const line = (start: number): number => data[start]! + fx * (data[start + 1]! - data[start]!);
  const plane = (start: number): number => {
    const near = line(start);
    return near + fy * (line(start + columns) - near);
  };
  const near = plane(at);
  return near + fz * (plane(at + rows * columns) - near);
}
