import type { Image } from "../../../array/image.js";
import { FileError } from "../../../core/errors.js";
import type { Files } from "../../../core/ports.js";
import { type Dataset, readMicrograph } from "../../../dataset/reader.js";
import { type Position, particlePosition } from "../../../dataset/true-position.js";
import { addCounts, type ContentCounts, countContent, NOTHING } from "../../../evaluate/realism/content.js";
import {
  type AverageAgreement,
  compareAverages,
  ParticleAverager,
} from "../../../evaluate/realism/particle-average.js";

/** The average particle of translated micrographs beside that of the clean ones, cut at the same labels. */
export interface LabelAverages {
  readonly synthetic: Image;
  readonly clean: Image;
  /** Particles in each average. */
  readonly count: number;
  readonly agreement: AverageAgreement;
}

/**
 * Averages both over boxes of one and a half particle diameters.
 *
 * @throws FileError where a micrograph of the simulated dataset is missing in the other
 */
export async function averageAtLabels(
  simulated: Dataset,
  synthetic: Dataset,
  files: Files,
): Promise<LabelAverages> {
  const { optics, particleDiameter } = simulated.manifest;
  const box = 2 * Math.ceil((0.75 * particleDiameter) / optics.pixelSize);
  const [clean, translated] = [new ParticleAverager(box), new ParticleAverager(box)];
  for await (const pair of labelledPairs(simulated, synthetic, files)) {
    clean.add({ image: pair.clean, points: pair.points });
    translated.add({ image: pair.translated, points: pair.points });
  }
  const [a, b] = [translated.average(), clean.average()];
  return {
    ...{ synthetic: a.average, clean: b.average, count: b.count },
    agreement: compareAverages(a.average, b.average),
  };
}

/**
 * Counts the particles that a translation lost, moved or invented, over all micrographs.
 *
 * @throws FileError where a micrograph of the simulated dataset is missing in the other
 */
export async function countAtLabels(
  simulated: Dataset,
  synthetic: Dataset,
  files: Files,
): Promise<ContentCounts> {
  const { optics, particleDiameter } = simulated.manifest;
  let counts = NOTHING;
  for await (const { clean, translated, points, index } of labelledPairs(simulated, synthetic, files)) {
    counts = addCounts(
      counts,
      countContent(clean, translated, points, particleDiameter / optics.pixelSize, index),
    );
  }
  return counts;
}

/** A micrograph before and after translation, and where its particles are. */
interface LabelledPair {
  readonly index: number;
  readonly clean: Image;
  readonly translated: Image;
  /** Pixels. */
  readonly points: readonly Position[];
}

async function* labelledPairs(
  simulated: Dataset,
  synthetic: Dataset,
  files: Files,
): AsyncGenerator<LabelledPair> {
  const { pixelSize } = simulated.manifest.optics;
  for await (const { micrograph, particles } of simulated.byMicrograph()) {
    const same = synthetic.manifest.micrographs.find(({ index }) => index === micrograph.index);
    if (!same) {
      throw new FileError(
        synthetic.dir,
        `no micrograph ${micrograph.index}`,
        `every micrograph of ${simulated.dir}`,
      );
    }
    yield {
      index: micrograph.index,
      clean: await readMicrograph(files, simulated.dir, micrograph),
      translated: await readMicrograph(files, synthetic.dir, same),
      points: particles.map((particle) => particlePosition(particle, pixelSize)),
    };
  }
}
