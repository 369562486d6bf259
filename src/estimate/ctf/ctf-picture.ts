import { storedIndex } from "../../array/spectrum/half.js";
import { ctf } from "../../physics/optics/ctf.js";
import type { Optics } from "../../physics/optics/optics.js";
import type { CtfFit } from "./ctf-fit.js";
import { equiphaseFrequency, halfAberration } from "./equiphase.js";

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
 * A fit to be judged by eye, zero frequency in the middle. Right: |CTF|² of the fit. Lower left: the micrograph's spectrum, each
 * ring of frequencies brought to the same brightness and contrast. Upper left, within the band fitted: the spectrum averaged
 * along curves of equal phase of the fit, less its baseline and over its envelope. Rings that go on across the middle lines
 * mean that the fit is right. Orange ticks on the vertical middle line mark the ends of the band and the resolution reached.
 */
export function ctfPicture(fit: CtfFit, optics: Optics): Picture {
  const step = 1 / (fit.spectrum.shape[0] * optics.pixelSize);
  const reach = Math.min(fit.spectrum.shape[0] / 2 - 1, Math.ceil((1.1 * fit.band[1]) / step));
  const zoom = Math.max(1, Math.round(512 / (2 * reach + 1)));
  const side = (2 * reach + 1) * zoom;
  const spectrum = flatten(smoothedLog(fit, reach), reach);
  const average = equiphasePicture(fit, optics);
  const value = ctf({ ...optics, ...fit });
  const samples = new Uint8ClampedArray(side * side * 3).fill(255);
  for (let row = 0; row < side; row++) {
    const y = Math.floor(row / zoom) - reach;
    for (let column = 0; column < side; column++) {
      const x = Math.floor(column / zoom) - reach;
      if (x * x + y * y > reach * reach) continue;
      let level = value(x * step, y * step) ** 2;
      if (x < 0)
        level = y < 0 ? average(x * step, y * step) : spectrum[(y + reach) * (2 * reach + 1) + x + reach]!;
      samples.fill(255 * level, (row * side + column) * 3, (row * side + column + 1) * 3);
    }
  }
  const marks = [...fit.band, ...(fit.resolution === undefined ? [] : [1 / fit.resolution])];
  for (const k of marks)
    drawMark(samples, side, Math.round((reach + 0.5) * zoom), Math.round((k / step) * zoom));
  return { shape: [side, side], channels: 3, samples };
}

/** Brightness of the equiphase average at (kx, ky), 1/angstrom; mid-grey outside the band. */
function equiphasePicture(fit: CtfFit, optics: Optics): (kx: number, ky: number) => number {
  const { k, power, baseline, envelope } = fit.profile;
  const mean = (fit.defocusU + fit.defocusV) / 2;
  const difference = (fit.defocusU - fit.defocusV) / 2;
  const angle = (fit.defocusAngle * Math.PI) / 180;
  const half = halfAberration(optics);
  const width = k[1]! - k[0]!;
  const level = (i: number): number => (power[i]! - baseline[i]!) / Math.max(envelope[i]!, 1e-6);
  return (kx, ky) => {
    const defocus = mean + difference * Math.cos(2 * (Math.atan2(ky, kx) - angle));
    const at = (equiphaseFrequency(kx * kx + ky * ky, defocus, mean, half) - k[0]!) / width;
    const bin = Math.floor(at);
    if (bin < 0 || bin >= k.length - 1) return 0.5;
    return level(bin) + (at - bin) * (level(bin + 1) - level(bin));
  };
}

/** Logarithm of the locally averaged power, zero frequency in the middle, within `reach` samples of it. */
function smoothedLog({ spectrum }: CtfFit, reach: number): Float64Array {
  const power = (x: number, y: number): number => spectrum.data[storedIndex(spectrum.shape, x, y)]!;
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

/** Grey levels: the mean of an annulus broader than a ring becomes 1/2, two standard deviations either way 0 and 1. */
function flatten(values: Float64Array, reach: number): Float64Array {
  const side = 2 * reach + 1;
  const radius = (i: number): number => {
    const x = (i % side) - reach;
    const y = Math.floor(i / side) - reach;
    return Math.min(reach, Math.round(Math.sqrt(x * x + y * y)));
  };
  const sums = Array.from({ length: reach + 1 }, () => [0, 0, 0]);
  values.forEach((value, i) => {
    const sum = sums[radius(i)]!;
    sum[0]! += 1;
    sum[1]! += value;
    sum[2]! += value * value;
  });
  const broad = Math.max(4, Math.round(reach / 12));
  const scale = sums.map((_, r) => {
    const near = sums.slice(Math.max(0, r - broad), r + broad + 1);
    const [n, first, second] = [0, 1, 2].map((j) => near.reduce((sum, one) => sum + one[j]!, 0)) as [
      number,
      number,
      number,
    ];
    const mean = first / n;
    return { mean, range: 4 * Math.sqrt(Math.max(second / n - mean * mean, 1e-12)) };
  });
  return values.map((value, i) => 0.5 + (value - scale[radius(i)]!.mean) / scale[radius(i)]!.range);
}

/** A tick across the middle column, `distance` pixels above and below the centre. */
function drawMark(samples: Uint8ClampedArray, side: number, centre: number, distance: number): void {
  for (const row of [centre - distance, centre + distance]) {
    if (row < 0 || row >= side) continue;
    for (let column = centre - 12; column <= centre + 12; column++)
      samples.set(MARK, (row * side + column) * 3);
  }
}
