import type { Image } from "../../array/image.js";
import { powerSpectrum2d, totalPower } from "../../array/spectrum/power.js";
import { randomPhaseImage } from "../../array/spectrum/random-phases.js";
import { mean } from "../../array/statistics.js";
import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { inside } from "../../dataset/layout.js";
import { writeMrc } from "../../io/mrc/write.js";
import { readImage } from "../../io/read-image.js";
import { colouredNoise } from "../../physics/noise.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import { namedByStem } from "../shared/micrographs/stems.js";
import type { MicrographKind } from "./kinds.js";

/** Pixels along a tile of the spectrum: Thon rings show, single particles do not. */
const TILE = 256;

export interface SpoiltMicrographs {
  readonly out: string;
  readonly micrographs: number;
}

/**
 * Writes micrographs that hold no particle, as MRC files under the names of the given ones: with the phases of noise, or noise of the
 * same power spectrum. Mean and power stay; the same seed gives the same bytes.
 *
 * @throws OptionError where no file and no option gives a pixel size; FileError, FormatError for a micrograph; UsageError for a folder
 *   with something else
 */
export async function spoilMicrographs(
  {
    kind,
    micrographs,
    out,
    pixelSize,
    seed,
  }: {
    readonly kind: MicrographKind;
    readonly micrographs: readonly string[];
    readonly out: string;
    readonly pixelSize?: number | undefined;
    readonly seed: number;
  },
  { files, report, signal }: JobContext,
): Promise<SpoiltMicrographs> {
  const inputs = namedByStem(micrographs);
  const claim = { holds: "micrographs without particles", marks: [] };
  return inClaimedFolder(files, out, claim, async () => {
    for (const [done, { path, stem }] of inputs.entries()) {
      signal.throwIfAborted();
      report.progress({ stage: kind, done, total: inputs.length, unit: "micrographs" });
      const read = await readImage(await files.read(path), path);
      const voxelSize = pixelSize ?? read.pixelSize;
      if (voxelSize === undefined) {
        throw new OptionError("pixelSize", `found none, and ${path} does not say it either`);
      }
      const { data, shape } = spoilt(read.image, kind, Random.of(seed, "control", kind, stem));
      await files.write(
        inside(out, `${stem}.mrc`),
        writeMrc({ data, shape: [1, ...shape], voxelSize, kind: "image" }),
      );
    }
    report.progress({ stage: kind, done: inputs.length, total: inputs.length, unit: "micrographs" });
    return { out, micrographs: inputs.length };
  });
}

/** An image of the same mean and power without structure. */
export function spoilt(image: Image, kind: MicrographKind, random: Random): Image {
  if (kind === "random-phases") return randomPhaseImage(image, random);
  const power = powerSpectrum2d(image, Math.min(TILE, ...image.shape));
  const middle = mean(image.data);
  const deviation = Math.sqrt(totalPower(power));
  const noise = colouredNoise(image.shape, power, random);
  return { data: noise.data.map((value) => middle + deviation * value), shape: image.shape };
}
