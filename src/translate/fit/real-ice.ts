import { gaussianBlur } from "../../array/filter.js";
import type { Image } from "../../array/image.js";
import { mean, moments } from "../../array/statistics.js";
import { Random } from "../../core/random.js";
import { estimateNoise } from "../../estimate/noise/noise.js";
import { colouredNoise, whiteNoise } from "../../physics/noise.js";
import type { Ice } from "../noise/real-ice.js";
import type { TrainingSet } from "../samples/sampler.js";

/** Real micrographs that are kept at most, spread evenly over all. */
const MOST_ICES = 32;
/** Pixels over which real ice and what fills the places of particles go over into each other. */
const EDGE = 2;

/** Real micrographs with their particles taken out. */
export interface RealIce {
  readonly ices: readonly Ice[];
  /** Mean share of their pixels that is real, 0 to 1. */
  readonly realShare: number;
  /** Mean share of particles in the variance of the real micrographs. */
  readonly signalShare: number;
}

/**
 * Takes the particles out of real micrographs: where `findBackground` sees more than ice, Gaussian noise with the spectrum of that
 * micrograph's own background stands in their place. A micrograph without particles stays nearly as it is.
 *
 * @param seed of the noise
 * @param seen is called after every micrograph
 */
export async function fitRealIce(
  { real, realDefocus, particleDiameter, pixelSize }: TrainingSet,
  seed: number,
  seen: (done: number, total: number) => void,
): Promise<RealIce> {
  const count = Math.min(MOST_ICES, real.count);
  const ices: Ice[] = [];
  const [realShares, signalShares]: [number[], number[]] = [[], []];
  for (let i = 0; i < count; i++) {
    const index = Math.floor(((i + 0.5) * real.count) / count);
    const image = await real.load(index);
    const { power, background, signalFraction } = estimateNoise(image, { particleDiameter, pixelSize });
    const random = Random.of(seed, "real ice", index);
    const fill = colouredNoise(image.shape, power, random, whiteNoise);
    const strength = Math.sqrt(Math.max(0, 1 - signalFraction));
    const emptied = blended(image, fill, strength, gaussianBlur(background.mask, EDGE));
    const defocus = realDefocus[index];
    ices.push({
      image: standardised(emptied),
      ...(defocus && { defocus: (defocus.defocusU + defocus.defocusV) / 2 }),
    });
    realShares.push(background.fraction);
    signalShares.push(signalFraction);
    seen(i + 1, count);
  }
  return { ices, realShare: mean(realShares), signalShare: mean(signalShares) };
}

/** The image where `share` is 1, noise of unit variance times `strength` where it is 0; between them their variances go over into each other. */
function blended(image: Image, noise: Image, strength: number, share: Image): Image {
  const data = image.data.map((value, i) => {
    const real = Math.min(1, Math.max(0, share.data[i]!));
    return real * value + Math.sqrt(1 - real * real) * strength * noise.data[i]!;
  });
  return { data, shape: image.shape };
}

function standardised({ data, shape }: Image): Image {
  const { mean: average, variance } = moments(data);
  const scale = 1 / Math.sqrt(variance);
  return { data: data.map((value) => (value - average) * scale), shape };
}
