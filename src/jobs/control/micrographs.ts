import type { Image } from "../../array/image.js";
import { type PowerSpectrum, powerSpectrum2d, totalPower } from "../../array/spectrum/power.js";
import { randomPhaseImage } from "../../array/spectrum/random-phases.js";
import { mean, variance } from "../../array/statistics.js";
import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { inside } from "../../dataset/layout.js";
import { estimateNoise } from "../../estimate/noise/noise.js";
import { writeMrc } from "../../io/mrc/write.js";
import { colouredNoise } from "../../physics/noise.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";
import { namedByStem } from "../shared/micrographs/stems.js";
import type { MicrographKind } from "./kinds.js";

/** Pixels along a tile of a micrograph's own spectrum: Thon rings show, single particles do not. */
const TILE = 256;

export interface SpoiltMicrographs {
  readonly out: string;
  readonly micrographs: number;
}

/** What is done to which micrographs. */
export interface MicrographControl {
  readonly kind: MicrographKind;
  readonly micrographs: readonly string[];
  readonly out: string;
  /** Angstrom; absent: as the files say. */
  readonly pixelSize?: number | undefined;
  /** Angstrom; needed for noise of the background. */
  readonly particleDiameter?: number | undefined;
  readonly seed: number;
}

/**
 * Writes micrographs that hold no particle, as MRC files under the names of the given ones: with the phases of noise, or noise of the
 * same power spectrum, or of that between the particles. The mean stays; the same seed gives the same bytes.
 *
 * @throws OptionError where no file and no option gives a pixel size; FileError, FormatError for a micrograph; DomainError for one in which
 *   no background can be told; UsageError for a folder with something else
 */
export async function spoilMicrographs(
  { kind, micrographs, out, seed, ...given }: MicrographControl,
  { files, report, signal }: JobContext,
): Promise<SpoiltMicrographs> {
  const inputs = namedByStem(micrographs);
  const claim = { holds: "micrographs without particles", marks: [] };
  return inClaimedFolder(files, out, claim, async () => {
    for (const [done, { path, stem }] of inputs.entries()) {
      signal.throwIfAborted();
      report.progress({ stage: kind, done, total: inputs.length, unit: "micrographs" });
      const read = await readRealMicrograph(files, path);
      const pixelSize = given.pixelSize ?? read.pixelSize;
      if (pixelSize === undefined) {
        throw new OptionError("pixelSize", `found none, and ${path} does not say it either`);
      }
      const random = Random.of(seed, "control", kind, stem);
      const { data, shape } = spoilt(read.image, kind, random, { ...given, pixelSize });
      await files.write(
        inside(out, `${stem}.mrc`),
        writeMrc({ data, shape: [1, ...shape], voxelSize: pixelSize, kind: "image" }),
      );
    }
    report.progress({ stage: kind, done: inputs.length, total: inputs.length, unit: "micrographs" });
    return { out, micrographs: inputs.length };
  });
}

/**
 * An image of the same mean and power without structure; noise of the background has the power that is left without particles.
 *
 * @param about angstrom; by these the background is told
 */
export function spoilt(
  image: Image,
  kind: MicrographKind,
  random: Random,
  about: { readonly pixelSize: number; readonly particleDiameter?: number | undefined },
): Image {
  if (kind === "random-phases") return randomPhaseImage(image, random);
  const { pixelSize, particleDiameter } = about;
  if (kind === "matched-noise") {
    const power = powerSpectrum2d(image, Math.min(TILE, ...image.shape));
    return noiseLike(image, power, totalPower(power), random);
  }
  if (particleDiameter === undefined)
    throw new OptionError("particleDiameter", "found none, expected it with background-noise");
  const { power, signalFraction } = estimateNoise(image, { pixelSize, particleDiameter });
  return noiseLike(image, power, (1 - signalFraction) * variance(image.data), random);
}

function noiseLike({ data, shape }: Image, power: PowerSpectrum, wanted: number, random: Random): Image {
  const middle = mean(data);
  const deviation = Math.sqrt(wanted);
  const noise = colouredNoise(shape, power, random);
  return { data: noise.data.map((value) => middle + deviation * value), shape };
}
