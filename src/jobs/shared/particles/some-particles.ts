import type { RefinedParticle } from "../../../reconstruct/refine/particle-image.js";
import type { SearchImage } from "./search-images.js";

/** Some particles that a task works on. */
export interface SomeParticles {
  readonly images: readonly SearchImage[];
  readonly particles: readonly RefinedParticle[];
}

/** The particles of some rows. */
export const someParticles = (
  { images, particles }: SomeParticles,
  rows: readonly number[],
): SomeParticles => ({
  images: rows.map((row) => images[row]!),
  particles: rows.map((row) => particles[row]!),
});

/** Rows in runs of a size, in their order; the last may be shorter. */
export const runsOf = (rows: readonly number[], size: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));
