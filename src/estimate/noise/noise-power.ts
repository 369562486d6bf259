import { halfColumns, visitFrequencies } from "../../array/spectrum/half.js";
import type { PowerSpectrum } from "../../array/spectrum/power.js";
import { profileAtLog, type RadialProfile } from "../../array/spectrum/profile.js";
import { sampleHalf } from "../../array/spectrum/sample.js";
import type { NoisePower } from "../../physics/noise.js";

/** A noise spectrum as its average over directions and what differs between them. */
export interface NoiseCurves {
  /** Power; cycles per pixel. */
  readonly radial: RadialProfile;
  /** Power over its average over directions, on a half spectrum. */
  readonly anisotropy: PowerSpectrum;
}

/**
 * The spectrum on a tile of any shape, as `colouredNoise` takes it. The lowest frequencies, illumination among them, are
 * there only as far as the tile resolves them: ask for the shape of the micrograph to have them all.
 */
export function colouredNoiseSpectrum(
  { radial, anisotropy }: NoiseCurves,
  shape: readonly [rows: number, columns: number],
): NoisePower {
  const data = new Float32Array(shape[0] * halfColumns(shape[1]));
  visitFrequencies(shape, (at, kx, ky) => {
    const average = profileAtLog(radial, Math.sqrt(kx * kx + ky * ky));
    data[at] = average * sampleHalf(anisotropy.data, anisotropy.shape, kx, ky);
  });
  return { data, shape };
}
