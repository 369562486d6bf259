import type { Volume } from "../../array/image.js";
import type { Files } from "../../core/ports.js";
import type { RotationMatrix } from "../../core/rotation.js";
import type { ReconstructionGrid } from "../../reconstruct/grid.js";
import { mapFromSums } from "../../reconstruct/map.js";
import { type Accumulated, Accumulation } from "../../reconstruct/refine/accumulation.js";
import { Expectation, type HalfModel, type SearchPlan } from "../../reconstruct/refine/expectation.js";
import type { GreyFit } from "../../reconstruct/refine/grey-scale.js";
import type { Sighting } from "../../reconstruct/refine/sighting.js";
import type { FourierSums } from "../../reconstruct/sums.js";
import type { ParticleStack } from "../shared/particles/particle-stacks.js";
import { readImages, readSearchImages } from "../shared/particles/search-images.js";
import type { SomeParticles } from "../shared/particles/some-particles.js";

/** Some particles of one half. */
export interface Chunk extends SomeParticles {
  /** 0 or 1. */
  readonly half: number;
}

/** What the searches of an iteration share. A particle of half h meets models[h] alone. */
export interface IterationShared {
  readonly stacks: readonly ParticleStack[];
  readonly plan: SearchPlan;
  readonly models: readonly [HalfModel, HalfModel];
  readonly grid: ReconstructionGrid;
}

/** Each thread makes the transforms and tables of a half once. */
const searches = new WeakMap<IterationShared, Expectation[]>();

function searchOf(shared: IterationShared, half: number): Expectation {
  const known = searches.get(shared) ?? [];
  searches.set(shared, known);
  known[half] ??= new Expectation(shared.plan, shared.models[half]!);
  return known[half];
}

/** Task "refine-grey-scale". */
export async function greyScaleTask(
  { half, images, particles }: Chunk,
  shared: IterationShared,
  files: Files,
): Promise<GreyFit[]> {
  const search = searchOf(shared, half);
  const pixels = await readImages(files, shared.stacks, images, shared.plan);
  return particles.map((particle, i) => search.fitGreyScale(pixels[i]!, particle));
}

/** Task "refine-search": where each particle is. */
export async function searchTask(
  { half, images, particles }: Chunk,
  shared: IterationShared,
  files: Files,
): Promise<Sighting[]> {
  const search = searchOf(shared, half);
  const pixels = await readImages(files, shared.stacks, images, shared.plan);
  return particles.map((particle, i) => search.find(pixels[i]!, particle));
}

/** Task "refine-insert": what particles add to the next map of their half. */
export async function insertTask(
  { half, images, particles, sightings }: Chunk & { readonly sightings: readonly Sighting[] },
  { stacks, plan, models, grid }: IterationShared,
  files: Files,
): Promise<Accumulated> {
  const accumulation = new Accumulation(grid, plan, models[half]!);
  for await (const { i, pixels } of readSearchImages(files, stacks, images, plan)) {
    accumulation.add(pixels, particles[i]!, sightings[i]!);
  }
  return accumulation.result();
}

export interface MapInput {
  readonly sums: FourierSums;
  readonly symmetry: readonly RotationMatrix[];
  /** Of each shell: the map is filtered by it. Absent: unfiltered. */
  readonly signalToNoise?: Float64Array;
}

/** Task "refine-map": the map of the sums of one half. */
export function mapTask({ sums, symmetry, signalToNoise }: MapInput): Volume {
  const side = sums.grid.box * sums.grid.voxelSize;
  return mapFromSums(sums, {
    symmetry,
    ...(signalToNoise && {
      signalToNoise: (frequency) =>
        signalToNoise[Math.min(Math.round(frequency * side), signalToNoise.length - 1)]!,
    }),
  });
}
