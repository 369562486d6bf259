import { rfft2 } from "../../array/fft/fft.js";
import { centre, type Image } from "../../array/image.js";
import { storedIndex } from "../../array/spectrum/half.js";
import { type CtfParameters, ctf } from "../../physics/optics/ctf.js";
import type { Frequencies } from "./frequencies.js";

/** What a search compares of one particle's image. */
export interface ParticleSpectrum {
  /** Transform of the image about its centre: real parts, then imaginary parts, frequencies.kx.length of each. */
  readonly data: Float32Array;
  /** CTF at each frequency, 0 beyond `count`. */
  readonly ctf: Float32Array;
}

/**
 * The transform of a particle's image at a list of frequencies, its phases about the centre floor(n / 2), and its CTF there.
 *
 * @param pixelSize angstrom
 */
export function particleSpectrum(
  image: Image,
  frequencies: Frequencies,
  parameters: CtfParameters,
  pixelSize: number,
): ParticleSpectrum {
  const { kx, ky, count, box } = frequencies;
  const spectrum = rfft2(image).data;
  const transfer = ctf(parameters);
  const length = kx.length;
  const data = new Float32Array(2 * length);
  const values = new Float32Array(length);
  const angle = (2 * Math.PI * centre(box)) / box;
  for (let i = 0; i < count; i++) {
    const [x, y] = [kx[i]!, ky[i]!];
    const at = 2 * storedIndex([box, box], x, y);
    const [c, s] = [Math.cos(angle * (x + y)), Math.sin(angle * (x + y))];
    data[i] = spectrum[at]! * c - spectrum[at + 1]! * s;
    data[length + i] = spectrum[at]! * s + spectrum[at + 1]! * c;
    values[i] = transfer(x / (box * pixelSize), y / (box * pixelSize));
  }
  return { data, ctf: values };
}
