/**
 * Central slices of a spectrum kept as a compact cube: the sample at frequency (x, y, z), x from 0 to reach + 1, y and z
 * from -reach - 1 to reach + 1, lies at origin + 8 x + strideY y + strideZ z as two floats, re and im.
 */

/** The cube at (x, y, z), trilinear: re and im in the first two lanes. The values at x and x + 1 come in one load. */
@inline
function sample(origin: usize, strideY: i32, strideZ: i32, x: f64, y: f64, z: f64): v128 {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const z0 = Math.floor(z);
  const at = origin + ((<i32>x0) << 3) + (<i32>y0) * strideY + (<i32>z0) * strideZ;
  const fy = f32x4.splat(<f32>(y - y0));
  const v00 = v128.load(at);
  const v01 = v128.load(at + strideY);
  const v10 = v128.load(at + strideZ);
  const v11 = v128.load(at + strideZ + strideY);
  const near = f32x4.add(v00, f32x4.mul(fy, f32x4.sub(v01, v00)));
  const far = f32x4.add(v10, f32x4.mul(fy, f32x4.sub(v11, v10)));
  const both = f32x4.add(near, f32x4.mul(f32x4.splat(<f32>(z - z0)), f32x4.sub(far, near)));
  const right = v128.shuffle<f32>(both, both, 2, 3, 2, 3);
  return f32x4.add(both, f32x4.mul(f32x4.splat(<f32>(x - x0)), f32x4.sub(right, both)));
}

/**
 * Fills the rows -highest to highest of a half spectrum of box x (box / 2 + 1) samples at `out`; what lies beyond `radius`
 * is not touched. The sample (kx, ky) is the cube's at kx (ax, ay, az) + ky (bx, by, bz) times the phases of its column
 * and of its row (two floats each; columns from 0, rows in the order of `out`).
 */
export function slice(
  origin: usize, strideY: i32, strideZ: i32, out: usize, box: i32, highest: i32, radius: f64,
  ax: f64, ay: f64, az: f64, bx: f64, by: f64, bz: f64, columnPhases: usize, rowPhases: usize,
): void {
  const columns = (box >> 1) + 1;
  for (let ky = -highest; ky <= highest; ky++) {
    const inside = radius * radius - <f64>ky * <f64>ky;
    if (inside < 0) continue;
    const reach = min(highest, <i32>Math.floor(Math.sqrt(inside)));
    const row = ky < 0 ? ky + box : ky;
    let to = out + 8 * <usize>(row * columns);
    const rowRe = load<f32>(rowPhases + 8 * <usize>row);
    const rowIm = load<f32>(rowPhases + 8 * <usize>row, 4);
    for (let kx = 0; kx <= reach; kx++) {
      const x = ax * <f64>kx + bx * <f64>ky;
      const y = ay * <f64>kx + by * <f64>ky;
      const z = az * <f64>kx + bz * <f64>ky;
      // a real volume's transform at -k is the conjugate of that at k: only x >= 0 is stored
      const mirrored = x < 0;
      const value = mirrored
        ? sample(origin, strideY, strideZ, -x, -y, -z)
        : sample(origin, strideY, strideZ, x, y, z);
      const re = f32x4.extract_lane(value, 0);
      const conjugate = f32x4.extract_lane(value, 1);
      const im = mirrored ? -conjugate : conjugate;
      const columnRe = load<f32>(columnPhases + 8 * <usize>kx);
      const columnIm = load<f32>(columnPhases + 8 * <usize>kx, 4);
      const c = rowRe * columnRe - rowIm * columnIm;
      const s = rowRe * columnIm + rowIm * columnRe;
      store<f32>(to, re * c - im * s);
      store<f32>(to, re * s + im * c, 4);
      to += 8;
    }
  }
}
