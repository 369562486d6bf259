import type { Command } from "commander";
import { UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import type { GenerateOptions } from "../../jobs/generate/plan.js";
import type { Device } from "../../runtime/onnx/device.js";
import { version } from "../../runtime/version.js";
import type { Result } from "../command.js";
import { deviceOption } from "../device-option.js";
import { integerIn, listOf, oneOf } from "../options.js";
import { opticsOptions, specimenOptions } from "../simulation-options.js";
import { jobCommand, runJob } from "../undeclared.js";

type Options = Omit<GenerateOptions, "simulated"> & {
  readonly simulated?: string;
  readonly map?: readonly string[];
  readonly workers?: number;
  readonly device?: Device;
  readonly threads?: number;
  readonly json?: boolean;
};

/** `cryogem generate`. */
export function generate(): Command {
  const command = jobCommand(
    "generate",
    "Give simulated micrographs the noise of real ones; every label stays true.",
  );
  command
    .requiredOption("--model <dir>", "model folder that `train` wrote, or a model.safetensors")
    .requiredOption("--out <dir>", "dataset folder to write, or to continue")
    .option("--simulated <dir>", "dataset that `simulate` wrote, without noise")
    .option(
      "--map <files...>",
      "in place of --simulated: density map to simulate from, with the options of `simulate` below; its dataset goes to OUT-simulated",
    )
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
    .addOption(deviceOption())
    .option("--threads <n>", "of the CPU, 1 to 256 (default: all cores)", integerIn(1, 256));
  specimenOptions(command);
  opticsOptions(command);
  return command
    .option("--workers <n>", "threads that simulate, 1 to 256 (default: one a core)", integerIn(1, 256))
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => runJob(options, (context) => generateJob(options, context)));
}

const EXAMPLES = `
Examples:
  cryogem generate --model model --simulated simulated --out synthetic
  cryogem generate --model model --map map.mrc --estimates estimates --count 100 --out synthetic`;

/** Options that say how the noise is made; all others are of the simulation. */
const OWN: ReadonlySet<string> = new Set(
  "model out simulated mode labels seed device threads json".split(" "),
);

/** The dataset to translate: the one given, or one simulated beside the output. */
async function simulatedDataset(options: Options, context: JobContext): Promise<string> {
  const { map, simulated, workers, out, seed } = options;
  const others = Object.keys(options).filter((name) => !OWN.has(name));
  if (simulated !== undefined) {
    const flags = others.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    if (flags.length === 0) return simulated;
    throw new UsageError(`${flags[0]}: found --simulated, whose micrographs are made already`);
  }
  if (map === undefined) {
    throw new UsageError(
      "--simulated: found none, expected a dataset of `simulate`, or --map to simulate from",
    );
  }
  const [{ planSimulation }, { simulateDataset }, { readModel }, { withWorkers }] = await Promise.all([
    import("../../jobs/simulate/plan.js"),
    import("../../jobs/simulate/run.js"),
    import("../../jobs/shared/model-files.js"),
    import("../workers.js"),
  ]);
  // a wrong model is to be told of before the work
  await readModel(context.files, options.model);
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => others.includes(name)));
  const plan = planSimulation({
    ...own,
    ...{ map, out: `${out.replace(/\/+$/, "")}-simulated` },
    ...(seed !== undefined && { seed }),
  });
  await withWorkers(workers, (pool) =>
    simulateDataset(plan, { ...context, workers: pool, program: `cryogem ${version}` }),
  );
  return plan.out;
}

async function generateJob(options: Options, context: JobContext): Promise<Result> {
  const [{ planGeneration }, { generateDataset }, { openDevice }] = await Promise.all([
    import("../../jobs/generate/plan.js"),
    import("../../jobs/generate/run.js"),
    import("../../runtime/onnx/device.js"),
  ]);
  const simulated = await simulatedDataset(options, context);
  const plan = planGeneration({ ...options, simulated });
  const { micrographs, particles } = await generateDataset(plan, {
    ...context,
    program: `cryogem ${version}`,
    runtime: () => openDevice(options, context.report.note),
  });
  context.report.note(`${plan.out}: ${micrographs.length} micrographs, ${particles} particles`);
  return { out: plan.out, micrographs: micrographs.length, particles };
}
