import { type Image, zeros } from "../../array/image.js";
import { sampleBilinear } from "../../array/resample.js";
import { halfColumns, visitFrequencies } from "../../array/spectrum/half.js";
import type { PowerSpectrum } from "../../array/spectrum/power.js";
import type { EvenProfile } from "../../array/spectrum/profile.js";
import type { Random } from "../../core/random.js";
import { colouredNoise } from "../../physics/noise.js";
import { applyGain } from "./power.js";

/**
 * How the strength of what passes the optics varies over micrographs: where ice is thicker or particles crowd, particles and ice
 * are stronger or weaker beside the counting noise. The image X becomes X + u · (profile * X), u a slow random field.
 */
export interface Unevenness {
  /** Share of the amplitude at each frequency that goes up and down with u: near 0 where counting noise rules. */
  readonly profile: EvenProfile;
  /** Standard deviation of u from pixel to pixel; u has power 1 / |k| up to one cycle a particle diameter. */
  readonly field: number;
  /** Standard deviation of a constant added to u, another one for each micrograph. */
  readonly micrograph: number;
  /** Pixels. */
  readonly diameter: number;
}

/** Cells of the coarse grid of u across a particle. */
const CELLS = 4;
/** Cells of the tile that holds the field's spectrum. */
const TILE = 256;
/** u is kept within so many of its standard deviations. */
const MOST = 3;

/** Draws u for a shape. @returns what varies the local strength of images of that shape, all by the same u. Same stream, same u. */
export function variation(
  shape: Image["shape"],
  { profile, field, micrograph, diameter }: Unevenness,
  random: Random,
): (image: Image) => Image {
  const offset = micrograph * random.normal();
  const slow = pinkField(shape, diameter, random).data;
  const limit = MOST * Math.hypot(field, micrograph);
  return (image) => {
    const moving = applyGain(image, profile).data;
    const data = image.data.map((value, i) => {
      const u = Math.min(limit, Math.max(-limit, field * slow[i]! + offset));
      return value + u * moving[i]!;
    });
    return { data, shape };
  };
}

/** A Gaussian field of unit variance with power 1 / |k|, falling off at one cycle a diameter (pixels). */
export function pinkField(shape: Image["shape"], diameter: number, random: Random): Image {
  const step = Math.max(1, diameter / CELLS);
  const [rows, columns] = shape.map((n) => Math.ceil(n / step) + 1) as [number, number];
  const coarse = colouredNoise([rows, columns], pinkPower(), random);
  const out = zeros(...shape);
  for (let y = 0, i = 0; y < shape[0]; y++)
    for (let x = 0; x < shape[1]; x++, i++) out.data[i] = sampleBilinear(coarse, x / step, y / step);
  return out;
}

/** Variance of the mean of u over a square of `side` diameters, in units of u's own variance. */
export function boxShare(side: number): number {
  const { data } = pinkPower();
  const cells = side * CELLS;
  let [sum, total] = [0, 0];
  visitFrequencies([TILE, TILE], (at, kx, ky, weight) => {
    const power = weight * data[at]!;
    sum += power * (sinc(kx * cells) * sinc(ky * cells)) ** 2;
    total += power;
  });
  return sum / total;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

function pinkPower(): PowerSpectrum {
  const data = new Float32Array(TILE * halfColumns(TILE));
  visitFrequencies([TILE, TILE], (at, kx, ky) => {
    const k = Math.hypot(kx, ky);
    data[at] = k === 0 ? 0 : Math.exp(-((k * CELLS) ** 2)) / k;
  });
  return { data, shape: [TILE, TILE] };
}
