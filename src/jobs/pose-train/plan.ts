import { OptionError } from "../../core/errors.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { POSE_PRESETS, type PoseOptions } from "../../pose/options.js";
import { recordOf, resolveOptions } from "../shared/options/check.js";
import { checkedByFormula } from "../shared/options/refusal.js";
import { type PoseTrainOptions, poseTrainOptions } from "./options.js";

export type { PoseTrainOptions } from "./options.js";

/** A training decided as far as that needs no file. */
export interface PoseTrainPlan {
  readonly particles: readonly string[];
  readonly out: string;
  /** Angstrom; absent: the first file's. */
  readonly field: number | undefined;
  readonly options: PoseOptions;
  readonly validation: number;
  readonly every: number;
  readonly resume: boolean;
  /** What training.json records of the options, and of what follows from them. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Checkpoints that a training makes unless told otherwise. */
const CHECKPOINTS = 10;

/** @throws OptionError for an option out of its range, and for one that would do nothing */
export function planPoseTraining(given: PoseTrainOptions): PoseTrainPlan {
  const asked = resolveOptions(poseTrainOptions, given);
  const symmetry = asked.symmetry.trim().toUpperCase();
  checkedByFormula(() => symmetryOperators(symmetry));
  const preset = POSE_PRESETS[asked.preset];
  const options: PoseOptions = {
    ...preset,
    side: asked.side === undefined ? preset.side : (Number(asked.side) as PoseOptions["side"]),
    width: asked.width ?? preset.width,
    heads: asked.heads ?? preset.heads,
    ctf: asked.ctf ?? preset.ctf,
    batch: asked.batch ?? preset.batch,
    steps: asked.steps ?? preset.steps,
    learningRate: asked.learningRate ?? preset.learningRate,
    turns: asked.turns ?? preset.turns,
    moves: asked.moves ?? preset.moves,
    noise: asked.noise ?? preset.noise,
    contrast: asked.contrast ?? preset.contrast,
    defocus: asked.defocus ?? (asked.ctf === "none" ? 0 : preset.defocus),
    ...{ symmetry, seed: asked.seed },
  };
  if (options.ctf === "none" && options.defocus > 0) {
    throw new OptionError(
      "defocus",
      "found with `ctf` none, expected it where the network is told of the CTF",
    );
  }
  return {
    particles: asked.particles,
    out: asked.out,
    field: asked.field,
    options,
    validation: asked.validation,
    every: asked.every ?? Math.max(1, Math.round(options.steps / CHECKPOINTS)),
    resume: asked.resume,
    record: { ...recordOf(poseTrainOptions, asked), ...options },
  };
}
