import { fourierResample } from "../../array/fft/resample.js";
import type { Volume } from "../../array/image.js";
import type { Files } from "../../core/ports.js";
import type { RotationMatrix } from "../../core/rotation.js";
import type { ReconstructionGrid } from "../../reconstruct/grid.js";
import { mapFromSums } from "../../reconstruct/map.js";
import { type Accumulated, Accumulation } from "../../reconstruct/refine/accumulation.js";
import { Expectation, type HalfModel, type SearchPlan } from "../../reconstruct/refine/expectation.js";
import type { Sighting } from "../../reconstruct/refine/sighting.js";
import { type Surveyed, surveyImages } from "../../reconstruct/refine/survey.js";
import type { FourierSums } from "../../reconstruct/sums.js";
import type { ParticleStack } from "../shared/particles/particle-stacks.js";
import { readImages, type Sampling } from "../shared/particles/search-images.js";
import type { SomeParticles } from "../shared/particles/some-particles.js";

/** Images of a stack are made smaller before anything else: a coarse map needs no more. */
export interface SmallImages {
  readonly stacks: readonly ParticleStack[];
  /** Of the images as they are read. */
  readonly stored: Sampling;
}

export interface StepShared extends SmallImages {
  /** Of the small images. */
  readonly plan: SearchPlan;
  readonly model: HalfModel;
  readonly grid: ReconstructionGrid;
}

export interface SmallSurveyShared extends SmallImages {
  readonly plan: Pick<SearchPlan, "box" | "pixelSize" | "diameter">;
  /** Number of optics groups. */
  readonly groups: number;
}

async function smallImages(
  files: Files,
  { stacks, stored }: SmallImages,
  box: number,
  { images }: SomeParticles,
): Promise<Float32Array[]> {
  const all = await readImages(files, stacks, images, stored);
  if (box === stored.box) return all;
  const shape = [stored.box, stored.box] as const;
  return all.map((data) => fourierResample({ data, shape }, [box, box]).data);
}

/** Task "initial-survey": the whole power of the small images. */
export async function surveyTask(
  some: SomeParticles,
  shared: SmallSurveyShared,
  files: Files,
): Promise<Surveyed> {
  const images = await smallImages(files, shared, shared.plan.box, some);
  return surveyImages(images, some.particles, shared.plan, shared.groups);
}

/** Particles of a batch. Without sightings they are looked for in the maps first. */
export interface BatchPart extends SomeParticles {
  readonly sightings?: readonly Sighting[];
}

/** What the particles of a part add to the maps, and where each was seen. */
export interface BatchResult extends Accumulated {
  readonly best: readonly (Omit<Sighting, "views" | "shifts" | "probability"> & {
    readonly best: Sighting["best"];
  })[];
}

/** Each thread makes the transforms of the maps once a step. */
const searches = new WeakMap<StepShared, Expectation>();

/** Task "initial-step". */
export async function stepTask(part: BatchPart, shared: StepShared, files: Files): Promise<BatchResult> {
  const { plan, model, grid } = shared;
  const images = await smallImages(files, shared, plan.box, part);
  let sightings = part.sightings;
  if (!sightings) {
    const search = searches.get(shared) ?? new Expectation(plan, model);
    searches.set(shared, search);
    sightings = part.particles.map((particle, i) => search.find(images[i]!, particle));
  }
  const accumulation = new Accumulation(grid, plan, model);
  for (const [i, particle] of part.particles.entries()) {
    accumulation.add(images[i]!, particle, sightings[i]!);
  }
  const best = sightings.map(({ views: _, shifts: __, probability: ___, ...rest }) => rest);
  return { ...accumulation.result(), best };
}

export interface ModelMapInput {
  readonly sums: FourierSums;
  readonly symmetry: readonly RotationMatrix[];
  readonly signalToNoise: number;
}

/** Task "initial-map": the map of the sums of one model. */
export const mapTask = ({ sums, symmetry, signalToNoise }: ModelMapInput): Volume =>
  mapFromSums(sums, { symmetry, gridding: "none", signalToNoise: () => signalToNoise });
