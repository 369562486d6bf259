import { FormatError } from "../../core/errors.js";
import type { ReadyParticle } from "./particles.js";
import type { ReconstructPlan } from "./plan.js";
import { RECONSTRUCTION } from "./records.js";

/** Particles of one map. */
export interface ParticlesOfMap {
  readonly name: string;
  readonly particles: readonly ReadyParticle[];
}

/**
 * The half sets, or all particles as one: half sets that are not whole are warned of.
 *
 * @throws FormatError for half sets that are asked for and not there
 */
export function chooseSets(
  particles: readonly ReadyParticle[],
  plan: ReconstructPlan,
  warn: (line: string) => void,
): ParticlesOfMap[] {
  const { half, halves, particles: path } = plan;
  const of = (wanted: 1 | 2): ParticlesOfMap => ({
    name: wanted === 1 ? RECONSTRUCTION.half1 : RECONSTRUCTION.half2,
    particles: particles.filter(({ halfSet }) => halfSet === wanted),
  });
  if (half === undefined && halves === false) return [{ name: RECONSTRUCTION.map, particles }];
  const isAsked = half !== undefined || halves === true;
  const known = particles.filter(({ halfSet }) => halfSet !== undefined).length;
  const sets = [of(1), of(2)];
  if (known === particles.length && sets.every((set) => set.particles.length > 0)) {
    return half === undefined ? sets : [sets[half - 1]!];
  }
  const found = known === 0 ? "none" : known < particles.length ? "not for every particle" : "all in one";
  const [what, expected] = [
    "half sets (rlnRandomSubset, alignments3D/split)",
    "particles in both, 1 and 2",
  ] as const;
  if (isAsked) throw new FormatError(path, what, found, expected);
  if (known > 0) warn(`${path}: ${what}: found ${found}, expected ${expected}: there are no half maps`);
  return [{ name: RECONSTRUCTION.map, particles }];
}
