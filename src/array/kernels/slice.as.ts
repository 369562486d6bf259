/**
 * Central slices of a half spectrum kept in bricks of 8 x 8 x 8 cells. A brick holds the 9 x 9 x 9 samples at its cells'
 * corners (x fastest, re and im as 16-bit integers) and then their unit, a float: so a cell's eight corners lie within one or
 * two pages of memory, and a slice, whose time is spent waiting for memory, touches half as much of it.
 */

const ROW: i32 = 9 * 4;
const SECTION: i32 = 9 * ROW;
const SAMPLES: i32 = 9 * SECTION;
/** With the unit; a whole number of 8 bytes. */
const BRICK: i32 = SAMPLES + 4;

/** The samples at x and x + 1: re, im, re, im. */
@inline
function pair(at: usize): v128 {
  return f32x4.convert_i32x4_s(v128.load_ext<i16>(at));
}

/**
 * The value at (x, y, z), all of them at least 0, trilinear: re and im in the first two lanes. The values at x and x + 1
 * come in one load.
 */
@inline
function sample(bricks: usize, across: i32, down: i32, x: f64, y: f64, z: f64): v128 {
  const x0 = <i32>x;
  const y0 = <i32>y;
  const z0 = <i32>z;
  const brick = bricks + <usize>((((z0 >> 3) * down + (y0 >> 3)) * across + (x0 >> 3)) * BRICK);
  const at = brick + <usize>((z0 & 7) * SECTION + (y0 & 7) * ROW + ((x0 & 7) << 2));
  const fy = f32x4.splat(<f32>(y - <f64>y0));
  const v00 = pair(at);
  const v01 = pair(at + ROW);
  const v10 = pair(at + SECTION);
  const v11 = pair(at + SECTION + ROW);
  const near = f32x4.add(v00, f32x4.mul(fy, f32x4.sub(v01, v00)));
  const far = f32x4.add(v10, f32x4.mul(fy, f32x4.sub(v11, v10)));
  const both = f32x4.add(near, f32x4.mul(f32x4.splat(<f32>(z - <f64>z0)), f32x4.sub(far, near)));
  const right = v128.shuffle<f32>(both, both, 2, 3, 2, 3);
  const value = f32x4.add(both, f32x4.mul(f32x4.splat(<f32>(x - <f64>x0)), f32x4.sub(right, both)));
  return f32x4.mul(f32x4.splat(load<f32>(brick + SAMPLES)), value);
}

/**
 * Fills the rows -highest to highest of a half spectrum of box x (box / 2 + 1) samples at `out`; what lies beyond `radius`
 * is not touched. The sample (kx, ky) is that at kx (ax, ay, az) + ky (bx, by, bz), y and z counted from `middle`, times
 * the phases of its column and of its row (two floats each; columns from 0, rows in the order of `out`).
 *
 * @param across, down bricks along x and along y
 */
export function slice(
  bricks: usize, across: i32, down: i32, middle: f64, out: usize, box: i32, highest: i32, radius: f64,
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
      // a real volume's transform at -k is the conjugate of that at k: only x >= 0 is stored
      const sign: f64 = x < 0 ? -1 : 1;
      const y = middle + sign * (ay * <f64>kx + by * <f64>ky);
      const z = middle + sign * (az * <f64>kx + bz * <f64>ky);
      const value = sample(bricks, across, down, sign * x, y, z);
      const re = f32x4.extract_lane(value, 0);
      const im = <f32>sign * f32x4.extract_lane(value, 1);
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
