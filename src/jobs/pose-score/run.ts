import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { inside } from "../../dataset/layout.js";
import { constantPoses, randomPoses } from "../../evaluate/poses/floors.js";
import { type PoseScores, scorePoses } from "../../evaluate/poses/poses.js";
import { namesOf } from "../evaluate/plan.js";
import { resolveOptions } from "../shared/options/check.js";
import { checkedByFormula } from "../shared/options/refusal.js";
import { type PoseScoreOptions, poseScoreOptions } from "./options.js";
import { commonImages, readPoses } from "./read.js";
import { type PoseScoreResult, summaryOf } from "./result.js";
import { angleChart, particlesCsv, protocolOf, scoresCsv } from "./text.js";

/** Files that `pose score` writes. */
export const POSE_SCORES = {
  scores: "scores.csv",
  particles: "particles.csv",
  figure: "angles.svg",
  protocol: "protocol.txt",
  result: "scores.json",
} as const;

/**
 * Scores poses against true ones by the protocol of `scorePoses`, beside random poses and the best constant one.
 *
 * @throws OptionError for an option out of its range, UsageError where no images are in all files; FileError, FormatError
 */
export async function scorePoseFiles(given: PoseScoreOptions, context: JobContext): Promise<PoseScoreResult> {
  const { report } = context;
  const options = resolveOptions(poseScoreOptions, given);
  const operators = checkedByFormula(() => symmetryOperators(options.symmetry));
  const truth = await readPoses(context, options.truth);
  const others = [];
  for (const path of options.poses) others.push(await readPoses(context, path));
  const images = commonImages(truth, others, report);
  const truths = images.map((image) => truth.poses.get(image)!);
  const score = (poses: Parameters<typeof scorePoses>[0]): PoseScores => scorePoses(poses, truths, operators);
  const titles = namesOf(options.poses, "poses");
  const result: PoseScoreResult = {
    protocol: protocolOf(options, images.length, truth.pixelSize),
    pixelSize: truth.pixelSize,
    images,
    rows: [
      ...others.map(({ poses }, i) => ({
        name: titles[i]!,
        scores: score(images.map((image) => poses.get(image)!)),
      })),
      { name: "constant pose", scores: score(constantPoses(truths)) },
      { name: "random poses", scores: score(randomPoses(truths, Random.of(options.seed, "random poses"))) },
    ],
  };
  if (options.out !== undefined) await writeScores(result, options.out, context);
  return result;
}

async function writeScores(result: PoseScoreResult, out: string, { files }: JobContext): Promise<void> {
  const write = (name: string, text: string): Promise<void> => files.write(inside(out, name), text);
  await write(POSE_SCORES.scores, scoresCsv(result));
  await write(POSE_SCORES.particles, particlesCsv(result));
  await write(POSE_SCORES.figure, angleChart(result));
  await write(POSE_SCORES.protocol, `${result.protocol}\n`);
  await write(POSE_SCORES.result, `${JSON.stringify(summaryOf(result), null, 2)}\n`);
}
