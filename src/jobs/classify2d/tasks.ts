import type { Files } from "../../core/ports.js";
import { ClassAccumulation } from "../../reconstruct/classify/class-accumulation.js";
import type { ClassModel, ClassPlan, ClassSums } from "../../reconstruct/classify/class-model.js";
import { ClassSearch } from "../../reconstruct/classify/class-search.js";
import type { Sighting } from "../../reconstruct/refine/sighting.js";
import type { ParticleStack } from "../shared/particles/particle-stacks.js";
import { readImages, readSearchImages } from "../shared/particles/search-images.js";
import type { SomeParticles } from "../shared/particles/some-particles.js";

/** What the tasks of an iteration share. */
export interface ClassifyShared {
  readonly stacks: readonly ParticleStack[];
  readonly plan: ClassPlan;
  readonly model: ClassModel;
}

/** Each thread makes the transforms of the averages once. */
const searches = new WeakMap<ClassifyShared, ClassSearch>();

/** Task "classify-search": the class and place of each particle. */
export async function searchTask(
  { images, particles }: SomeParticles,
  shared: ClassifyShared,
  files: Files,
): Promise<Sighting[]> {
  const search = searches.get(shared) ?? new ClassSearch(shared.plan, shared.model);
  searches.set(shared, search);
  const pixels = await readImages(files, shared.stacks, images, shared.plan);
  return particles.map((particle, i) => search.find(pixels[i]!, particle));
}

export interface SightedParticles extends SomeParticles {
  readonly sightings: readonly Sighting[];
  /** 0 or 1 for each particle: the half of its class in which it is averaged. */
  readonly halves: readonly number[];
}

/** Task "classify-insert": what particles add to the next averages. */
export async function insertTask(
  { images, particles, sightings, halves }: SightedParticles,
  { stacks, plan, model }: ClassifyShared,
  files: Files,
): Promise<ClassSums> {
  const accumulation = new ClassAccumulation(plan, model);
  for await (const { i, pixels } of readSearchImages(files, stacks, images, plan)) {
    accumulation.add(pixels, particles[i]!, sightings[i]!, halves[i]!);
  }
  return accumulation.result();
}
