import { frequency, halfColumns } from "../array/spectrum/half.js";
import type { PowerSpectrum, RadialProfile } from "../array/spectrum/power.js";
import type { NoisePower } from "../physics/noise.js";
import { eachFrequency, interpolateLog } from "./noise-grid.js";

/** A noise spectrum as its average over directions and what differs between them. */
export interface NoiseCurves {
  /** Power; cycles per pixel. */
  readonly radial: RadialProfile;
  /** Power over its average over directions, on a half spectrum. */
  readonly anisotropy: PowerSpectrum;
}

/**
 * The spectrum on a tile of any shape, as `colouredNoise` takes it. The lowest frequencies, illumination among them, are
 * there only as far as the tile resolves them: ask for the shape of the micrograph to have them all.
 */
export function colouredNoiseSpectrum(
  { radial, anisotropy }: NoiseCurves,
  shape: readonly [rows: number, columns: number],
): NoisePower {
  const width = halfColumns(shape[1]);
  const data = new Float32Array(shape[0] * width);
  eachFrequency(shape, (i, k) => {
    const row = Math.floor(i / width);
    const v = frequency(row, shape[0]);
    data[i] = interpolateLog(radial, k) * bilinear(anisotropy, v, (i % width) / shape[1]);
  });
  return { data, shape };
}

/** Value of a half spectrum at (v, u) cycles per pixel, u from 0 to 1/2. */
function bilinear({ data, shape: [rows, columns] }: PowerSpectrum, v: number, u: number): number {
  const width = halfColumns(columns);
  const x = Math.min(u * columns, width - 1);
  const x0 = Math.min(Math.floor(x), width - 2);
  const fx = x - x0;
  const y = (v + 1) * rows;
  const y0 = Math.floor(y);
  const fy = y - y0;
  const at = (row: number): number => {
    const start = (row % rows) * width + x0;
    return data[start]! + fx * (data[start + 1]! - data[start]!);
  };
  return (1 - fy) * at(y0) + fy * at(y0 + 1);
}
