import { Command } from "commander";
import { UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import type { MicrographSource, RealismPlan } from "../../jobs/evaluate/plan.js";
import { version } from "../../runtime/version.js";
import type { Result } from "../command.js";
import { integerIn, numberIn } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

interface Options {
  readonly real: readonly string[];
  readonly synthetic: readonly string[];
  readonly out: string;
  readonly realMasks?: string;
  readonly pixelSize?: number;
  readonly patch?: number;
  readonly tile?: number;
  readonly seed: number;
  readonly workers?: number;
  readonly json?: boolean;
}

/** `cryogem evaluate …`: scores with their protocol. */
export function evaluate(): Command {
  return new Command("evaluate").description("Score results by a stated protocol.").addCommand(realism());
}

/** `cryogem evaluate realism`. */
function realism(): Command {
  return jobCommand("realism", "Score how near synthetic micrographs come to real ones.")
    .requiredOption(
      "--real <files...>",
      "real micrographs, MRC or PNG: files, folders, globs; at best kept out of training",
    )
    .requiredOption("--synthetic <sets...>", "each a dataset folder, or a folder or glob of micrographs")
    .requiredOption("--out <dir>", "folder for tables (txt, CSV, JSON) and figures (SVG)")
    .option(
      "--real-masks <dir>",
      "PNG masks of the particles in the real micrographs, under their names: adds the noise's autocorrelation",
    )
    .option(
      "--pixel-size <A>",
      "of all micrographs, 0.1 to 50 angstrom (default: from the first real one)",
      numberIn("angstrom", 0.1, 50),
    )
    .option(
      "--patch <pixels>",
      "side of a patch, 16 to 4096 (default: about 96 angstrom)",
      integerIn(16, 4096),
    )
    .option(
      "--tile <pixels>",
      "side of the spectra's tiles, a multiple of 8, 128 to 8192 (default: 256)",
      integerIn(128, 8192),
    )
    .option(
      "--seed <n>",
      "of the patches drawn and of the white noise, 0 to 2^53 - 1",
      integerIn(0, Number.MAX_SAFE_INTEGER),
      1,
    )
    .option("--workers <n>", "threads, 1 to 256 (default: one a core)", integerIn(1, 256))
    .addHelpText(
      "after",
      `
Every measure stands beside real against real (the floor) and white noise (the ceiling); docs/evaluation.md explains them.
Example: cryogem evaluate realism --real "held-out/*.mrc" --synthetic synthetic baseline --out scores`,
    )
    .action(async (options: Options) => runJob(options, (context) => evaluateJob(options, context)));
}

async function evaluateJob(options: Options, context: JobContext): Promise<Result> {
  const [{ namesOf }, { evaluateRealism }, { textTable }, { expandInputs }, { withWorkers }] =
    await Promise.all([
      import("../../jobs/evaluate/plan.js"),
      import("../../jobs/evaluate/run.js"),
      import("../../evaluate/realism/table.js"),
      import("../../runtime/inputs.js"),
      import("../workers.js"),
    ]);
  const { IMAGE_EXTENSIONS } = await import("../../io/read-image.js");
  const kind = { what: "micrograph", extensions: IMAGE_EXTENSIONS };
  const names = namesOf(options.synthetic);
  const source = async (path: string, i: number): Promise<MicrographSource> => {
    const name = names[i]!;
    if (await context.files.exists(`${path}/dataset.json`)) return { name, dataset: path };
    if (await context.files.exists(`${path}/parts/job.json`)) {
      throw new UsageError(`${path}: found an unfinished dataset: run the command that makes it again`);
    }
    return { name, paths: await expandInputs([path], kind) };
  };
  const plan: RealismPlan = {
    ...options,
    real: await expandInputs(options.real, kind),
    synthetic: await Promise.all(options.synthetic.map(source)),
  };
  const result = await withWorkers(options.workers, (workers) =>
    evaluateRealism(plan, { ...context, workers, program: `cryogem ${version}` }),
  );
  if (!options.json) process.stdout.write(textTable(result));
  context.report.note(`${options.out}: tables and figures`);
  return { out: options.out, patches: result.patches, repeats: result.repeats, rows: result.rows };
}
