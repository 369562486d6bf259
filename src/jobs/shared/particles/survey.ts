import { mean, quantile, standardDeviation } from "../../../array/statistics.js";
import type { Files } from "../../../core/ports.js";
import type { SearchPlan } from "../../../reconstruct/refine/expectation.js";
import { type Surveyed, surveyImages } from "../../../reconstruct/refine/survey.js";
import type { DatasetContext } from "../context.js";
import type { ParticleStack } from "./particle-stacks.js";
import { readImages } from "./search-images.js";
import type { SearchInputs } from "./search-inputs.js";
import type { SomeParticles } from "./some-particles.js";

export interface SurveyShared {
  readonly stacks: readonly ParticleStack[];
  readonly plan: Pick<SearchPlan, "box" | "pixelSize" | "diameter">;
  /** Number of optics groups. */
  readonly groups: number;
}

/** Task "survey-images". */
export async function surveyTask(
  { images, particles }: SomeParticles,
  { stacks, plan, groups }: SurveyShared,
  files: Files,
): Promise<Surveyed> {
  return surveyImages(await readImages(files, stacks, images, plan), particles, plan, groups);
}

/** Ratio of the deviations of the background, at the 5th and 95th percentile, from which images are not normalised. */
const UNEVEN = 1.5;

/**
 * What images say before anything is searched, part by part. Warns where they are not normalised.
 *
 * @param diameter pixels across the particle
 */
export async function surveyParticles(
  { stacks, box, pixelSize, set }: SearchInputs,
  diameter: number,
  parts: readonly SomeParticles[],
  { workers, report, signal }: DatasetContext,
): Promise<Surveyed[]> {
  const total = set.particles.length;
  const shared: SurveyShared = { stacks, plan: { box, pixelSize, diameter }, groups: set.optics.length };
  let done = 0;
  const found = await workers.map("survey-images", parts, {
    ...{ signal, shared },
    onResult: ({ deviations }) => {
      done += deviations.length;
      report.progress({ stage: "look at images", done, total, unit: "particles" });
    },
  });
  const spread = found.flatMap(({ deviations }) => deviations).filter(Number.isFinite);
  if (spread.length > 0 && quantile(spread, 0.95) > UNEVEN * quantile(spread, 0.05)) {
    report.warn(
      "the background of the images differs in strength between particles: normalise them, as with extract --normalise",
    );
  }
  const doubt = imageContrastDoubt(found);
  if (doubt) report.warn(doubt);
  return found;
}

/** Standard errors by which particles lie below their background, on average, where they are taken for dark. */
const CLEARLY_DARK = 10;

/**
 * What to say of images in which protein is dark; undefined where it is white. White protein of real micrographs lay 48 (1,581
 * particles of apoferritin) and 52 (413 ribosomes) standard errors above its background.
 */
export function imageContrastDoubt(found: readonly Surveyed[]): string | undefined {
  const contrasts = found.flatMap((part) => part.contrasts);
  const error = standardDeviation(contrasts) / Math.sqrt(contrasts.length);
  if (!(mean(contrasts) < -CLEARLY_DARK * error)) return undefined;
  return "the particles are darker than their background: protein is to be white, as extract writes it without --no-invert";
}
