import { decodeText } from "../bytes/text.js";
import { parseStar } from "../star/parse.js";
import { type StarColumnInput, writeStar } from "../star/write.js";
import type { ParticleSet } from "./particle.js";
import { carriedBlock } from "./star-refined.js";
import { writeParticlesStar } from "./star-write.js";

/** A pose that was told from an image. */
export interface EstimatedPose {
  /** Degrees, ZYZ. */
  readonly angles: { readonly rot: number; readonly tilt: number; readonly psi: number };
  /** Angstrom, from the observation to the reference. */
  readonly origin: { readonly x: number; readonly y: number };
  /** 0 to 1. */
  readonly probability: number;
}

const VALUES: Readonly<Record<string, (pose: EstimatedPose) => number>> = {
  rlnAngleRot: ({ angles }) => angles.rot,
  rlnAngleTilt: ({ angles }) => angles.tilt,
  rlnAnglePsi: ({ angles }) => angles.psi,
  rlnOriginXAngst: ({ origin }) => origin.x,
  rlnOriginYAngst: ({ origin }) => origin.y,
  rlnMaxValueProbDistribution: ({ probability }) => probability,
};
const REPLACED = new Set([...Object.keys(VALUES), "rlnOriginX", "rlnOriginY"]);

/**
 * The STAR file of particles with poses that were told from their images, in RELION's form since 3.1: every label of the file that was
 * read is carried over, those of poses are replaced. A particle with several poses has as many rows, one after the other.
 *
 * @param content of the file that `set` was read from
 * @param poses of each particle, in the file's order
 */
export function writePosesStar(
  content: Uint8Array,
  path: string,
  set: ParticleSet,
  poses: readonly (readonly EstimatedPose[])[],
): string {
  const file = /\.cs$/i.test(path) ? undefined : parseStar(decodeText(content, path), path);
  const source = file?.find("optics") ? file : parseStar(writeParticlesStar(set), path);
  const particles = source.table("particles");
  const rows = poses.flatMap((own, row) => own.map(() => row));
  const columns: Record<string, StarColumnInput> = {};
  for (const label of particles.labels) {
    if (REPLACED.has(label)) continue;
    const values = particles.carried(label);
    columns[label] = rows.map((row) => values[row]!);
  }
  const all = poses.flat();
  for (const [label, value] of Object.entries(VALUES)) columns[label] = all.map(value);
  return writeStar([carriedBlock(source.table("optics")), { name: "particles", columns }]);
}
