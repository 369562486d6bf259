import { irfft3, rfft3 } from "../../array/fft/fft.js";
import { centre, type Volume } from "../../array/image.js";
import { halfColumns, wrappedIndex } from "../../array/spectrum/half.js";
import { visitHalfSpectrum } from "../../array/spectrum/shells.js";
import type { RotationMatrix } from "../../core/rotation.js";

/** How a map is laid onto another one: aligned(x) = map(R^T (x - shift)), x from the centre; mirrored in z before that. */
export interface Placement {
  readonly rotation: RotationMatrix;
  /** Voxels. */
  readonly shift: readonly [x: number, y: number, z: number];
  readonly mirrored: boolean;
}

/** The map is padded with zeros to so many times its size, so that its transform is smooth enough to be interpolated. */
const PADDING = 2;

/**
 * A cubic map whose transform can be read at any frequency: trilinear in the transform of the map padded to twice its size,
 * after division by the transform of the trilinear kernel, sinc² along each axis. Needs 8 (2 n)³ bytes for n voxels a side.
 */
export class TurnableMap {
  readonly size: number;
  readonly voxelSize: number;
  private readonly padded: number;
  private readonly data: Float32Array;

  constructor(map: Volume) {
    this.size = map.shape[0];
    this.voxelSize = map.voxelSize;
    this.padded = PADDING * this.size;
    this.data = rfft3(paddedAboutOrigin(map, this.padded)).data;
  }

  /**
   * Reads the transform at a frequency, in steps of the map's own transform, nearer to zero than Nyquist. The phase counts from
   * the map's centre.
   *
   * @param out receives re, im at `at`
   */
  sample(kx: number, ky: number, kz: number, out: Float64Array | Float32Array, at: number): void {
    const n = this.padded;
    const width = halfColumns(n);
    // the transform at -k is the conjugate of that at k, and only x >= 0 is stored
    const flip = kx < 0 ? -PADDING : PADDING;
    const x = flip * kx;
    const y = flip * ky;
    const z = flip * kz;
    const x0 = Math.min(Math.floor(x), width - 2);
    const y0 = Math.floor(y);
    const z0 = Math.floor(z);
    const fx = x - x0;
    const fy = y - y0;
    const fz = z - z0;
    const low = (z0 < 0 ? z0 + n : z0) * n;
    const high = (z0 < -1 ? z0 + 1 + n : z0 + 1) * n;
    const near = y0 < 0 ? y0 + n : y0;
    const far = y0 < -1 ? y0 + 1 + n : y0 + 1;
    const a = 2 * ((low + near) * width + x0);
    const b = 2 * ((low + far) * width + x0);
    const c = 2 * ((high + near) * width + x0);
    const d = 2 * ((high + far) * width + x0);
    const { data } = this;
    const along = (i: number): number => (1 - fx) * data[i]! + fx * data[i + 2]!;
    const between = (part: 0 | 1): number =>
      (1 - fz) * ((1 - fy) * along(a + part) + fy * along(b + part)) +
      fz * ((1 - fy) * along(c + part) + fy * along(d + part));
    out[at] = between(0);
    out[at + 1] = kx < 0 ? -between(1) : between(1);
  }

  /** The map, turned and moved, on its own grid; what lies beyond the sphere of Nyquist is left out. */
  placed({ rotation: r, shift, mirrored }: Placement): Volume {
    const n = this.size;
    const data = new Float32Array(2 * n * n * halfColumns(n));
    const middle = centre(n);
    const hand = mirrored ? -1 : 1;
    visitHalfSpectrum(n, (at, squared, kx, ky, kz) => {
      if (4 * squared >= n * n) return;
      const qx = r[0] * kx + r[3] * ky + r[6] * kz;
      const qy = r[1] * kx + r[4] * ky + r[7] * kz;
      const qz = r[2] * kx + r[5] * ky + r[8] * kz;
      this.sample(qx, qy, hand * qz, data, at);
      const angle =
        (-2 * Math.PI * (kx * (shift[0] + middle) + ky * (shift[1] + middle) + kz * (shift[2] + middle))) / n;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const [re, im] = [data[at]!, data[at + 1]!];
      data[at] = re * cos - im * sin;
      data[at + 1] = re * sin + im * cos;
    });
    return irfft3({ data, shape: [n, n, n] }, this.voxelSize);
  }
}

/** The map divided by sinc² of its distance from the centre along each axis, its centre moved to voxel 0 of a larger cube. */
function paddedAboutOrigin(map: Volume, padded: number): Volume {
  const n = map.shape[0];
  const middle = centre(n);
  const data = new Float32Array(padded ** 3);
  const place = Int32Array.from({ length: n }, (_, i) => wrappedIndex(i - middle, padded));
  const factor = Float64Array.from({ length: n }, (_, i) => {
    const t = (Math.PI * (i - middle)) / padded;
    return t === 0 ? 1 : (t / Math.sin(t)) ** 2;
  });
  for (let z = 0, from = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      const row = (place[z]! * padded + place[y]!) * padded;
      const beside = factor[z]! * factor[y]!;
      for (let x = 0; x < n; x++, from++) data[row + place[x]!] = beside * factor[x]! * map.data[from]!;
    }
  }
  return { data, shape: [padded, padded, padded], voxelSize: map.voxelSize };
}
