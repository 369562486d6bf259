import { isPixelSize, PIXEL_SIZES } from "./pixel-size.js";

/** What a quantity can be: a value beyond is in another unit, or means nothing. */
export interface Limit {
  readonly fits: (value: number) => boolean;
  /** For messages. */
  readonly expected: string;
}

const between = (low: number, high: number, unit: string): Limit => ({
  fits: (value) => value >= low && value <= high,
  expected: `${low} to ${high}${unit}`,
});

/** Angstrom: a hundred micrometres, beyond any lens of a cryo-EM; in this unit the values are none. */
const FARTHEST = 1e6;

/**
 * Limits of what files say of a microscope and of CTFs, the same for STAR and .cs. Programs that refine the aberration may make it
 * negative, and some turn the contrast by the sign of the amplitude contrast or of the scale.
 */
export const LIMITS = {
  voltage: between(60, 1000, " kV"),
  sphericalAberration: between(-10, 10, " mm"),
  amplitudeContrast: between(-1, 1, ""),
  defocus: { fits: (value) => Math.abs(value) <= FARTHEST, expected: "angstrom, as 21000" },
  /** Of an astigmatism or a phase plate. */
  degrees: { fits: (value) => Math.abs(value) <= 360, expected: "degrees, -360 to 360" },
  /** The same in .cs files. */
  radians: { fits: (value) => Math.abs(value) <= 2 * Math.PI + 1e-3, expected: "radians, -6.28 to 6.28" },
  /** By which a CTF is multiplied: 0 says that there is no particle in the image. */
  scale: { fits: (value) => value !== 0, expected: "another factor than 0: 1 where none was measured" },
  /** Of the contrast of images. */
  sign: { fits: (value) => value === 1 || value === -1, expected: "1 or -1" },
  pixelSize: { fits: isPixelSize, expected: PIXEL_SIZES },
  halfSet: { fits: (value) => value === 1 || value === 2, expected: "1 or 2" },
} as const satisfies Readonly<Record<string, Limit>>;
