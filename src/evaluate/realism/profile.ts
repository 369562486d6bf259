import type { Image } from "../../array/image.js";
import { powerSpectrum2d } from "../../array/spectrum/power.js";
import { normalise } from "../../array/statistics.js";
import { inRange, integerInRange } from "../../core/check.js";
import { DomainError } from "../../core/errors.js";
import { type Autocorrelation, autocorrelation } from "./features/autocorrelation.js";
import { type PatchFeatures, patchFeatures } from "./features/filter-bank.js";
import { type LatticeScore, latticeScore } from "./features/lattice.js";
import { type LocalStatistics, localStatistics } from "./features/local-statistics.js";
import { DEFAULT_BANK, type FilterBank } from "./features/log-gabor.js";
import { type BandPower, bandPower, DEFAULT_BANDS } from "./features/radial-spectrum.js";

/** What belongs to every figure of the realism protocol; two tables compare only where these agree. */
export interface RealismProtocol {
  /** Angstrom per pixel, of all images. */
  readonly pixelSize: number;
  /** Side of a patch, pixels. */
  readonly patch: number;
  /** Side of the tiles whose spectra are averaged, pixels; a multiple of 8. */
  readonly tile: number;
  /** Bands of the radial spectrum. */
  readonly bands: number;
  /** Largest lag of the autocorrelation, pixels. */
  readonly reach: number;
  readonly bank: FilterBank;
}

/** Angstrom: near the size of a small particle, so that patches hold particle, edge or background. */
const PATCH_ANGSTROM = 96;

/** The side of patches where none is given: the multiple of 16 pixels nearest to 96 angstrom, at least 32 pixels. */
export const defaultPatch = (pixelSize: number): number =>
  Math.max(32, 16 * Math.round(PATCH_ANGSTROM / pixelSize / 16));

/** The protocol with its default sizes: `defaultPatch`, tiles of 256 pixels, 32 bands, lags up to 12 pixels. */
export function realismProtocol(
  chosen: Partial<RealismProtocol> & { readonly pixelSize: number },
): RealismProtocol {
  inRange("pixelSize", chosen.pixelSize, "angstrom", 0.01, 1000);
  const patch = defaultPatch(chosen.pixelSize);
  const protocol = { patch, tile: 256, bands: DEFAULT_BANDS, reach: 12, bank: DEFAULT_BANK, ...chosen };
  integerInRange("patch", protocol.patch, 16, 4096);
  integerInRange("tile", protocol.tile, 128, 8192);
  integerInRange("bands", protocol.bands, 4, protocol.tile / 4);
  integerInRange("reach", protocol.reach, 1, 1024);
  if (protocol.tile % 8 !== 0) throw new DomainError("tile", protocol.tile, "a multiple of 8");
  return protocol;
}

/** All that the protocol needs to know of one micrograph, in a tenth of its bytes or less. */
export interface MicrographProfile {
  readonly shape: Image["shape"];
  readonly features: PatchFeatures;
  readonly local: LocalStatistics;
  readonly spectrum: BandPower;
  readonly lattice: LatticeScore;
  /** Of the pixels the mask keeps; absent without a mask. */
  readonly autocorrelation?: Autocorrelation;
}

/**
 * Measures one micrograph, after `normalise`: mean 0 and standard deviation 1, so that gain, offset and storage format
 * do not count.
 *
 * @param keep 1 where noise can be seen away from particles; without it there is no autocorrelation
 * @throws DomainError for a constant image, or one smaller than a tile or a patch
 */
export function profileMicrograph(image: Image, protocol: RealismProtocol, keep?: Image): MicrographProfile {
  const least = Math.max(protocol.tile, protocol.patch);
  inRange("micrograph's shorter side", Math.min(...image.shape), "pixels", least, 1e6);
  const normal = normalise(image);
  const power = powerSpectrum2d(normal, protocol.tile);
  const profile = {
    shape: image.shape,
    features: patchFeatures(normal, protocol.patch, protocol.bank),
    local: localStatistics(normal, protocol.patch),
    spectrum: bandPower(power, protocol.bands),
    lattice: latticeScore(power),
  };
  return keep ? { ...profile, autocorrelation: autocorrelation(normal, protocol.reach, keep) } : profile;
}
