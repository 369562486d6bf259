import { irfft2, type Spectrum } from "../../array/fft/fft.js";
import { scratch } from "../../array/scratch.js";
import { frequency, halfColumns } from "../../array/spectrum/half.js";
import type { Projector } from "../projection/projector.js";

/** Standard deviation of the blur, angstrom, that closes the gaps between secondary structures. */
const BLUR = 6;
/** A pixel belongs to the particle where at least this much of it, in angstrom, lies along the beam. */
const THICKNESS = 10;

/** Weight below which a blurred frequency is left out. */
export const NEGLIGIBLE = 1e-5;

const spectrumScratch = scratch();
const imageScratch = scratch();

/** The pixels of a box that a projected particle covers. */
export interface Footprint {
  /** Rows and columns of the box. */
  readonly box: number;
  /** box x box, 1 inside and 0 outside. */
  readonly inside: Uint8Array;
  /** Of each row, the first pixel inside and the one after the last; equal where there is none. */
  readonly spans: Int32Array;
}

/** Weights of the blur at the frequencies of a row or column of the box, in the order of a spectrum. */
export const footprintBlur = ({ box, pixelSize }: Projector): Float64Array =>
  Float64Array.from({ length: box }, (_, i) =>
    Math.exp(-2 * (Math.PI * BLUR * (frequency(i, box) / pixelSize)) ** 2),
  );

/** What the blurred projection reaches inside. */
export const footprintLevel = ({ particleDensity, voxelSize }: Projector): number =>
  (particleDensity * THICKNESS) / voxelSize;

/**
 * The pixels that a projected particle covers: where the projection, blurred by a Gaussian, reaches that of 10 angstrom
 * of the particle's own density.
 *
 * @param projection half spectrum of the projection, its centre moved to where it shall be in the box; not changed
 */
export function footprintOf(projector: Projector, projection: Spectrum): Footprint {
  const { box } = projector;
  const columns = halfColumns(box);
  const data = spectrumScratch(projection.data.length).fill(0);
  const gaussian = footprintBlur(projector);
  for (let row = 0; row < box; row++) {
    for (let column = 0; column < columns; column++) {
      const weight = gaussian[row]! * gaussian[column]!;
      if (weight < NEGLIGIBLE) break;
      const i = 2 * (row * columns + column);
      data[i] = weight * projection.data[i]!;
      data[i + 1] = weight * projection.data[i + 1]!;
    }
  }
  const level = footprintLevel(projector);
  const blurred = irfft2({ data, shape: projection.shape }, imageScratch(box * box)).data;
  const inside = new Uint8Array(box * box);
  const spans = new Int32Array(2 * box);
  for (let row = 0; row < box; row++) {
    let first = box;
    let end = 0;
    for (let column = 0, i = row * box; column < box; column++, i++) {
      if (blurred[i]! < level) continue;
      inside[i] = 1;
      if (end === 0) first = column;
      end = column + 1;
    }
    spans[2 * row] = Math.min(first, end);
    spans[2 * row + 1] = end;
  }
  return { box, inside, spans };
}
