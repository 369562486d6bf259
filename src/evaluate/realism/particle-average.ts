import { irfft2, rfft2 } from "../../array/fft/fft.js";
import { type Image, zeros } from "../../array/image.js";
import { signedIndex, wrappedIndex } from "../../array/spectrum/half.js";
import { normalise } from "../../array/statistics.js";
import { DomainError, ShapeError } from "../../core/errors.js";
import { addBoxes } from "../../translate/samples/particle-average.js";
import type { Point } from "../picking/matching.js";

/** A micrograph and the places of its particles, pixels. */
export interface LabelledImage {
  readonly image: Image;
  readonly points: readonly Point[];
}

export interface ParticleAverage {
  readonly average: Image;
  /** Boxes that went into it. */
  readonly count: number;
}

/**
 * Adds up the boxes cut at labelled places, each place rounded to a pixel and put at floor(box / 2); for micrographs that do
 * not fit into memory together. Boxes that reach over the edge are left out. Every image is normalised first, so each
 * counts alike.
 */
export class ParticleAverager {
  private readonly sum: Float64Array;
  private count = 0;

  /** @param box side of the boxes, pixels */
  constructor(private readonly box: number) {
    this.sum = new Float64Array(box * box);
  }

  add({ image, points }: LabelledImage): void {
    this.count += addBoxes(normalise(image), points, this.box, this.sum);
  }

  /** The average so far. @throws DomainError if no box lay inside its image */
  average(): ParticleAverage {
    const { box, count, sum } = this;
    if (count === 0) throw new DomainError("particles whose box lies inside the micrograph", 0, "at least 1");
    return { average: { data: Float32Array.from(sum, (value) => value / count), shape: [box, box] }, count };
  }
}

/** The average of the boxes of several images, as ParticleAverager. @throws DomainError if no box lies inside */
export function averageParticles(images: readonly LabelledImage[], box: number): ParticleAverage {
  const averager = new ParticleAverager(box);
  for (const image of images) averager.add(image);
  return averager.average();
}

export interface AverageAgreement {
  /** Pearson correlation of the two averages as they lie. */
  readonly correlation: number;
  /** Where the cross-correlation peaks: how far the first lies from the second, pixels, to a fraction. */
  readonly offsetX: number;
  readonly offsetY: number;
  /** Length of that offset, pixels. */
  readonly offset: number;
}

/**
 * Whether the particles of two averages look alike and lie in the same place: for labels kept through a translation,
 * the average from synthetic micrographs against that from clean physics at the same labels.
 *
 * @throws ShapeError unless both have one shape
 */
export function compareAverages(a: Image, b: Image): AverageAgreement {
  const [rows, columns] = a.shape;
  if (b.shape[0] !== rows || b.shape[1] !== columns) {
    throw new ShapeError("particle averages", [a.shape, b.shape], "two images of one shape");
  }
  const map = crossCorrelation(normalise(a), normalise(b));
  let peak = 0;
  for (let i = 1; i < map.data.length; i++) if (map.data[i]! > map.data[peak]!) peak = i;
  const peakX = peak % columns;
  const peakY = Math.floor(peak / columns);
  const at = (x: number, y: number): number =>
    map.data[wrappedIndex(y, rows) * columns + wrappedIndex(x, columns)]!;
  const offsetX =
    signedIndex(peakX, columns) + vertex(at(peakX - 1, peakY), at(peakX, peakY), at(peakX + 1, peakY));
  const offsetY =
    signedIndex(peakY, rows) + vertex(at(peakX, peakY - 1), at(peakX, peakY), at(peakX, peakY + 1));
  const correlation = map.data[0]!;
  return { correlation, offsetX, offsetY, offset: Math.sqrt(offsetX * offsetX + offsetY * offsetY) };
}

/** Circular cross-correlation of normalised images: 1 at (dx, dy) if `a` is `b` moved by (dx, dy). */
function crossCorrelation(a: Image, b: Image): Image {
  const first = rfft2(a);
  const second = rfft2(b).data;
  const data = new Float32Array(first.data.length);
  const scale = 1 / a.data.length;
  for (let i = 0; i < data.length; i += 2) {
    data[i] = scale * (first.data[i]! * second[i]! + first.data[i + 1]! * second[i + 1]!);
    data[i + 1] = scale * (first.data[i + 1]! * second[i]! - first.data[i]! * second[i + 1]!);
  }
  const map = zeros(...a.shape);
  map.data.set(irfft2({ data, shape: a.shape }).data);
  return map;
}

/** Offset of the vertex of a parabola through three samples around a maximum, within half a sample. */
function vertex(before: number, at: number, after: number): number {
  const curvature = before - 2 * at + after;
  return curvature < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * curvature))) : 0;
}
