import { inRange, integerInRange } from "../../core/check.js";
import { UsageError } from "../../core/errors.js";
import { centre, type Image, type Volume } from "../image.js";
import { padOrCrop } from "../resample.js";
import { halfColumns, mirrorIndex, wrappedIndex } from "../spectrum/half.js";
import { mean } from "../statistics.js";
import { irfft2, irfft3, rfft2, rfft3 } from "./fft.js";

/**
 * The image at another sampling, by cutting or filling its Fourier transform with zeros: exact for what both samplings
 * can hold. The mean is kept. Pixel (0, 0) stays where it is, so coordinates multiply by newColumns / columns and
 * newRows / rows. The image wraps around.
 */
export function fourierResample(
  image: Image,
  [rows, columns]: readonly [rows: number, columns: number],
): Image {
  integerInRange("fourierResample: rows", rows, 1, 1e6);
  integerInRange("fourierResample: columns", columns, 1, 1e6);
  const { data, shape } = rfft2(image);
  const resized = resizeSpectrum(data, [1, ...shape], [1, rows, columns]);
  return irfft2({ data: resized, shape: [rows, columns] });
}

/**
 * A square image at another pixel size in a square box, about its centre floor(n / 2), as `resampleVolume` does it with volumes: the
 * pixel size is met to better than 0.1 %, typically 0.01 %. Pixels keep their values; beyond the image stands its mean.
 *
 * @param ratio pixel size of the image over the wanted one
 */
export function resampleImage(image: Image, ratio: number, box: number): Image {
  const [padded, resized] = ratio === 1 ? [box, box] : fittingSizes(image.shape[0], ratio);
  const wide = padOrCrop(image, [padded, padded], mean(image.data));
  if (ratio === 1) return wide;
  return padOrCrop(fourierResample(wide, [resized, resized]), [box, box], mean(image.data));
}

/**
 * The volume at another voxel size (angstrom) in a cubic box, about its centre floor(n / 2), by Fourier
 * transform of the volume in a box widened by zeros so that the voxel size fits. The widened box is chosen among even
 * sizes up to twice the volume's, for a small volume up to 384; the voxel size it meets is the wanted one to better than
 * 0.1 %, typically 0.01 %. Where no box meets it so closely, it is the next finer one, and the result says which: 0.4 %
 * off at most, down to a fifth of the sampling.
 * Density keeps its values (not its sums); outside the volume it is 0.
 *
 * @param box voxels; absent: as many as cover the volume, an even number
 * @throws UsageError for a volume that is not a cube; DomainError for a voxel size that is not above 0
 */
export function resampleVolume(volume: Volume, voxelSize: number, box?: number): Volume {
  const n = volume.shape[0];
  if (volume.shape.some((m) => m !== n)) {
    throw new UsageError(`volume: found ${volume.shape.join(" x ")} voxels, expected a cube`);
  }
  inRange("voxel size", voxelSize, "angstrom", 1e-3, 1e3);
  inRange("voxel size of the volume", volume.voxelSize, "angstrom", 1e-3, 1e3);
  const covering = (size: number): number =>
    integerInRange("box", box ?? 2 * Math.ceil((n * volume.voxelSize) / size / 2), 1, 4096);
  if (voxelSize === volume.voxelSize) return padOrCropVolume(volume, covering(voxelSize));
  const [padded, resized] = fittingSizes(n, volume.voxelSize / voxelSize);
  const met = (volume.voxelSize * padded) / resized;
  const size = Math.abs(met / voxelSize - 1) <= CLOSE ? voxelSize : met;
  const { data, shape } = rfft3(padOrCropVolume(volume, padded));
  const spectrum = { data: resizeSpectrum(data, shape, [resized, resized, resized]), shape: cube(resized) };
  return padOrCropVolume(irfft3(spectrum, size), covering(size));
}

const cube = (n: number): Volume["shape"] => [n, n, n];

/** Voxel sizes that differ by no more than this share count as one. */
const CLOSE = 1e-3;

/** Voxels to which a box is widened at most to meet a voxel size closely, where twice its own size is less. */
const WIDEST = 384;

/** Even sizes P >= n and Q with Q / P nearest to the ratio, or above it; the smaller P where two are as good. */
function fittingSizes(n: number, ratio: number): readonly [padded: number, resized: number] {
  let best: readonly [number, number] = [0, 0];
  let least = Number.POSITIVE_INFINITY;
  const isWanted = (padded: number): boolean => padded <= 2 * n + 2 || (least > CLOSE && padded <= WIDEST);
  for (let padded = 2 * Math.ceil(n / 2); isWanted(padded); padded += 2) {
    const nearest = Math.max(2, 2 * Math.round((padded * ratio) / 2));
    const resized = nearest / padded / ratio > 1 - CLOSE ? nearest : nearest + 2;
    const error = Math.abs(resized / padded / ratio - 1);
    if (error < least * 0.999) {
      least = error;
      best = [padded, resized];
    }
    if (error < 1e-6) break;
  }
  return best;
}

/** The volume cut or filled with zeros to a cube of `box` voxels; floor(n / 2) stays floor(n / 2). */
export function padOrCropVolume(volume: Volume, box: number): Volume {
  const [oldSections, oldRows, oldColumns] = volume.shape;
  const out = new Float32Array(box ** 3);
  const [dz, dy, dx] = volume.shape.map((n) => centre(box) - centre(n)) as [number, number, number];
  const left = Math.max(0, dx);
  const right = Math.min(box, oldColumns + dx);
  for (let z = Math.max(0, dz); z < Math.min(box, oldSections + dz); z++) {
    for (let y = Math.max(0, dy); y < Math.min(box, oldRows + dy); y++) {
      const start = ((z - dz) * oldRows + y - dy) * oldColumns - dx;
      out.set(volume.data.subarray(start + left, start + right), (z * box + y) * box + left);
    }
  }
  return { data: out, shape: cube(box), voxelSize: volume.voxelSize };
}

/** Which old index a frequency comes from, with its weight, on one axis; two sources at an old or new Nyquist. */
interface Term {
  readonly to: number;
  readonly from: number;
  readonly weight: number;
}

/**
 * Terms of one full axis from n to m samples. The frequency ±s/2 of the shorter axis (s even) is one coefficient there
 * and two on the longer: split in halves going up, added coming down.
 */
function axisTerms(n: number, m: number): Term[] {
  if (n === m) return Array.from({ length: n }, (_, i) => ({ to: i, from: i, weight: 1 }));
  const terms: Term[] = [];
  const shorter = Math.min(n, m);
  for (let k = -Math.floor(shorter / 2); k <= Math.floor(shorter / 2); k++) {
    const nyquist = 2 * Math.abs(k) === shorter;
    terms.push({ to: wrappedIndex(k, m), from: wrappedIndex(k, n), weight: nyquist && m > n ? 0.5 : 1 });
  }
  return terms;
}

/** Half spectrum of shape `from` cut or filled to that of shape `to`, scaled so that means are kept. */
function resizeSpectrum(data: Float32Array, from: Volume["shape"], to: Volume["shape"]): Float32Array {
  const oldHalf = halfColumns(from[2]);
  const newHalf = halfColumns(to[2]);
  const out = new Float32Array(2 * to[0] * to[1] * newHalf);
  const scale = (to[0] * to[1] * to[2]) / (from[0] * from[1] * from[2]);
  const kept = Math.min(oldHalf, newHalf);
  for (const section of axisTerms(from[0], to[0])) {
    for (const row of axisTerms(from[1], to[1])) {
      const weight = section.weight * row.weight * scale;
      const read = 2 * (section.from * from[1] + row.from) * oldHalf;
      const write = 2 * (section.to * to[1] + row.to) * newHalf;
      for (let i = 0; i < 2 * kept; i++) out[write + i]! += weight * data[read + i]!;
    }
  }
  settleNyquistColumn(out, data, from, to, scale);
  return out;
}

/**
 * The last column of an even number of columns stands for +n/2 and -n/2 together. Going up it becomes one of a pair,
 * each half as large; coming down it gathers the coefficient at +n/2 and the conjugate mirror's at -n/2.
 */
function settleNyquistColumn(
  out: Float32Array,
  data: Float32Array,
  from: Volume["shape"],
  to: Volume["shape"],
  scale: number,
): void {
  const shorter = Math.min(from[2], to[2]);
  if (from[2] === to[2] || shorter % 2 === 1) return;
  const newHalf = halfColumns(to[2]);
  const column = shorter / 2;
  if (to[2] > from[2]) {
    for (let line = 0; line < to[0] * to[1]; line++) {
      out[2 * (line * newHalf + column)]! *= 0.5;
      out[2 * (line * newHalf + column) + 1]! *= 0.5;
    }
    return;
  }
  const oldHalf = halfColumns(from[2]);
  for (const section of axisTerms(from[0], to[0])) {
    for (const row of axisTerms(from[1], to[1])) {
      const weight = section.weight * row.weight * scale;
      const mirrorSection = mirrorIndex(section.from, from[0]);
      const mirrorRow = mirrorIndex(row.from, from[1]);
      const read = 2 * ((mirrorSection * from[1] + mirrorRow) * oldHalf + column);
      const write = 2 * ((section.to * to[1] + row.to) * newHalf + column);
      out[write]! += weight * data[read]!;
      out[write + 1]! -= weight * data[read + 1]!;
    }
  }
}
