import type { Volume } from "../../array/image.js";
import type { Files } from "../../core/ports.js";
import { eulerToMatrix, type RotationMatrix } from "../../core/rotation.js";
import type { FscTable } from "../../io/read-fsc.js";
import { transferAt } from "../../io/transfer-curve.js";
import { BackProjector } from "../../reconstruct/back-projector.js";
import type { ReconstructionGrid } from "../../reconstruct/grid.js";
import { mapFromSums } from "../../reconstruct/map.js";
import type { ImageGroup, ParticleView } from "../../reconstruct/slice.js";
import { addSums, type FourierSums } from "../../reconstruct/sums.js";
import { type ParticleStack, readStackBatches, refuseBlank } from "../shared/particles/particle-stacks.js";
import type { GroupRecord, ReadyParticle } from "./particles.js";
import { signalToNoiseOf } from "./wiener.js";

/** What the task "reconstruct-sums" shares. */
export interface SumsShared {
  readonly grid: ReconstructionGrid;
  readonly stacks: readonly ParticleStack[];
  readonly groups: readonly GroupRecord[];
  /** In shared memory, where there is any: particles added so far by all workers. */
  readonly count: Int32Array;
}

/** Kept, because a new one for every part of the work would take its memory again before the old one's is free. */
let kept: BackProjector | undefined;

/** Task "reconstruct-sums": adds up particles, whose images are read as they are needed. */
export async function addParticlesTask(
  particles: readonly ReadyParticle[],
  { grid, stacks, groups, count }: SumsShared,
  files: Files,
): Promise<FourierSums> {
  if (kept && sameGrid(kept.grid, grid)) kept.clear();
  else kept = new BackProjector(grid);
  const imageGroups = groups.map(imageGroup);
  for await (const images of readStackBatches(files, stacks, particles.length, (i) => particles[i]!)) {
    for (const { i, pixels } of images) {
      const particle = particles[i]!;
      refuseBlank(pixels, particle, stacks);
      const record = groups[particle.group]!;
      const scale = particle.defocus?.scale ?? 1;
      // RELION's transforms are means over the box: so is the balance of groups with boxes of several sizes
      const factor = ((record.isDark ? -1 : 1) / scale) * (grid.box / record.box) ** 2;
      if (factor !== 1) for (let p = 0; p < pixels.length; p++) pixels[p]! *= factor;
      kept.addParticle(pixels, imageGroups[particle.group]!, viewOf(particle, record, scale));
    }
    Atomics.add(count, 0, images.length);
  }
  return kept.sums();
}

/** What the task "reconstruct-map" shares. */
export interface MapShared {
  /** Of each half set, or of all particles. */
  readonly sums: readonly FourierSums[];
  readonly gridding: "iterative" | "none";
  readonly symmetry: readonly RotationMatrix[];
  readonly fsc?: FscTable;
}

/** Task "reconstruct-map": the map of one of the sums, or of several together. */
export function makeMapTask(parts: readonly number[], { sums, gridding, symmetry, fsc }: MapShared): Volume {
  // its memory is needed for the map
  kept = undefined;
  const [first, ...others] = parts.map((part) => sums[part]!);
  const whole = others.length === 0 ? first! : copyOf(first!);
  for (const other of others) addSums(whole, other);
  return mapFromSums(whole, {
    ...{ gridding, symmetry },
    ...(fsc && { signalToNoise: signalToNoiseOf(fsc) }),
  });
}

const copyOf = ({ grid, data, weight }: FourierSums): FourierSums => ({
  ...{ grid, data: data.slice(), weight: weight.slice() },
});

const sameGrid = (a: ReconstructionGrid, b: ReconstructionGrid): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function imageGroup({ box, pixelSize, mtf }: GroupRecord): ImageGroup {
  if (!mtf) return { box, pixelSize };
  return { box, pixelSize, mtf: (frequency) => transferAt(mtf, frequency) };
}

/** A CTF multiplied by `scale` is in the data once and in the weights twice; the pixels are divided by it. */
function viewOf({ angles, origin, defocus }: ReadyParticle, group: GroupRecord, scale: number): ParticleView {
  const { pixelSize, voltage, sphericalAberration, amplitudeContrast } = group;
  return {
    matrix: eulerToMatrix(angles),
    shiftX: -origin.x / pixelSize,
    shiftY: -origin.y / pixelSize,
    weight: scale * scale,
    ...(defocus && { ctf: { voltage, sphericalAberration, amplitudeContrast, ...defocus } }),
  };
}
