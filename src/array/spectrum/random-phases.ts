import type { Random } from "../../core/random.js";
import { irfft2, rfft2 } from "../fft/fft.js";
import type { Image } from "../image.js";
import { halfColumns, isSelfMirrored, wrappedIndex } from "./half.js";
import { type VolumeSpectrum, visitHalfSpectrum } from "./shells.js";

/**
 * A copy of the half spectrum of a cube with uniformly random phases from a distance `from` (in samples) outward; amplitudes
 * stay. It remains the spectrum of a real volume: of two stored coefficients that mirror each other the second is the
 * conjugate of the first, and those that are their own mirror only change their sign.
 */
export function randomisePhases(spectrum: VolumeSpectrum, from: number, random: Random): VolumeSpectrum {
  const { shape } = spectrum;
  const data = spectrum.data.slice();
  const size = shape[0];
  const width = halfColumns(size);
  visitHalfSpectrum(size, (at, squared, kx, ky, kz) => {
    if (squared < from * from) return;
    const mirrored = (wrappedIndex(-kz, size) * size + wrappedIndex(-ky, size)) * width + kx;
    const partner = isSelfMirrored(kx, size) ? 2 * mirrored : -1;
    if (partner === at) {
      if (random.uniform() < 0.5) data[at]! *= -1;
      return;
    }
    // the first of the two has been given its phase already
    if (partner >= 0 && partner < at) {
      data[at] = data[partner]!;
      data[at + 1] = -data[partner + 1]!;
      return;
    }
    const amplitude = Math.sqrt(data[at]! ** 2 + data[at + 1]! ** 2);
    const phase = random.uniform(0, 2 * Math.PI);
    data[at] = amplitude * Math.cos(phase);
    data[at + 1] = amplitude * Math.sin(phase);
  });
  return { data, shape };
}

/**
 * An image with the power spectrum of another and the phases of white noise: what is left when all structure is taken
 * away. The mean stays.
 */
export function randomPhaseImage(image: Image, random: Random): Image {
  const noise = Float32Array.from(image.data, () => random.normal());
  const spectrum = rfft2(image).data;
  const phases = rfft2({ data: noise, shape: image.shape }).data;
  for (let i = 2; i < spectrum.length; i += 2) {
    const amplitude = Math.sqrt(spectrum[i]! ** 2 + spectrum[i + 1]! ** 2);
    const length = Math.sqrt(phases[i]! ** 2 + phases[i + 1]! ** 2);
    const scale = length > 0 ? amplitude / length : 0;
    spectrum[i] = phases[i]! * scale;
    spectrum[i + 1] = phases[i + 1]! * scale;
  }
  return irfft2({ data: spectrum, shape: image.shape });
}
