import { halfColumns } from "../array/fft.js";
import { quantile } from "../array/statistics.js";
import { ctf } from "../physics/ctf.js";
import type { Optics } from "../physics/optics.js";
import type { CtfFit } from "./ctf-fit.js";

/** Red, green, blue, 8 bits each, row by row. */
export interface Picture {
  readonly shape: readonly [rows: number, columns: number];
  readonly channels: 3;
  readonly samples: Uint8ClampedArray;
}

/** Pixels averaged on either side before the spectrum is shown: single samples are all speckle. */
const SMOOTHING = 1;
const MARK = [255, 176, 0] as const;

/**
 * A fit to be judged by eye: the left half is the micrograph's spectrum, each ring of frequencies brought to the same
 * brightness and contrast, the right half |CTF|² of the fit. Rings that go on across the middle mean that the fit is right. The
 * picture ends a tenth beyond the band fitted; orange ticks on the middle line mark its ends and the resolution reached.
 */
export function ctfPicture(fit: CtfFit, optics: Optics): Picture {
  const size = fit.spectrum.shape[0];
  const step = 1 / (size * optics.pixelSize);
  const reach = Math.min(size / 2 - 1, Math.ceil((1.1 * fit.band[1]) / step));
  const side = 2 * reach + 1;
  const shown = flatten(smoothedLog(fit, reach), reach);
  const value = ctf({ ...optics, ...fit });
  const zoom = Math.max(1, Math.round(512 / side));
  const samples = new Uint8ClampedArray(side * zoom * side * zoom * 3);
  for (let row = 0; row < side * zoom; row++) {
    const y = Math.floor(row / zoom) - reach;
    for (let column = 0; column < side * zoom; column++) {
      const x = Math.floor(column / zoom) - reach;
      const inside = x * x + y * y <= reach * reach;
      const ring = value(x * step, y * step) ** 2;
      const level = x < 0 ? shown[(y + reach) * side + x + reach]! : ring;
      samples.fill(
        inside ? 255 * level : 255,
        (row * side * zoom + column) * 3,
        (row * side * zoom + column + 1) * 3,
      );
    }
  }
  const marks = [...fit.band, ...(fit.resolution === undefined ? [] : [1 / fit.resolution])];
  for (const k of marks)
    drawMark(samples, side * zoom, Math.round((reach + 0.5) * zoom), Math.round((k / step) * zoom));
  return { shape: [side * zoom, side * zoom], channels: 3, samples };
}

/** Logarithm of the locally averaged power, zero frequency in the middle, within `reach` samples of it. */
function smoothedLog({ spectrum }: CtfFit, reach: number): Float64Array {
  const size = spectrum.shape[0];
  const width = halfColumns(size);
  const power = (x: number, y: number): number => {
    // the other half of the plane is the mirror image through the origin
    const [u, v] = x < 0 ? [-x, -y] : [x, y];
    return spectrum.data[((v + size) % size) * width + Math.min(u, width - 1)]!;
  };
  const side = 2 * reach + 1;
  const out = new Float64Array(side * side);
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      let sum = 0;
      for (let dy = -SMOOTHING; dy <= SMOOTHING; dy++) {
        for (let dx = -SMOOTHING; dx <= SMOOTHING; dx++) sum += power(x + dx, y + dy);
      }
      out[(y + reach) * side + x + reach] = Math.log(Math.max(sum, Number.MIN_VALUE));
    }
  }
  return out;
}

/** In units from 0 to 1: each sample less the mean of an annulus broader than a ring, over its spread. */
function flatten(values: Float64Array, reach: number): Float64Array {
  const side = 2 * reach + 1;
  const annuli = Array.from({ length: reach + 1 }, (): number[] => []);
  const radius = (i: number): number => {
    const [x, y] = [(i % side) - reach, Math.floor(i / side) - reach];
    return Math.min(reach, Math.round(Math.sqrt(x * x + y * y)));
  };
  values.forEach((value, i) => {
    annuli[radius(i)]!.push(value);
  });
  const broad = Math.max(4, Math.round(reach / 12));
  const scale = annuli.map((_, r) => {
    const near = annuli.slice(Math.max(0, r - broad), r + broad + 1).flat();
    const low = quantile(near, 0.02);
    return { low, range: Math.max(quantile(near, 0.98) - low, 1e-12) };
  });
  return values.map((value, i) => (value - scale[radius(i)]!.low) / scale[radius(i)]!.range);
}

/** A tick across the middle column, `distance` pixels above and below the centre. */
function drawMark(samples: Uint8ClampedArray, side: number, centre: number, distance: number): void {
  for (const row of [centre - distance, centre + distance]) {
    if (row < 0 || row >= side) continue;
    for (let column = centre - 12; column <= centre + 12; column++)
      samples.set(MARK, (row * side + column) * 3);
  }
}
