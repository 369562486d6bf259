import { z } from "zod";
import type { Image } from "../../array/image.js";
import { mean, moments } from "../../array/statistics.js";
import type { Files, Report } from "../../core/ports.js";
import { parseJson } from "../../dataset/check.js";
import { inside } from "../../dataset/layout.js";
import {
  LOCAL_QUANTITIES,
  type LocalStatistics,
  localStatistics,
  scaledDistance,
} from "../../evaluate/realism/features/local-statistics.js";
import type { TrainingState } from "../../train/state.js";
import { decodeModel } from "../../translate/model.js";
import { HELD_OUT_PATCH } from "../../translate/samples/held-out.js";
import { keepSteps, MODEL, readArrays } from "../shared/models/model-files.js";

const scoreLine = z.object({ step: z.int(), score: z.number() });
type ScoredStep = z.infer<typeof scoreLine>;

/** A generator as it was after a step. */
interface KeptGenerator {
  readonly step: number;
  readonly parameters: TrainingState;
}

/**
 * Keeps the generator whose output is nearest to held-out parts of the real micrographs: mean, variance, skewness and
 * kurtosis of patches of 32 x 32 pixels, the mean of the four Wasserstein distances in units of the spread of the real
 * patches, as in the realism protocol. A line of scores.jsonl for each checkpoint; best.safetensors until the training
 * ends.
 */
export class BestGenerator {
  private readonly real: LocalStatistics;

  private constructor(
    private readonly files: Files,
    private readonly folder: string,
    private readonly save: (step: number, parameters: TrainingState) => Promise<void>,
    parts: readonly Image[],
    private best: ScoredStep | undefined,
    private last: ScoredStep | undefined,
  ) {
    this.real = pooledStatistics(parts);
  }

  /**
   * @param parts held-out parts of the real micrographs
   * @param resumed step from which the training goes on; 0: it begins
   * @param save writes a generator to best.safetensors
   */
  static async open(
    files: Files,
    folder: string,
    parts: readonly Image[],
    resumed: number,
    save: (step: number, parameters: TrainingState) => Promise<void>,
  ): Promise<BestGenerator> {
    const path = inside(folder, MODEL.scores);
    await keepSteps(files, path, resumed);
    const text = (await files.exists(path)) ? new TextDecoder().decode(await files.read(path)) : "";
    const lines = text.split("\n").filter((line) => line !== "");
    const scores = lines.map((line, i) => parseJson(scoreLine, line, path, `line ${i + 1}`));
    const best = scores.reduce<ScoredStep | undefined>(
      (least, each) => (least && least.score <= each.score ? least : each),
      undefined,
    );
    return new BestGenerator(files, folder, save, parts, best, scores.at(-1));
  }

  /** @param translated crops that the generator made */
  async see(step: number, translated: readonly Image[], parameters: TrainingState): Promise<void> {
    const made = pooledStatistics(translated);
    const score = mean(LOCAL_QUANTITIES.map((name) => scaledDistance(this.real[name], made[name])));
    this.last = { step, score };
    if (!this.best || score < this.best.score) {
      this.best = this.last;
      await this.save(step, parameters);
    }
    await this.files.append(inside(this.folder, MODEL.scores), `${JSON.stringify(this.last)}\n`);
  }

  /** The best one. @throws FormatError for a file that is none */
  async kept(report: Pick<Report, "note">): Promise<KeptGenerator> {
    const path = inside(this.folder, MODEL.best);
    const { record, parameters } = decodeModel(await readArrays(this.files, path), path);
    const text = ({ step, score }: ScoredStep): string => `step ${step} (${score.toPrecision(3)})`;
    report.note(
      `kept the generator of ${text(this.best!)}, nearest to held-out parts of the real micrographs; the last: ${text(this.last!)}`,
    );
    return { step: record.step, parameters };
  }

  /** Removes what the finished model holds too. */
  async close(): Promise<void> {
    const path = inside(this.folder, MODEL.best);
    if (await this.files.exists(path)) await this.files.remove(path);
  }
}

/** Local statistics of the patches of all images, in units of their common deviation about their common mean. */
function pooledStatistics(images: readonly Image[]): LocalStatistics {
  const all = images.map(({ data }) => moments(data));
  const average = mean(all.map((each) => each.mean));
  const deviation = Math.sqrt(mean(all.map((each) => each.variance + (each.mean - average) ** 2)));
  const found = images.map(({ data, shape }) =>
    localStatistics({ data: data.map((value) => (value - average) / deviation), shape }, HELD_OUT_PATCH),
  );
  const pooled = (name: (typeof LOCAL_QUANTITIES)[number]): Float64Array =>
    Float64Array.from(found.flatMap((each) => [...each[name]]));
  return {
    mean: pooled("mean"),
    variance: pooled("variance"),
    skewness: pooled("skewness"),
    kurtosis: pooled("kurtosis"),
  };
}
