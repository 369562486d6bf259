import type { Command } from "commander";
import type { JobContext } from "../../core/ports.js";
import type { GenerateOptions } from "../../jobs/generate-plan.js";
import type { Device } from "../../runtime/device.js";
import { version } from "../../runtime/version.js";
import { jobCommand, type Result, runJob } from "../command.js";
import { deviceOption } from "../device-option.js";
import { integerIn, listOf, oneOf } from "../options.js";

type Options = GenerateOptions & {
  readonly device?: Device;
  readonly threads?: number;
  readonly json?: boolean;
};

/** `cryogem generate`. */
export function generate(): Command {
  return jobCommand("generate", "Give simulated micrographs the noise of real ones; every label stays true.")
    .requiredOption("--model <dir>", "model folder that `train` wrote, or a model.safetensors")
    .requiredOption("--simulated <dir>", "dataset that `simulate` wrote, without noise")
    .requiredOption("--out <dir>", "dataset folder to write, or to continue")
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
    .option("--seed <n>", "of the noise, 0 to 2^53 - 1 (default: 1)", integerIn(0, Number.MAX_SAFE_INTEGER))
    .addOption(deviceOption())
    .option("--threads <n>", "of the CPU, 1 to 256 (default: all cores)", integerIn(1, 256))
    .addHelpText("after", "\nExample: cryogem generate --model model --simulated simulated --out synthetic")
    .action(async (options: Options) => runJob(options, (context) => generateJob(options, context)));
}

async function generateJob(options: Options, context: JobContext): Promise<Result> {
  const [{ planGeneration }, { generateDataset }, { openDevice }] = await Promise.all([
    import("../../jobs/generate-plan.js"),
    import("../../jobs/generate.js"),
    import("../../runtime/device.js"),
  ]);
  const plan = planGeneration(options);
  const { micrographs, particles } = await generateDataset(plan, {
    ...context,
    program: `cryogem ${version}`,
    runtime: () => openDevice(options, context.report.note),
  });
  context.report.note(`${plan.out}: ${micrographs.length} micrographs, ${particles} particles`);
  return { out: plan.out, micrographs: micrographs.length, particles };
}
