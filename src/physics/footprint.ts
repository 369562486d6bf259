import { irfft2, type Spectrum } from "../array/fft.js";
import { centre } from "../array/image.js";
import { multiplySpectrum } from "./project.js";
import type { Projector } from "./projector.js";

/** Standard deviation of the blur, angstrom, that closes the gaps between secondary structures. */
const BLUR = 6;
/** A pixel belongs to the particle where at least this much of it, in angstrom, lies along the beam. */
const THICKNESS = 10;

/**
 * The pixels that a projected particle covers: where the blurred projection reaches that of 10 angstrom of the
 * particle's own density.
 *
 * @param projection half spectrum of the projection, its centre moved to where it shall be in the box; not changed
 * @returns box x box, 1 inside and 0 outside
 */
export function footprintOf(projector: Projector, projection: Spectrum): Uint8Array {
  const blurred: Spectrum = { data: projection.data.slice(), shape: projection.shape };
  const exponent = -2 * Math.PI * Math.PI * BLUR * BLUR;
  multiplySpectrum(blurred, projector.pixelSize, (kx, ky) => Math.exp(exponent * (kx * kx + ky * ky)));
  const level = (projector.particleDensity * THICKNESS) / projector.voxelSize;
  return Uint8Array.from(irfft2(blurred).data, (value) => (value >= level ? 1 : 0));
}

/** How many particles cover each pixel of a canvas, saturating at 255. Positions beyond an edge wrap around. */
export class Coverage {
  private readonly counts: Uint8Array;

  constructor(private readonly shape: readonly [rows: number, columns: number]) {
    this.counts = new Uint8Array(shape[0] * shape[1]);
  }

  /** Adds a footprint with its box's centre on pixel (x, y). */
  add(footprint: Uint8Array, box: number, x: number, y: number): void {
    this.visit(footprint, box, x, y, (i) => {
      if (this.counts[i]! < 255) this.counts[i]!++;
    });
  }

  /** Which fractions of a footprint added before lie inside the first `rows` x `columns` pixels, and under others. */
  fractions(
    footprint: Uint8Array,
    box: number,
    x: number,
    y: number,
    [rows, columns]: readonly [number, number],
  ): { readonly visible: number; readonly overlap: number } {
    let total = 0;
    let visible = 0;
    let shared = 0;
    this.visit(footprint, box, x, y, (i, px, py) => {
      total++;
      if (px >= 0 && px < columns && py >= 0 && py < rows) visible++;
      if (this.counts[i]! > 1) shared++;
    });
    return total === 0 ? { visible: 0, overlap: 0 } : { visible: visible / total, overlap: shared / total };
  }

  /** 1 where any particle covers the pixel, over the first `rows` x `columns` pixels. */
  mask(rows: number, columns: number): Float32Array {
    const mask = new Float32Array(rows * columns);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++)
        mask[y * columns + x] = this.counts[y * this.shape[1] + x]! > 0 ? 1 : 0;
    }
    return mask;
  }

  private visit(
    footprint: Uint8Array,
    box: number,
    x: number,
    y: number,
    act: (index: number, px: number, py: number) => void,
  ): void {
    const [rows, columns] = this.shape;
    const middle = centre(box);
    for (let v = 0; v < box; v++) {
      const py = y - middle + v;
      const row = ((py + rows) % rows) * columns;
      for (let u = 0; u < box; u++) {
        if (footprint[v * box + u] === 0) continue;
        const px = x - middle + u;
        act(row + ((px + columns) % columns), px, py);
      }
    }
  }
}
