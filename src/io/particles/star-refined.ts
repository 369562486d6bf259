import { decodeText } from "../bytes/text.js";
import { parseStar } from "../star/parse.js";
import type { StarTable } from "../star/table.js";
import { type StarBlock, type StarColumnInput, writeStar } from "../star/write.js";
import type { ParticleSet } from "./particle.js";
import { writeParticlesStar } from "./star-write.js";

/** What a refinement or a classification knows of one particle. */
export interface RefinedPose {
  /** Degrees, ZYZ. */
  readonly angles: { readonly rot: number; readonly tilt: number; readonly psi: number };
  /** Angstrom, from the observation to the reference. */
  readonly origin: { readonly x: number; readonly y: number };
  /** Absent: the file's own half sets are carried over. */
  readonly halfSet?: 1 | 2;
  /** From 1; absent: 1. */
  readonly classNumber?: number;
  /** Probability of this pose, 0 to 1. */
  readonly confidence: number;
  /** Number of poses that make up nearly all of the probability. */
  readonly significant: number;
  /** Logarithm of the likelihood, but for a constant. */
  readonly evidence: number;
}

/**
 * The STAR file of particles after a refinement, in RELION's form since 3.1: every label of the file that was read is carried
 * over, those of poses and half sets are replaced. A file of RELION 3.0 or cryoSPARC becomes one of 3.1 with the labels that are
 * known here.
 *
 * @param content of the file that `set` was read from
 * @param poses in the file's order
 */
export function writeRefinedStar(
  content: Uint8Array,
  path: string,
  set: ParticleSet,
  poses: readonly RefinedPose[],
): string {
  const file = /\.cs$/i.test(path) ? undefined : parseStar(decodeText(content, path), path);
  const source = file?.find("optics") ? file : parseStar(writeParticlesStar(set), path);
  const optics = source.table("optics");
  const particles = source.table("particles");
  const columns: Record<string, StarColumnInput> = {};
  const values = poses.every(({ halfSet }) => halfSet !== undefined) ? { ...VALUES, ...HALVES } : VALUES;
  const replaced = new Set([...Object.keys(values), "rlnOriginX", "rlnOriginY"]);
  for (const label of particles.labels) if (!replaced.has(label)) columns[label] = particles.carried(label);
  for (const [label, value] of Object.entries(values)) columns[label] = poses.map(value);
  return writeStar([carriedBlock(optics), { name: "particles", columns }]);
}

const VALUES: Readonly<Record<string, (pose: RefinedPose) => number>> = {
  rlnAngleRot: ({ angles }) => angles.rot,
  rlnAngleTilt: ({ angles }) => angles.tilt,
  rlnAnglePsi: ({ angles }) => angles.psi,
  rlnOriginXAngst: ({ origin }) => origin.x,
  rlnOriginYAngst: ({ origin }) => origin.y,
  rlnClassNumber: ({ classNumber }) => classNumber ?? 1,
  rlnNormCorrection: () => 1,
  rlnLogLikeliContribution: ({ evidence }) => evidence,
  rlnMaxValueProbDistribution: ({ confidence }) => confidence,
  rlnNrOfSignificantSamples: ({ significant }) => significant,
};
const HALVES: typeof VALUES = { rlnRandomSubset: ({ halfSet }) => halfSet! };

/** A block with every label as it was read. */
export function carriedBlock(table: StarTable): StarBlock {
  const columns: Record<string, StarColumnInput> = {};
  for (const label of table.labels) columns[label] = table.carried(label);
  return { name: table.name, columns };
}
