import type { Command } from "commander";
import type { JobContext } from "../../core/ports.js";
import type { PickScoreOptions } from "../../jobs/pick-score/result.js";
import type { Result } from "../command.js";
import { numberIn, sizeIn } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

type Options = PickScoreOptions & { readonly json?: boolean };

/** `cryogem pick score`. */
export function pickScore(): Command {
  return jobCommand("score", "Score picks against true positions: precision, recall, F1, AUPRC.")
    .requiredOption(
      "--picks <paths...>",
      "each a picker's: a folder that `pick run` wrote, a folder of coordinate files, or one file",
    )
    .requiredOption(
      "--truth <path>",
      "coordinates (STAR, Topaz text, .box, .cbox, COCO, CSV, .cs) or a dataset folder",
    )
    .requiredOption(
      "--radius <A>",
      "farthest that a pick may lie from the truth, 1 to 10000 angstrom",
      numberIn("angstrom", 1, 10_000),
    )
    .requiredOption(
      "--pixel-size <A>",
      "of the micrographs, 0.1 to 50 angstrom",
      numberIn("angstrom", 0.1, 50),
    )
    .option(
      "--truth-pixel-size <A>",
      "of the coordinates of truth and ceiling, 0.1 to 50 angstrom (default: the same)",
      numberIn("angstrom", 0.1, 50),
    )
    .option(
      "--margin <pixels>",
      "along the edges, which does not count, 0 to 10000 (default: 0)",
      numberIn("pixels", 0, 10_000),
    )
    .option(
      "--threshold <score>",
      "least score of the picks behind precision, recall and F1 (default: that of `pick run`, else all count)",
      numberIn("", -1e9, 1e9),
    )
    .option("--ceiling <path>", "a second annotator's coordinates: scored like a picker, as the ceiling")
    .option(
      "--unsure <path>",
      "coordinates in the micrographs' pixels, or what `pick run` wrote: a false pick there counts neither way",
    )
    .option(
      "--micrographs <dir>",
      "their folder, for sizes that --margin needs where the picks do not say them",
    )
    .option("--micrograph-size <pixels>", "the same of all of them, N or WIDTHxHEIGHT", sizeIn(32, 32_768))
    .option("--out <dir>", "folder for tables (CSV, JSON) and the precision-recall curve (SVG)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => runJob(options, (context) => pickScoreJob(options, context)));
}

const EXAMPLES = `
Prints the protocol with the scores; docs/picking.md explains it. Only micrographs that all files know are scored.
Example: cryogem pick score --picks picks --truth annotator-a --ceiling annotator-b --radius 30 --pixel-size 1.5 --out scores`;

async function pickScoreJob(options: Options, context: JobContext): Promise<Result> {
  const [{ scorePicks }, { summaryOf }, { scoreTable }] = await Promise.all([
    import("../../jobs/pick-score/run.js"),
    import("../../jobs/pick-score/result.js"),
    import("../../jobs/pick-score/text.js"),
  ]);
  const result = await scorePicks(options, context);
  if (!options.json) process.stdout.write(`${scoreTable(result)}${result.protocol}\n`);
  if (options.out !== undefined) context.report.note(`${options.out}: tables and precision-recall.svg`);
  return { ...(options.out !== undefined && { out: options.out }), ...summaryOf(result) };
}
