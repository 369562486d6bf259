import { fourierFilter, localVariance } from "../array/filter.js";
import type { Image } from "../array/image.js";
import { crop } from "../array/resample.js";
import { type PowerSpectrum, powerSpectrum2d, radialAverage } from "../array/spectrum.js";
import { normalise } from "../array/statistics.js";
import { inRange } from "../core/check.js";
import { DomainError } from "../core/errors.js";

/** Power spectra of one micrograph brought to mean 0 and variance 1; radial, at i / tile cycles per pixel. */
export interface NoiseMeasurement {
  /** Pixels of a tile. */
  readonly tile: number;
  /** Of the whole micrograph. */
  readonly total: readonly number[];
  /** Of the quietest places: what is left where no particle is. */
  readonly background: readonly number[];
  /** Share of the variance that the background does not explain: particles and whatever else stands out. */
  readonly signalFraction: number;
}

/** Tile of the spectra, pixels: 64 rings. */
const TILE = 128;
/** Quiet places looked for in a micrograph; more would take in particles where they are crowded. */
const PLACES = 12;

/**
 * Spectrum of the background and share of the signal, without labels.
 *
 * A band-pass at the size of a particle makes particles stand out; the places where its local variance is lowest hold the
 * least of them. Their tiles are about half a particle wide again, so the background has fewer rings than the total: it is
 * interpolated, which is right for the smooth spectrum of noise.
 *
 * @param particleDiameter pixels, 8 to a quarter of the shorter side
 * @throws DomainError for a diameter outside its range, a micrograph too small, or one that is constant
 */
export function measureNoise(micrograph: Image, particleDiameter: number): NoiseMeasurement {
  const shorter = Math.min(...micrograph.shape);
  inRange("noise spectrum: shorter side of the micrograph", shorter, "pixels", TILE, 1 << 20);
  inRange("noise spectrum: particle diameter", particleDiameter, "pixels", 8, shorter / 4);
  const image = normalise(micrograph);
  const total = radialAverage(powerSpectrum2d(image, TILE)).value;
  const box = Math.min(TILE, 2 * Math.round((1.5 * particleDiameter) / 2));
  const quiet = quietPlaces(image, particleDiameter, box);
  const sum = new Float64Array(Math.floor(box / 2) + 1);
  for (const { x, y } of quiet) {
    const ring = radialAverage(powerSpectrum2d(crop(image, x, y, [box, box]), box)).value;
    for (let i = 0; i < sum.length; i++) sum[i]! += ring[i]! / quiet.length;
  }
  const background = Array.from(total, (power, i) =>
    // where a tile is too small to see, and where chance puts background above the total
    Math.min(power, interpolate(sum, Math.max(1, (i * box) / TILE))),
  );
  return { tile: TILE, total: [...total], background, signalFraction: excess(total, background) };
}

/** The mean of several micrographs' measurements. */
export function averageNoise(measurements: readonly NoiseMeasurement[]): NoiseMeasurement {
  const first = measurements[0];
  if (!first) throw new DomainError("noise measurements", 0, "at least one");
  const mean = (of: (m: NoiseMeasurement) => readonly number[]): number[] =>
    of(first).map((_, i) => measurements.reduce((sum, m) => sum + of(m)[i]!, 0) / measurements.length);
  const total = mean((m) => m.total);
  const background = mean((m) => m.background);
  return { tile: first.tile, total, background, signalFraction: excess(total, background) };
}

/** A radial spectrum as a tile's power spectrum: the form that noise is coloured by. */
export function radialToPower(radial: ArrayLike<number>, tile: number): PowerSpectrum {
  const half = Math.floor(tile / 2) + 1;
  const data = new Float32Array(tile * half);
  for (let row = 0; row < tile; row++) {
    const v = row < (tile + 1) / 2 ? row : row - tile;
    for (let column = 0; column < half; column++) {
      data[row * half + column] = interpolate(radial, Math.sqrt(v * v + column * column));
    }
  }
  return { data, shape: [tile, tile] };
}

/** Corners of boxes whose band-passed variance is lowest, none overlapping another by more than half. */
function quietPlaces(image: Image, diameter: number, box: number): { x: number; y: number }[] {
  const [rows, columns] = image.shape;
  const low = 0.6 / diameter;
  const high = 2.6 / diameter;
  const band = fourierFilter(image, (kx, ky) => {
    const k2 = kx * kx + ky * ky;
    return Math.exp(-k2 / (high * high)) * (1 - Math.exp(-k2 / (low * low)));
  });
  const variance = localVariance(band, 2 * Math.floor(box / 2) + 1);
  const candidates: { x: number; y: number; variance: number }[] = [];
  const step = Math.max(1, Math.floor(box / 4));
  for (let y = 0; y + box <= rows; y += step) {
    for (let x = 0; x + box <= columns; x += step) {
      const middle = (y + (box >> 1)) * columns + x + (box >> 1);
      candidates.push({ x, y, variance: variance.data[middle]! });
    }
  }
  candidates.sort((a, b) => a.variance - b.variance);
  const chosen: { x: number; y: number }[] = [];
  for (const { x, y } of candidates) {
    const isFree = chosen.every((c) => Math.max(Math.abs(c.x - x), Math.abs(c.y - y)) >= box / 2);
    if (isFree) chosen.push({ x, y });
    if (chosen.length === PLACES) break;
  }
  return chosen;
}

/** Share of the total that lies above the background, each ring weighted by its circumference. */
function excess(total: ArrayLike<number>, background: ArrayLike<number>): number {
  let above = 0;
  let all = 0;
  for (let ring = 1; ring < total.length; ring++) {
    above += ring * Math.max(0, total[ring]! - background[ring]!);
    all += ring * total[ring]!;
  }
  return above / all;
}

function interpolate(values: ArrayLike<number>, at: number): number {
  const last = values.length - 1;
  const i = Math.min(Math.floor(at), last - 1);
  const f = Math.min(1, at - i);
  return values[i]! * (1 - f) + values[i + 1]! * f;
}
