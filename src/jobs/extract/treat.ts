import { irfft2, rfft2 } from "../../array/fft/fft.js";
import { centre, type Image } from "../../array/image.js";
import { halfColumns, signedIndex, wrappedIndex } from "../../array/spectrum/half.js";
import { mean } from "../../array/statistics.js";
import { DomainError } from "../../core/errors.js";

/** What extraction does to every particle image, in this order. */
export interface BoxTreatment {
  /** Pixels of the image that is made, even; absent: it stays as large as the box. */
  readonly rescale?: number;
  /** Background beyond a radius becomes mean 0 and standard deviation 1. Absent: left as it is. */
  readonly background?: {
    /** Pixels of the image that is made. */
    readonly radius: number;
    /** Subtract the plane that is fitted to the background, not its mean alone. */
    readonly ramp: boolean;
  };
  /** Multiply by -1: from protein dark to protein white. */
  readonly invert: boolean;
}

/**
 * A particle image as the stack shall hold it; pixel for pixel what relion_preprocess makes of it.
 *
 * @param name of the particle, for messages
 * @throws DomainError where the background has a standard deviation of 0
 */
export function treatBox(
  box: Image,
  { rescale, background, invert }: BoxTreatment,
  name = "a particle",
): Image {
  const scaled = rescale === undefined ? box : rescaleBox(box, rescale);
  const normal = background ? normaliseBackground(scaled, background, name) : scaled;
  const sign = invert ? -1 : 1;
  return { data: normal.data.map((value) => sign * value), shape: normal.shape };
}

/**
 * The image at another sampling, by cutting its transform, or filling it with zeros beyond the circle of its Nyquist frequency.
 * Of the coefficients at the smaller Nyquist frequency those at the positive one are kept alone, as RELION does. The mean is kept.
 *
 * @param size even, as the sides of the box
 */
export function rescaleBox(box: Image, size: number): Image {
  const [old] = box.shape;
  if (size === old) return box;
  const { data } = rfft2(box);
  const out = new Float32Array(2 * size * halfColumns(size));
  const reach = old / 2;
  const limit = size > old ? reach * reach : Number.POSITIVE_INFINITY;
  const scale = (size / old) ** 2;
  const highest = Math.min(size, old) / 2;
  for (let row = 0; row < size; row++) {
    const ky = signedIndex(row, size);
    if (ky <= -highest || ky > highest) continue;
    for (let kx = 0; kx <= highest && kx * kx + ky * ky <= limit; kx++) {
      const to = 2 * (row * halfColumns(size) + kx);
      const from = 2 * (wrappedIndex(ky, old) * halfColumns(old) + kx);
      out[to] = scale * data[from]!;
      out[to + 1] = scale * data[from + 1]!;
    }
  }
  return irfft2({ data: out, shape: [size, size] });
}

function normaliseBackground(
  { data, shape }: Image,
  { radius, ramp }: NonNullable<BoxTreatment["background"]>,
  name: string,
): Image {
  const [size] = shape;
  const isOutside = (u: number, v: number): boolean => u * u + v * v > radius * radius;
  const level = ramp ? planeOf(data, size, isOutside) : undefined;
  const flat = Float64Array.from(data);
  const outside: number[] = [];
  eachPixel(size, (i, u, v) => {
    if (level) flat[i]! -= level[0] * u + level[1] * v + level[2];
    if (isOutside(u, v)) outside.push(flat[i]!);
  });
  const average = mean(outside);
  let squares = 0;
  for (const value of outside) squares += (value - average) ** 2;
  const deviation = Math.sqrt(squares / outside.length);
  if (!(deviation > 1e-10)) {
    throw new DomainError(
      `${name}: standard deviation of the background`,
      deviation,
      "above 0: what lies in a blank part of its micrograph cannot be normalised; leave out the particle, or `normalise`",
    );
  }
  return { data: Float32Array.from(flat, (value) => (value - average) / deviation), shape };
}

/** Visits the pixels of a square image: number, and pixels from the centre to the right and down. */
function eachPixel(size: number, visit: (i: number, u: number, v: number) => void): void {
  const c = centre(size);
  for (let v = -c, i = 0; v < size - c; v++) for (let u = -c; u < size - c; u++, i++) visit(i, u, v);
}

/** The plane a u + b v + c that fits some pixels best by least squares. */
function planeOf(
  data: Float32Array,
  size: number,
  counts: (u: number, v: number) => boolean,
): readonly [a: number, b: number, c: number] {
  // sums over the pixels, then Cramer's rule
  let [uu, uv, vv, u1, v1, n, uz, vz, z1] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  eachPixel(size, (i, u, v) => {
    if (!counts(u, v)) return;
    const z = data[i]!;
    uu += u * u;
    uv += u * v;
    vv += v * v;
    u1 += u;
    v1 += v;
    n++;
    uz += u * z;
    vz += v * z;
    z1 += z;
  });
  const determinant = (p: number, q: number, r: number, ...rest: readonly number[]): number => {
    const [s, t, w, x, y, k] = rest as [number, number, number, number, number, number];
    return p * (t * k - w * y) - q * (s * k - w * x) + r * (s * y - t * x);
  };
  const whole = determinant(uu, uv, u1, uv, vv, v1, u1, v1, n);
  return [
    determinant(uz, uv, u1, vz, vv, v1, z1, v1, n) / whole,
    determinant(uu, uz, u1, uv, vz, v1, u1, z1, n) / whole,
    determinant(uu, uv, uz, uv, vv, vz, u1, v1, z1) / whole,
  ];
}
