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
import { variantsCommand } from "../../jobs/variants/options.js";
import { viewCommand } from "../../jobs/view/options.js";
import { type CommandEntry, entry } from "../command.js";

/** Commands that the help lists under one title, in its order. */
interface Chapter {
  readonly title: string;
  readonly entries: readonly CommandEntry[];
}

/** Every command. The work of each is loaded when it runs, so that --help stays fast. */
const chapters: readonly Chapter[] = [
  {
    title: "A whole project:",
    entries: [
      entry(demoCommand, () => import("./project/demo.js")),
      entry(initCommand, () => import("./project/init.js")),
      entry(checkCommand, () => import("./project/check.js")),
      entry(runCommand, () => import("./project/run.js")),
      entry(compareCommand, () => import("./project/compare.js")),
    ],
  },
  {
    title: "Synthetic micrographs:",
    entries: [
      entry(binCommand, () => import("./micrographs/bin.js")),
      entry(estimateCommand, () => import("./micrographs/estimate.js")),
      entry(potentialCommand, () => import("./micrographs/potential.js")),
      entry(conformationsCommand, () => import("./micrographs/conformations.js")),
      entry(variantsCommand, () => import("./micrographs/variants.js")),
      entry(simulateCommand, () => import("./micrographs/simulate.js")),
      entry(trainCommand, () => import("./micrographs/train.js")),
      entry(generateCommand, () => import("./micrographs/generate.js")),
    ],
  },
  {
    title: "Particles:",
    entries: [
      entry(pickTrainCommand, () => import("./particles/pick-train.js")),
      entry(pickRunCommand, () => import("./particles/pick-run.js")),
      entry(pickScoreCommand, () => import("./particles/pick-score.js")),
      entry(extractCommand, () => import("./particles/extract.js")),
      entry(classify2dCommand, () => import("./particles/classify2d.js")),
      entry(poseTrainCommand, () => import("./particles/pose-train.js")),
      entry(poseRunCommand, () => import("./particles/pose-run.js")),
      entry(poseScoreCommand, () => import("./particles/pose-score.js")),
    ],
  },
  {
    title: "Maps:",
    entries: [
      entry(initialModelCommand, () => import("./maps/initial-model.js")),
      entry(reconstructCommand, () => import("./maps/reconstruct.js")),
      entry(refineCommand, () => import("./maps/refine.js")),
      entry(maskCommand, () => import("./maps/mask.js")),
      entry(postprocessCommand, () => import("./maps/postprocess.js")),
      entry(fscCommand, () => import("./maps/fsc.js")),
    ],
  },
  {
    title: "Clusters:",
    entries: [
      entry(joinCommand, () => import("./cluster/join.js")),
      entry(submitCommand, () => import("./cluster/submit.js")),
    ],
  },
  {
    title: "Controls and scores:",
    entries: [
      entry(controlCommand, () => import("./scores/control.js")),
      entry(evaluateCommand, () => import("./scores/evaluate-realism.js")),
      entry(similarityCommand, () => import("./scores/similarity.js")),
    ],
  },
  {
    title: "Files and other programs:",
    entries: [
      entry(exportCommand, () => import("./files/export.js")),
      entry(relionCommand, () => import("./files/relion.js")),
      entry(infoCommand, () => import("./files/info.js")),
      entry(viewCommand, () => import("./files/view.js")),
      entry(completionCommand, () => import("./files/completion.js")),
    ],
  },
];

/** Every command, in the order of the help. */
export const entries: readonly CommandEntry[] = chapters.flatMap((chapter) => chapter.entries);

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
  for (const { title, entries: ofChapter } of chapters) {
    program.commandsGroup(title);
    for (const { spec, build } of ofChapter) {
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
  program.commandsGroup("Help:").helpCommand(true);
}
