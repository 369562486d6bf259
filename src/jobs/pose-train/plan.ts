import { OptionError } from "../../core/errors.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { POSE_PRESETS, type PoseOptions } from "../../pose/options.js";
import { recordOf, resolveOptions } from "../shared/options/check.js";
import { checkedByFormula } from "../shared/options/refusal.js";
import { type PoseTrainOptions, poseTrainOptions, type ResolvedPoseTrainOptions } from "./options.js";

export type { PoseTrainOptions } from "./options.js";

/** A training as decided from its options, before any file is read. */
export interface PoseTrainPlan {
  /** Files of particle images, or folders of datasets. */
  readonly particles: readonly string[];
  /** Of which particles are simulated. */
  readonly map: string | undefined;
  readonly out: string;
  /** Angstrom; absent: the first file's. */
  readonly field: number | undefined;
  /** Angstrom, or 0; absent: by the options' periods. */
  readonly resolution: number | undefined;
  /** Angstrom; absent: `movesShare` of the field. */
  readonly moves: number | undefined;
  readonly movesShare: number;
  readonly options: Omit<PoseOptions, "moves">;
  readonly validation: number;
  readonly every: number;
  readonly resume: boolean;
  /** What training.json records of the options, and of what follows from them. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Checkpoints that a training makes unless told otherwise. */
const CHECKPOINTS = 10;

/** Share of the micrographs whose particles are kept to validate, unless told otherwise. */
const VALIDATION = 0.05;

/** Decides a training from its options. @throws OptionError for an option out of its range, and for one that would do nothing */
export function planPoseTraining(given: PoseTrainOptions): PoseTrainPlan {
  const asked = resolveOptions(poseTrainOptions, given);
  const symmetry = asked.symmetry.trim().toUpperCase();
  checkedByFormula(() => symmetryOperators(symmetry));
  const { movesShare, ...preset } = POSE_PRESETS[asked.preset];
  const { map } = asked;
  refuseUseless(asked);
  // what the particles themselves do not bring along
  const changes =
    map === undefined
      ? { turns: asked.turns ?? preset.turns, noise: asked.noise ?? preset.noise }
      : { turns: false, noise: 0 };
  const options: Omit<PoseOptions, "moves"> = {
    ...preset,
    side: asked.side === undefined ? preset.side : (Number(asked.side) as PoseOptions["side"]),
    network: asked.network ?? preset.network,
    width: asked.width ?? preset.width,
    orientations: asked.orientations ?? (asked.heads === undefined ? preset.orientations : 0),
    heads: asked.heads ?? preset.heads,
    ctf: asked.ctf ?? preset.ctf,
    periods: preset.periods,
    batch: asked.batch ?? preset.batch,
    steps: asked.steps ?? preset.steps,
    learningRate: asked.learningRate ?? preset.learningRate,
    ...changes,
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
    map,
    out: asked.out,
    field: asked.field,
    resolution: asked.resolution,
    moves: asked.moves,
    // simulated particles lie in the middle unless they are moved
    movesShare: map === undefined ? movesShare : POSE_PRESETS.quick.movesShare,
    options,
    validation: asked.validation ?? VALIDATION,
    every: asked.every ?? Math.max(1, Math.round(options.steps / CHECKPOINTS)),
    resume: asked.resume,
    record: { ...recordOf(poseTrainOptions, asked), ...options },
  };
}

/** The options of a training whose field, angstrom, is known. */
export function optionsFor(plan: PoseTrainPlan, field: number): PoseOptions {
  const options = { ...plan.options, moves: plan.moves ?? plan.movesShare * field };
  if (plan.resolution === undefined) return options;
  return { ...options, periods: plan.resolution === 0 ? 0 : Math.floor(field / plan.resolution) };
}

/** @throws OptionError for an option that would do nothing beside another */
function refuseUseless({
  map,
  particles,
  heads,
  orientations,
  turns,
  noise,
  validation,
}: ResolvedPoseTrainOptions): void {
  if (heads !== undefined && orientations !== undefined && orientations > 0) {
    throw new OptionError("heads", "found with `orientations`, expected one of them");
  }
  if (map === undefined) return;
  if (particles.length > 1) {
    throw new OptionError("particles", `found ${particles.length} files with \`map\`, expected one`);
  }
  for (const [name, value] of Object.entries({ turns, noise, validation })) {
    if (value !== undefined) {
      throw new OptionError(
        name,
        "found with `map`, expected it without: particles are simulated anew at every step",
      );
    }
  }
}
