import { irfft2, rfft2 } from "../array/fft/fft.js";
import { centre } from "../array/image.js";
import { halfColumns, signedIndex } from "../array/spectrum/half.js";

/** The ring of a frequency, in periods across the field. */
export const ringOf = (kx: number, ky: number): number => Math.round(Math.hypot(kx, ky));

/** Sums over images of one side, ring by ring. */
export class RingSums {
  private readonly power: Float64Array;
  private readonly even: Float64Array;
  private readonly samples: Float64Array;

  constructor(private readonly side: number) {
    const rings = ringOf(side / 2, side / 2) + 1;
    [this.power, this.even, this.samples] = [0, 0, 0].map(() => new Float64Array(rings)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
  }

  add(data: Float32Array): void {
    const { side } = this;
    const spectrum = rfft2({ data, shape: [side, side] });
    const half = halfColumns(side);
    const step = (-2 * Math.PI * centre(side)) / side;
    for (let row = 0, i = 0; row < side; row++) {
      const ky = signedIndex(row, side);
      for (let kx = 0; kx < half; kx++, i += 2) {
        const ring = ringOf(kx, ky);
        const [re, im] = [spectrum.data[i]!, spectrum.data[i + 1]!];
        const phase = step * (kx + ky);
        this.power[ring]! += re * re + im * im;
        this.even[ring]! += re * Math.cos(phase) + im * Math.sin(phase);
        this.samples[ring]!++;
      }
    }
  }

  /** Mean |transform|² at each ring. */
  get meanPower(): Float64Array {
    return this.power.map((sum, ring) => sum / Math.max(1, this.samples[ring]!));
  }

  /** The transform about the centre of the mean of all images, turned every way. */
  get meanTransform(): Float64Array {
    return this.even.map((sum, ring) => sum / Math.max(1, this.samples[ring]!));
  }
}

/** What the frequencies of each ring are multiplied by; empty: images stay as they are. */
export type RingFilter = readonly number[];

/**
 * The filter that brings images to equal power at all frequencies up to a resolution and takes out the rest;
 * none for 0.
 *
 * @param meanPower of the images, at each ring
 * @param last the ring of the resolution, or 0
 */
export function evenFilter(meanPower: Float64Array, last: number): RingFilter {
  if (last === 0) return [];
  return Array.from(meanPower, (power, ring) => (ring <= last && power > 0 ? 1 / Math.sqrt(power) : 0));
}

/** Filters an image, side x side, in place. */
export function filterRings(image: Float32Array, filter: RingFilter): void {
  if (filter.length === 0) return;
  const side = Math.round(Math.sqrt(image.length));
  const spectrum = rfft2({ data: image, shape: [side, side] });
  const half = halfColumns(side);
  for (let row = 0, i = 0; row < side; row++) {
    const ky = signedIndex(row, side);
    for (let kx = 0; kx < half; kx++, i += 2) {
      const factor = filter[ringOf(kx, ky)]!;
      spectrum.data[i]! *= factor;
      spectrum.data[i + 1]! *= factor;
    }
  }
  image.set(irfft2(spectrum).data);
}
