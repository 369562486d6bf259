import { irfft2, rfft2, type Spectrum } from "../array/fft/fft.js";
import { centre } from "../array/image.js";
import { frequency, halfColumns, signedIndex } from "../array/spectrum/half.js";
import type { Random } from "../core/random.js";
import { eulerToMatrix, uniformRotation } from "../core/rotation.js";
import { type CtfParameters, ctf } from "../physics/optics/ctf.js";
import { centralSlice } from "../physics/projection/project.js";
import type { Projector } from "../physics/projection/projector.js";
import { type WorkingFrame, workingImage } from "./image.js";
import type { PoseOptions } from "./options.js";
import { RingSums, ringOf } from "./rings.js";
import type { KnownParticle } from "./training-data.js";

/** How particles are simulated as a network sees them: projections of a map under CTFs and noise of other particles. */
export interface PoseSimulation {
  /** Of the map in working pixels; its box is the side of the images. */
  readonly projector: Projector;
  /** Those of the particles, one for each image drawn. */
  readonly ctfs: readonly CtfParameters[];
  /** The factor by which `workingImage` multiplies frequency k along an axis, k from 0 to half the side. */
  readonly transfer: Float64Array;
  /** What the network is told of the CTF; `moves`, `contrast` and `defocus` in angstrom, powers of e and angstrom. */
  readonly options: Pick<PoseOptions, "ctf" | "moves" | "contrast" | "defocus">;
}

/** What the particles themselves tell of their images. */
export interface ImageStatistics {
  /** The factor by which projections stand in the images, at each ring. */
  readonly strength: Float64Array;
  /** Mean |transform|² of the noise at each ring. */
  readonly noise: Float64Array;
  /** Power of the projections over that of the noise, without frequency 0. */
  readonly signalToNoise: number;
}

/** Images of either kind that are compared. */
const COMPARED = 1000;
/**
 * The first ring of detail. Ring 1 is the particle as a whole against its surroundings. A map shows a particle in a
 * vacuum; in real images the ice that it displaces takes much of that contrast away (in EMPIAR-10028 ring 1 has 0.55 of
 * the contrast of rings 2 to 5).
 */
const DETAIL = 2;
/** Least share of an image's power that is taken for noise. */
const LEAST_NOISE = 0.05;

/**
 * How strong the projections are in images, and the power of the noise. The mean of many images has hardly any noise: its amplitude
 * over that of the mean projection is the strength. The power that images have beyond that of the projections is noise. The ring of
 * frequency 0 is left out, as grey scales have no zero; ring 1 has a strength of its own.
 *
 * @param images phases flipped, side x side
 * @returns a strength of 0 or less from ring 2 on where the particles do not look like the map
 */
export function measureImages(
  images: readonly Float32Array[],
  simulation: PoseSimulation,
  random: Random,
): ImageStatistics {
  const { box: side } = simulation.projector;
  const [found, simulated] = [new RingSums(side), new RingSums(side)];
  for (const image of images) found.add(image);
  const plain = {
    ...simulation,
    options: { ...simulation.options, ctf: "flip" as const, contrast: 0, defocus: 0 },
  };
  for (let i = 0; i < COMPARED; i++) simulated.add(irfft2(projectionOf(plain, random).spectrum).data);
  const [a, b] = [found.meanTransform, simulated.meanTransform];
  const strengthOf = (first: number, last: number): number => {
    let [product, energy] = [0, 0];
    for (let ring = first; ring <= last; ring++) {
      // as many samples as the ring is long
      product += ring * a[ring]! * b[ring]!;
      energy += ring * b[ring]! * b[ring]!;
    }
    return product / energy;
  };
  // a hollow particle with ice inside may have no contrast as a whole
  const [whole, detail] = [Math.max(0, strengthOf(1, DETAIL - 1)), strengthOf(DETAIL, side / 4)];
  const strength = a.map((_, ring) => (ring < DETAIL ? whole : detail));
  const [power, signal] = [found.meanPower, simulated.meanPower];
  const noise = power.map((all, ring) =>
    Math.max(LEAST_NOISE * all, all - strength[ring]! ** 2 * signal[ring]!),
  );
  const sum = (values: Float64Array): number => values.reduce((all, value, ring) => all + ring * value, 0);
  return {
    strength,
    noise,
    signalToNoise: sum(signal.map((all, ring) => strength[ring]! ** 2 * all)) / sum(noise),
  };
}

/** A particle with a pose, CTF and noise of its own. */
export function simulatedParticle(
  simulation: PoseSimulation,
  { strength, noise }: ImageStatistics,
  random: Random,
): KnownParticle {
  const { spectrum, ...known } = projectionOf(simulation, random);
  const { contrast } = simulation.options;
  const factor = Math.exp(random.uniform(-contrast, contrast));
  const [side] = spectrum.shape;
  const half = halfColumns(side);
  // noise drawn as an image: numbers drawn for a half transform would lose half of their power where it holds both of a pair
  const white = random.fillNormal(new Float32Array(side * side));
  const deviates = rfft2({ data: white, shape: [side, side] }).data;
  for (let row = 0, i = 0; row < side; row++) {
    const ky = signedIndex(row, side);
    for (let kx = 0; kx < half; kx++, i += 2) {
      const ring = ringOf(kx, ky);
      const [signal, deviation] = [factor * strength[ring]!, Math.sqrt(noise[ring]!) / side];
      spectrum.data[i] = signal * spectrum.data[i]! + deviation * deviates[i]!;
      spectrum.data[i + 1] = signal * spectrum.data[i + 1]! + deviation * deviates[i + 1]!;
    }
  }
  return { image: irfft2(spectrum), ...known };
}

interface Projection extends Pick<KnownParticle, "rotation" | "x" | "y" | "ctf"> {
  readonly spectrum: Spectrum;
}

/** A projection under a CTF, moved by a normal distribution whose deviation along each axis is half of `moves`. */
function projectionOf({ projector, ctfs, transfer, options }: PoseSimulation, random: Random): Projection {
  const { box: side, pixelSize } = projector;
  const rotation = eulerToMatrix(uniformRotation(random));
  // a normal distribution, as picks lie about particles: most near, some far
  const deviation = options.moves / 2 / pixelSize;
  const [x, y] = [random.normal(0, deviation), random.normal(0, deviation)];
  const spectrum = centralSlice(projector, rotation, x, y);
  const parameters = ctfs[random.integer(ctfs.length)]!;
  const error = options.defocus > 0 ? random.normal(0, options.defocus) : 0;
  const believed = {
    ...parameters,
    ...{ defocusU: parameters.defocusU + error, defocusV: parameters.defocusV + error },
  };
  const [value, flips] = [ctf(parameters), ctf(believed)];
  const half = halfColumns(side);
  for (let row = 0, i = 0; row < side; row++) {
    const ky = frequency(row, side) / pixelSize;
    const down = transfer[Math.abs(signedIndex(row, side))]!;
    for (let column = 0; column < half; column++, i += 2) {
      const kx = column / (side * pixelSize);
      const sign = options.ctf === "flip" && flips(kx, ky) < 0 ? -1 : 1;
      const factor = sign * value(kx, ky) * down * transfer[column]!;
      spectrum.data[i]! *= factor;
      spectrum.data[i + 1]! *= factor;
    }
  }
  return { spectrum, rotation, x, y, ...(options.ctf === "channel" && { ctf: believed }) };
}

/**
 * The factor by which `workingImage` multiplies a wave of k periods across the field along an axis, k from 0 to half the side,
 * measured on waves.
 *
 * @param box pixels along a side of the images as stored
 */
export function workingTransfer(box: number, frame: WorkingFrame): Float64Array {
  const { side, workingPixel, pixelSize } = frame;
  const period = (side * workingPixel) / pixelSize;
  return Float64Array.from({ length: side / 2 + 1 }, (_, k) => {
    // a wave on the highest frequency may pass all samples at 0
    const cycles = Math.min(k, side / 2 - 1);
    const wave = (phase: number): number => {
      const line = (i: number): number =>
        Math.cos((2 * Math.PI * cycles * (i - centre(box))) / period + phase);
      const data = Float32Array.from({ length: box * box }, (_value, i) => line(i % box));
      const { data: spectrum } = rfft2(workingImage({ data, shape: [box, box] }, frame));
      return (spectrum[2 * cycles]! ** 2 + spectrum[2 * cycles + 1]! ** 2) / side ** 4;
    };
    // cosine and sine together: the power of the wave in both of its coefficients
    return cycles === 0 ? 1 : Math.min(1, Math.sqrt(2 * (wave(0) + wave(Math.PI / 2))));
  });
}
