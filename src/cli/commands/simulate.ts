import type { Command } from "commander";
import type { JobContext } from "../../core/ports.js";
import type { SimulateOptions } from "../../jobs/simulate/plan.js";
import { version } from "../../runtime/version.js";
import { jobCommand, type Result, runJob } from "../command.js";
import { integerIn, listOf, numberIn, oneOf, snrIn } from "../options.js";
import { opticsOptions, specimenOptions } from "../simulation-options.js";

type Options = SimulateOptions & { readonly workers?: number; readonly json?: boolean };

/** `cryogem simulate`. Defaults stand in the job's plan, where the estimates may replace them. */
export function simulate(): Command {
  const command = jobCommand("simulate", "Simulate micrographs of a density map, with every label known.");
  for (const add of [required, specimenOptions, opticsOptions, noise, work]) add(command);
  return command
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => runJob(options, (context) => simulateJob(options, context)));
}

const EXAMPLES = `
Without --snr the micrographs are free of noise, which is what \`train\` and \`generate\` take.
Example: cryogem simulate --map map.mrc --pixel-size 1.5 --size 1024 --count 20 --out simulated`;

function required(command: Command): void {
  command
    .requiredOption("--map <files...>", "density map, MRC, protein positive; several are mixed")
    .requiredOption("--out <dir>", "dataset folder to write, or to continue");
}

function noise(command: Command): void {
  command
    .option(
      "--snr <f>",
      "variance of signal over variance of noise, above 0, or inf: none (default: inf)",
      snrIn,
    )
    .option(
      "--noise <kind>",
      "white, coloured as the estimates measured it, poisson or poisson-gaussian (default: white)",
      oneOf("white", "coloured", "poisson", "poisson-gaussian"),
    )
    .option("--mtf <file>", "modulation transfer of the detector, a STAR file as RELION's (default: none)")
    .option(
      "--dqe <file>",
      "for poisson, its quantum efficiency, a STAR file of the same form (default: MTF squared)",
    )
    .option(
      "--mtf-pixel-size <A>",
      "physical pixels that the curves refer to, 0.01 to 50 angstrom (default: the pixel size)",
      numberIn("angstrom", 0.01, 50),
    )
    .option(
      "--dose <e>",
      "for poisson, 0.1 to 1000 electrons per square angstrom; without --snr the contrast is that of the map in volt, the micrograph in electrons a pixel (default: 40)",
      numberIn("electrons per square angstrom", 0.1, 1000),
    )
    .option(
      "--gaussian-share <f>",
      "for poisson-gaussian, share of read-out noise, 0 to 1 (default: 0.5)",
      numberIn("", 0, 1),
    )
    .option("--keep-clean", "write the micrographs without noise too, into clean/");
}

function work(command: Command): void {
  command
    .option(
      "--mode <type>",
      "float32, float16 (RELION 4 and newer) or uint8 (default: float32)",
      oneOf("float32", "float16", "uint8"),
    )
    .option(
      "--labels <list>",
      "further forms of the labels, into labels/: topaz, box, cbox, coco, cs",
      listOf("topaz", "box", "cbox", "coco", "cs"),
    )
    .option(
      "--seed <n>",
      "of the random numbers, 0 to 2^53 - 1 (default: 1)",
      integerIn(0, Number.MAX_SAFE_INTEGER),
    )
    .option(
      "--workers <n>",
      "threads, 1 to 256; the result does not depend on it (default: one a core)",
      integerIn(1, 256),
    );
}

async function simulateJob(options: Options, context: JobContext): Promise<Result> {
  const [{ planSimulation }, { simulateDataset }, { withWorkers }] = await Promise.all([
    import("../../jobs/simulate/plan.js"),
    import("../../jobs/simulate/run.js"),
    import("../workers.js"),
  ]);
  const plan = planSimulation(options);
  const { micrographs, particles } = await withWorkers(options.workers, (workers) =>
    simulateDataset(plan, { ...context, workers, program: `cryogem ${version}` }),
  );
  context.report.note(`${plan.out}: ${micrographs.length} micrographs, ${particles} particles`);
  return { out: plan.out, micrographs: micrographs.length, particles };
}
