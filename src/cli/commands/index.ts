import { Command } from "commander";
import { binCommand } from "../../jobs/bin/options.js";
import { checkCommand } from "../../jobs/check/options.js";
import { classify2dCommand } from "../../jobs/classify2d/options.js";
import { compareCommand } from "../../jobs/compare/options.js";
import { completionCommand } from "../../jobs/completion/options.js";
import { conformationsCommand } from "../../jobs/conformations/options.js";
import { controlCommand } from "../../jobs/control/options.js";
import { demoCommand } from "../../jobs/demo/options.js";
import { estimateCommand } from "../../jobs/estimate/options.js";
import { evaluateCommand } from "../../jobs/evaluate/options.js";
import { exportCommand } from "../../jobs/export/options.js";
import { extractCommand } from "../../jobs/extract/options.js";
import { fscCommand } from "../../jobs/fsc/options.js";
import { generateCommand } from "../../jobs/generate/options.js";
import { infoCommand } from "../../jobs/info/options.js";
import { initCommand } from "../../jobs/init/options.js";
import { initialModelCommand } from "../../jobs/initial-model/options.js";
import { joinCommand } from "../../jobs/join/options.js";
import { maskCommand } from "../../jobs/mask/options.js";
import { pickRunCommand } from "../../jobs/pick-run/options.js";
import { pickScoreCommand } from "../../jobs/pick-score/options.js";
import { pickTrainCommand } from "../../jobs/pick-train/options.js";
import { poseRunCommand } from "../../jobs/pose-run/options.js";
import { poseScoreCommand } from "../../jobs/pose-score/options.js";
import { poseTrainCommand } from "../../jobs/pose-train/options.js";
import { postprocessCommand } from "../../jobs/postprocess/options.js";
import { potentialCommand } from "../../jobs/potential/options.js";
import { reconstructCommand } from "../../jobs/reconstruct/options.js";
import { refineCommand } from "../../jobs/refine/options.js";
import { relionCommand } from "../../jobs/relion/options.js";
import { runCommand } from "../../jobs/run/options.js";
import { similarityCommand } from "../../jobs/similarity/options.js";
import { simulateCommand } from "../../jobs/simulate/options.js";
import { submitCommand } from "../../jobs/submit/options.js";
import { trainCommand } from "../../jobs/train/options.js";
import { viewCommand } from "../../jobs/view/options.js";
import { type CommandEntry, entry } from "../command.js";

/** Every command, in the order of the help. Its work is loaded when it runs, so that --help stays fast. */
export const entries: readonly CommandEntry[] = [
  entry(demoCommand, () => import("./demo.js")),
  entry(initCommand, () => import("./init.js")),
  entry(checkCommand, () => import("./check.js")),
  entry(runCommand, () => import("./run.js")),
  entry(compareCommand, () => import("./compare.js")),
  entry(binCommand, () => import("./bin.js")),
  entry(estimateCommand, () => import("./estimate.js")),
  entry(potentialCommand, () => import("./potential.js")),
  entry(conformationsCommand, () => import("./conformations.js")),
  entry(simulateCommand, () => import("./simulate.js")),
  entry(trainCommand, () => import("./train.js")),
  entry(generateCommand, () => import("./generate.js")),
  entry(pickTrainCommand, () => import("./pick-train.js")),
  entry(pickRunCommand, () => import("./pick-run.js")),
  entry(pickScoreCommand, () => import("./pick-score.js")),
  entry(extractCommand, () => import("./extract.js")),
  entry(classify2dCommand, () => import("./classify2d.js")),
  entry(initialModelCommand, () => import("./initial-model.js")),
  entry(reconstructCommand, () => import("./reconstruct.js")),
  entry(poseTrainCommand, () => import("./pose-train.js")),
  entry(poseRunCommand, () => import("./pose-run.js")),
  entry(poseScoreCommand, () => import("./pose-score.js")),
  entry(refineCommand, () => import("./refine.js")),
  entry(joinCommand, () => import("./join.js")),
  entry(submitCommand, () => import("./submit.js")),
  entry(controlCommand, () => import("./control.js")),
  entry(evaluateCommand, () => import("./evaluate-realism.js")),
  entry(similarityCommand, () => import("./similarity.js")),
  entry(maskCommand, () => import("./mask.js")),
  entry(postprocessCommand, () => import("./postprocess.js")),
  entry(fscCommand, () => import("./fsc.js")),
  entry(exportCommand, () => import("./export.js")),
  entry(relionCommand, () => import("./relion.js")),
  entry(infoCommand, () => import("./info.js")),
  entry(viewCommand, () => import("./view.js")),
  entry(completionCommand, () => import("./completion.js")),
];

/** What commands of two words have in common, by their first word. */
const groups: Readonly<Record<string, string>> = {
  pick: "Find particles in micrographs: train a picker, run one, score picks.",
  pose: "Orientations of particles: train a network, run one, score poses.",
  evaluate: "Score results by a stated protocol.",
};

/**
 * Adds every command to the program, those of two words below their first.
 *
 * @param words of the command line: commands that are not among them are made without options, which takes less time (default: all
 * are made whole)
 */
export function addCommands(program: Command, words?: readonly string[]): void {
  const made = new Map<string, Command>();
  for (const { spec, build } of entries) {
    const [first, second] = spec.name.split(" ");
    const command = build(entries, words?.includes(second ?? first!) ?? true);
    if (second === undefined) {
      program.addCommand(command);
      continue;
    }
    const group = made.get(first!) ?? new Command(first).description(groups[first!]!);
    if (!made.has(first!)) program.addCommand(group);
    made.set(first!, group.addCommand(command));
  }
}
