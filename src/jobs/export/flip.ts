import type { ParticleSet } from "../../io/particles/particle.js";
import { LABEL } from "../../io/star/names.js";
import type { StarBlock } from "../../io/star/write.js";

/** The same particles with their places in micrographs whose rows run the other way; images and angles stay. */
export function flipSet(set: ParticleSet, rows: number | undefined): ParticleSet {
  if (rows === undefined) return set;
  const particles = set.particles.map((particle) =>
    particle.y === undefined ? particle : { ...particle, y: rows - 1 - particle.y },
  );
  return { ...set, particles };
}

/** STAR blocks with the same done to rlnCoordinateY. */
export function flipBlocks(blocks: readonly StarBlock[], rows: number | undefined): readonly StarBlock[] {
  if (rows === undefined) return blocks;
  return blocks.map((block) => {
    const column = block.columns[LABEL.y];
    if (!column) return block;
    const turned = Array.from(column as ArrayLike<number | string>, (y) =>
      typeof y === "number" ? rows - 1 - y : y,
    );
    return { ...block, columns: { ...block.columns, rlnCoordinateY: turned } };
  });
}
