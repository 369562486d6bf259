import { centre } from "../../array/image.js";
import type { EulerAngles } from "../../core/rotation.js";
import type { CtfParameters } from "../../physics/optics/ctf.js";
import type { Frequencies } from "../search/frequencies.js";
import { type ParticleSpectrum, particleSpectrum } from "../search/particle-spectrum.js";
import type { Shift } from "../search/shifts.js";

/** How a particle lies, as far as it is known. */
export interface Pose {
  readonly angles: EulerAngles;
  /** Pixels from the image's centre to the particle. */
  readonly shift: Shift;
}

/** One particle of a refinement. Plain data. */
export interface RefinedParticle {
  readonly ctf: CtfParameters;
  /** What the CTF is multiplied by: 1, or another strength of the signal; negative where protein is dark. */
  readonly contrast: number;
  /** Place of its optics group. */
  readonly group: number;
  /** Where the last search found it. Angles are absent before the first search, and several where a network proposes several. */
  readonly shift: Shift;
  readonly angles?: readonly EulerAngles[];
}

/**
 * The transform of a particle's image and its CTF, contrast included, at a list of frequencies.
 *
 * @param pixels box x box; @param pixelSize angstrom
 */
export function spectrumOf(
  pixels: Float32Array,
  { ctf, contrast }: RefinedParticle,
  frequencies: Frequencies,
  pixelSize: number,
): ParticleSpectrum {
  const { box } = frequencies;
  const spectrum = particleSpectrum({ data: pixels, shape: [box, box] }, frequencies, ctf, pixelSize);
  if (contrast !== 1) for (let i = 0; i < spectrum.ctf.length; i++) spectrum.ctf[i]! *= contrast;
  return spectrum;
}

/** Pixels over which the circular mask of an image fades. */
const EDGE = 5;

/**
 * The image with 0 beyond a circle about the particle, over a raised cosine, after the mean of what lies beyond is taken away.
 *
 * @param radius pixels, of what is kept whole
 */
export function maskedImage(pixels: Float32Array, box: number, radius: number, shift: Shift): Float32Array {
  const out = new Float32Array(pixels.length);
  const keep = new Float32Array(pixels.length);
  const c = centre(box);
  let [sum, share] = [0, 0];
  for (let y = 0, i = 0; y < box; y++) {
    for (let x = 0; x < box; x++, i++) {
      const distance = Math.sqrt((x - c - shift.x) ** 2 + (y - c - shift.y) ** 2) - radius;
      const kept =
        distance <= 0 ? 1 : distance >= EDGE ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * distance) / EDGE);
      keep[i] = kept;
      sum += (1 - kept) * pixels[i]!;
      share += 1 - kept;
    }
  }
  const level = share > 0 ? sum / share : 0;
  for (let i = 0; i < out.length; i++) out[i] = keep[i]! * (pixels[i]! - level);
  return out;
}
