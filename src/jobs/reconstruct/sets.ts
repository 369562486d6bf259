import { FormatError } from "../../core/errors.js";
import type { ReadyParticle } from "./particles.js";
import type { ReconstructPlan } from "./plan.js";
import { RECONSTRUCTION } from "./records.js";

/** Particles of one map. */
export interface ParticlesOfMap {
  readonly name: string;
  readonly particles: readonly ReadyParticle[];
}

/** The half sets, or all particles as one. @throws FormatError for half sets that are asked for and not there */
export function chooseSets(particles: readonly ReadyParticle[], plan: ReconstructPlan): ParticlesOfMap[] {
  const { half, halves, particles: path } = plan;
  const of = (wanted: 1 | 2): ParticlesOfMap => ({
    name: wanted === 1 ? RECONSTRUCTION.half1 : RECONSTRUCTION.half2,
    particles: particles.filter(({ halfSet }) => halfSet === wanted),
  });
  const refuse = (found: string): never => {
    throw new FormatError(
      path,
      "half sets (rlnRandomSubset, alignments3D/split)",
      found,
      "particles in both, 1 and 2",
    );
  };
  if (half === undefined && halves === false) return [{ name: RECONSTRUCTION.map, particles }];
  const isAsked = half !== undefined || halves === true;
  const known = particles.filter(({ halfSet }) => halfSet !== undefined).length;
  const sets = [of(1), of(2)];
  if (known === particles.length && sets.every((set) => set.particles.length > 0)) {
    return half === undefined ? sets : [sets[half - 1]!];
  }
  if (isAsked)
    refuse(known === 0 ? "none" : known < particles.length ? "not for every particle" : "all in one");
  return [{ name: RECONSTRUCTION.map, particles }];
}
