import { fftFriendlySize, irfft2, rfft2 } from "../../array/fft/fft.js";
import { fourierFilter, localVariance } from "../../array/filter.js";
import { centre, type Image } from "../../array/image.js";
import { crop } from "../../array/resample.js";
import { halfColumns, visitFrequencies, wrappedIndex } from "../../array/spectrum/half.js";
import { radialPowerSpectrum } from "../../array/spectrum/power.js";
import { profileAt } from "../../array/spectrum/profile.js";
import { type CtfParameters, ctf } from "../../physics/optics/ctf.js";
import type { Scorer } from "../scorer.js";
import { mirrorPad, workingImage } from "../working-image.js";
import type { Templates } from "./images.js";

/** Radius beyond which a template is cut off, over the particle's diameter: the particle and the first CTF fringe. */
const MASK_RADIUS = 0.6;
/** Coarser than this many diameters is illumination and ice. */
const COARSEST = 2;
/** Strength, in standard deviations of the noise, of the particle that is held against there being none. */
const STRENGTH = 2;
/** Side of the tiles that the noise power is measured on, working pixels at most. */
const TILE = 128;

/**
 * A picker by templates: projections times the CTF, in an image whose noise is white.
 *
 * Micrograph and templates are divided by the root of the micrograph's radial power, frequencies coarser than two
 * diameters left out; z is the correlation with a template of sum 0 and sum of squares 1, over the standard deviation
 * around the place, so a standard normal deviate where there is noise only. The score is the log of the likelihood
 * ratio of a particle of strength a = 2 in an unknown orientation to none: log of the mean over templates of
 * exp(a z - a² / 2). Against the highest z alone, this keeps noise from winning by the number of its chances.
 *
 * @param templates projections, white particle; @param ctfParameters of this micrograph; absent: none
 * @returns scores as log-likelihood ratios
 */
export function templateScorer(templates: Templates, ctfParameters?: CtfParameters): Scorer {
  const { pixelSize, scale, diameter, box } = templates;
  return {
    async score(micrograph) {
      const image = workingImage(micrograph, diameter / pixelSize, scale);
      const whiten = whitening(image, (pixelSize * scale) / (COARSEST * diameter));
      const margin = box >> 1;
      const shape = image.shape.map((n) => fftFriendlySize(n + 2 * margin)) as [number, number];
      const white = fourierFilter(mirrorPad(image, margin, shape), whiten);
      const filter = templateFilter(box, pixelSize * scale, whiten, ctfParameters);
      const deviation = localDeviation(crop(white, margin, margin, image.shape), templates);
      return { image: likelihoodRatio(white, deviation, margin, templates, filter), scale };
    },
  };
}

type Transfer = (kx: number, ky: number) => number;

/** One over the root of the image's radial power; 0 below a frequency. Cycles per pixel. */
function whitening(image: Image, lowest: number): Transfer {
  const tile = 2 * Math.floor(Math.min(TILE, ...image.shape) / 2);
  const { value } = radialPowerSpectrum(image, tile);
  // an image without any power at some frequencies, as one that was enlarged, must not divide by nothing
  const least = 1e-4 * Math.max(...value);
  const weights = { tile, values: value.map((power) => 1 / Math.sqrt(Math.max(power, least))) };
  return (kx, ky) => {
    const k = Math.sqrt(kx * kx + ky * ky);
    return k < lowest ? 0 : profileAt(weights, k);
  };
}

/** What a template's half spectrum is multiplied by: minus the CTF, as particles are dark, and the whitening. */
function templateFilter(
  box: number,
  pixelSize: number,
  whiten: Transfer,
  parameters: CtfParameters | undefined,
): Float32Array {
  const transfer = parameters ? ctf(parameters) : () => 1;
  const filter = new Float32Array(box * halfColumns(box));
  visitFrequencies([box, box], (at, kx, ky) => {
    filter[at] = -transfer(kx / pixelSize, ky / pixelSize) * whiten(kx, ky);
  });
  return filter;
}

/** Standard deviation around each pixel, over a square of the area of a template's mask. */
function localDeviation(white: Image, { diameter, pixelSize, scale }: Templates): Image {
  const side = (Math.sqrt(Math.PI) * MASK_RADIUS * diameter) / (pixelSize * scale);
  const { data, shape } = localVariance(white, 2 * Math.round((side - 1) / 2) + 1);
  return { data: data.map((variance) => Math.sqrt(Math.max(variance, 1e-6))), shape };
}

/** The score at every pixel inside the margin; `deviation` has the shape of the result. */
function likelihoodRatio(
  white: Image,
  deviation: Image,
  margin: number,
  templates: Templates,
  filter: Float32Array,
): Image {
  const [rows, columns] = deviation.shape;
  const width = white.shape[1];
  const strengths = deviation.data.map((value) => STRENGTH / value);
  const sums = new Float64Array(rows * columns);
  for (const correlation of correlations(white, templates, filter)) {
    for (let y = 0, i = 0; y < rows; y++) {
      let from = (y + margin) * width + margin;
      for (let x = 0; x < columns; x++, i++) sums[i]! += Math.exp(strengths[i]! * correlation[from++]!);
    }
  }
  const constant = STRENGTH ** 2 / 2 + Math.log(templates.count);
  return { data: Float32Array.from(sums, (sum) => Math.log(sum) - constant), shape: deviation.shape };
}

/** The white image correlated with each template in turn; the array yielded is used again. */
function* correlations(white: Image, templates: Templates, filter: Float32Array): Generator<Float32Array> {
  const { box, count, data, diameter, pixelSize, scale } = templates;
  const mask = discMask(box, (MASK_RADIUS * diameter) / (pixelSize * scale));
  const spectrum = rfft2(white).data;
  const small = { spectrum: new Float32Array(2 * filter.length), image: new Float32Array(box * box) };
  const whole = { spectrum: new Float32Array(spectrum.length), image: new Float32Array(white.data.length) };
  for (let i = 0; i < count; i++) {
    rfft2({ data: data.subarray(i * box * box, (i + 1) * box * box), shape: [box, box] }, small.spectrum);
    for (let k = 0; k < filter.length; k++) {
      small.spectrum[2 * k]! *= filter[k]!;
      small.spectrum[2 * k + 1]! *= filter[k]!;
    }
    irfft2({ data: small.spectrum, shape: [box, box] }, small.image);
    maskAndNormalise(small.image, mask);
    placeAboutOrigin(small.image, box, whole.image, white.shape);
    rfft2({ data: whole.image, shape: white.shape }, whole.spectrum);
    multiplyByConjugate(spectrum, whole.spectrum);
    yield irfft2({ data: whole.spectrum, shape: white.shape }, whole.image).data;
  }
}

/** 1 within the radius of the centre pixel, 0 beyond. */
function discMask(box: number, radius: number): Float32Array {
  return Float32Array.from({ length: box * box }, (_, i) => {
    const dx = (i % box) - centre(box);
    const dy = Math.floor(i / box) - centre(box);
    return dx * dx + dy * dy <= radius * radius ? 1 : 0;
  });
}

/** In place: 0 outside the mask, mean 0 inside it, sum of squares 1. */
function maskAndNormalise(image: Float32Array, mask: Float32Array): void {
  let sum = 0;
  let area = 0;
  for (let i = 0; i < image.length; i++) {
    sum += image[i]! * mask[i]!;
    area += mask[i]!;
  }
  const mean = sum / area;
  let squares = 0;
  for (let i = 0; i < image.length; i++) {
    image[i] = (image[i]! - mean) * mask[i]!;
    squares += image[i]! ** 2;
  }
  const scale = 1 / Math.sqrt(squares || 1);
  for (let i = 0; i < image.length; i++) image[i]! *= scale;
}

/** Fills `out` with zeros and the image, its centre at pixel (0, 0), the rest wrapped around. */
function placeAboutOrigin(
  image: Float32Array,
  box: number,
  out: Float32Array,
  [rows, columns]: readonly [number, number],
): void {
  out.fill(0);
  for (let y = 0; y < box; y++) {
    const to = wrappedIndex(y - centre(box), rows) * columns;
    for (let x = 0; x < box; x++) out[to + wrappedIndex(x - centre(box), columns)] = image[y * box + x]!;
  }
}

/** b becomes a times the conjugate of b. */
function multiplyByConjugate(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < a.length; i += 2) {
    const re = a[i]! * b[i]! + a[i + 1]! * b[i + 1]!;
    b[i + 1] = a[i + 1]! * b[i]! - a[i]! * b[i + 1]!;
    b[i] = re;
  }
}
