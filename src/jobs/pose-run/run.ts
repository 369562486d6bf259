import { OptionError } from "../../core/errors.js";
import type { ComputeRuntime, JobContext } from "../../core/ports.js";
import { matrixToEuler } from "../../core/rotation.js";
import { type EstimatedPose, writePosesStar } from "../../io/particles/star-poses.js";
import { PoseEstimator, type ProposedPose } from "../../pose/estimator.js";
import { fromWorking } from "../../pose/image.js";
import { readPoseModel } from "../shared/models/model-files.js";
import { resolveOptions } from "../shared/options/check.js";
import {
  commonScale,
  fieldOf,
  frameOf,
  openPoseParticles,
  type PoseParticles,
  type SeenAs,
  seenParticles,
} from "../shared/particles/pose-particles.js";
import { type PoseRunOptions, poseRunOptions } from "./options.js";

/** Particles that are read at a time. */
const CHUNK = 256;
/** Share of the network's field by which images are kept larger, so that they can be moved for another look. */
const ROOM = 0.5;
/** Of the network's field, what images must show of it. */
const ENOUGH = 0.9;

export interface PoseRunContext extends JobContext {
  readonly runtime: () => Promise<ComputeRuntime>;
}

export interface PoseRunResult {
  readonly out: string;
  readonly particles: number;
  /** Poses of each particle. */
  readonly best: number;
}

/**
 * Writes the poses that a trained encoder sees in particle images.
 *
 * @throws OptionError for more poses than the encoder proposes; FileError, FormatError for an input
 */
export async function runPoses(given: PoseRunOptions, context: PoseRunContext): Promise<PoseRunResult> {
  const { files, report, signal } = context;
  const asked = resolveOptions(poseRunOptions, given);
  const model = await readPoseModel(files, asked.model);
  const { options, workingPixel } = model.record;
  if (options.orientations === 0 && asked.best > options.heads) {
    throw new OptionError(
      "best",
      `found ${asked.best}, expected at most the ${options.heads} poses that ${asked.model} proposes`,
    );
  }
  const particles = await openPoseParticles({ files, report }, asked.particles, options);
  const seenOnce: SeenAs = { workingPixel, side: options.side, ctf: options.ctf };
  const how: SeenAs = asked.looks === 1 ? seenOnce : { ...seenOnce, side: (1 + ROOM) * options.side };
  const field = fieldOf(particles);
  if (field < ENOUGH * options.side * workingPixel) {
    report.warn(
      `${asked.particles}: images are ${field.toFixed(0)} angstrom wide, the network has learned from ${(options.side * workingPixel).toFixed(0)}: cut larger boxes`,
    );
  }
  const scale = options.normaliseEach ? undefined : await commonScale(files, particles, seenOnce);
  const runtime = await context.runtime();
  const estimator = new PoseEstimator(model, runtime);
  const poses: EstimatedPose[][] = [];
  const total = particles.places.length;
  try {
    for (let first = 0; first < total; first += CHUNK) {
      signal.throwIfAborted();
      const rows = Array.from({ length: Math.min(CHUNK, total - first) }, (_, i) => first + i);
      const seen = await seenParticles(files, particles, rows, { ...how, scale });
      for (const [i, proposed] of (await estimator.estimate(seen, asked.best, asked.looks)).entries()) {
        poses.push(proposed.map((pose) => estimated(pose, particles, rows[i]!, how)));
      }
      report.progress({ stage: "poses", done: poses.length, total, unit: "particles" });
    }
  } finally {
    await estimator.close();
  }
  const content = await files.read(asked.particles);
  await files.write(asked.out, writePosesStar(content, asked.particles, particles.set, poses));
  return { out: asked.out, particles: total, best: asked.best };
}

function estimated(
  { rotation, x, y, probability }: ProposedPose,
  particles: PoseParticles,
  row: number,
  how: SeenAs,
): EstimatedPose {
  const frame = frameOf(particles, row, how);
  const angstrom = (at: number): number => -fromWorking(at, frame) * frame.pixelSize;
  return {
    angles: matrixToEuler(rotation),
    origin: { x: angstrom(x), y: angstrom(y) },
    probability,
  };
}
