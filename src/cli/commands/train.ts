import type { Command } from "commander";
import type { JobContext } from "../../core/ports.js";
import type { TrainOptions } from "../../jobs/train/plan.js";
import type { Device } from "../../runtime/onnx/device.js";
import { version } from "../../runtime/version.js";
import type { Result } from "../command.js";
import { deviceOption } from "../device-option.js";
import { integerIn, numberIn, oneOf, snrIn } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

type Options = TrainOptions & {
  readonly device?: Device;
  readonly threads?: number;
  readonly json?: boolean;
};

/** `cryogem train`. Defaults stand in the presets. */
export function train(): Command {
  const command = jobCommand("train", "Learn the noise of real micrographs, without labels.");
  for (const add of [data, network, learning, work]) add(command);
  return command
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => runJob(options, (context) => trainJob(options, context)));
}

const EXAMPLES = `
The model folder holds model.safetensors, checkpoint.safetensors, metrics.jsonl (a step a line), samples/*.png (rows of a real
crop, a clean physics crop, the same with noise, and translated) and generator.onnx, the network for other programs.
Example: cryogem train --real 'micrographs/*.mrc' --simulated simulated --estimates estimates --out model
Paper:   cryogem train --real 'micrographs/*.mrc' --simulated simulated --out model --preset paper`;

function data(command: Command): void {
  command
    .requiredOption("--real <files...>", "real micrographs, MRC, TIFF or PNG: files, folders or globs")
    .requiredOption("--simulated <dir>", "dataset that `simulate` wrote, without noise")
    .option(
      "--estimates <dir>",
      "what `estimate` measured on the real micrographs (default: their CTFs are fitted)",
    )
    .requiredOption("--out <dir>", "model folder to write, or with --resume to continue")
    .option(
      "--translator <kind>",
      "cryogem, or without a network: gaussian, poisson, poisson-gaussian, coloured-gaussian (default: cryogem)",
      oneOf("cryogem", "gaussian", "poisson", "poisson-gaussian", "coloured-gaussian"),
    )
    .option(
      "--snr <f>",
      "of the noise seed, signal over noise variance, above 0 (default: measured if coloured, else 0.1)",
      snrIn,
    )
    .option(
      "--dose <e>",
      "for poisson, 0.1 to 1000 electrons per square angstrom (default: 40)",
      numberIn("electrons per square angstrom", 0.1, 1000),
    );
}

function network(command: Command): void {
  command
    .option(
      "--preset <name>",
      "fast (two CPU cores, minutes) or paper (default: fast)",
      oneOf("fast", "paper"),
    )
    .option(
      "--crop <px>",
      "side of the crops, 32 to 8192 pixels (fast: 192, paper: 1024)",
      integerIn(32, 8192),
    )
    .option(
      "--ngf <n>",
      "channels of the generator's first layer, 1 to 512 (fast: 16, paper: 64)",
      integerIn(1, 512),
    )
    .option("--ndf <n>", "of the discriminator's, 1 to 512 (fast: 16, paper: 64)", integerIn(1, 512))
    .option("--widest <n>", "widest layers over the first, 1 to 16 (fast: 4, paper: 8)", integerIn(1, 16))
    .option(
      "--depth <n>",
      "halvings in the generator, 2 to 12 (default: 6, or down to one pixel)",
      integerIn(2, 12),
    )
    .option(
      "--generator <kind>",
      "correction: adds to its input; plain: makes the image (fast: correction, paper: plain)",
      oneOf("correction", "plain"),
    )
    .option(
      "--upsampling <kind>",
      "resize: leaves no lattice; transposed: convolution (fast: resize, paper: transposed)",
      oneOf("resize", "transposed"),
    )
    .option(
      "--discriminators <n>",
      "1: on pixels; 2: on means of 4 x 4 pixels too (fast: 2, paper: 1)",
      (text) => (oneOf("1", "2")(text) === "1" ? 1 : 2),
    )
    .option(
      "--noise <kind>",
      "of the seed: matched, to background, Thon rings and strength of the signal; coloured, to the spectrum; or white (fast: matched, paper: white)",
      oneOf("matched", "coloured", "white"),
    );
}

function learning(command: Command): void {
  command
    .option("--steps <n>", "1 to 10000000 (fast: 1200, paper: 10000)", integerIn(1, 1e7))
    .option(
      "--accumulate <n>",
      "crops a step, 1 to 256: averages their gradients in the memory of one (default: 1)",
      integerIn(1, 256),
    )
    .option(
      "--learning-rate <f>",
      "of all networks, 1e-7 to 1 (fast: 2e-4, paper: 1e-4)",
      numberIn("", 1e-7, 1),
    )
    .option(
      "--nce-weight <f>",
      "of the contrastive loss, 0 to 1000 (correction: 1, plain: 10)",
      numberIn("", 0, 1000),
    )
    .option(
      "--nce-variant <kind>",
      "paper: its equation; public: as its code computes it (default: paper)",
      oneOf("paper", "public"),
    )
    .option(
      "--average <f>",
      "decay a step of the generator's moving average, which is kept; 0: the last is (fast: 0.998, paper: 0)",
      numberIn("", 0, 0.9999),
    )
    .option("--calibrate", "fit skewness, kurtosis and spectrum of the output to the real ones (fast: yes)")
    .option("--no-calibrate", "do not (paper: no)")
    .option("--trends", "lend the slow gradients of real micrographs to generated ones (fast: yes)")
    .option("--no-trends", "do not (paper: no)")
    .option("--unevenness", "vary the seed's strength over a micrograph as real ones do (fast: yes)")
    .option("--no-unevenness", "do not (paper: no)");
}

function work(command: Command): void {
  command
    .option(
      "--every <n>",
      "steps between samples and checkpoints (default: a twentieth of all)",
      integerIn(1, 1e7),
    )
    .addOption(deviceOption())
    .option("--threads <n>", "of the CPU, 1 to 256 (default: all cores)", integerIn(1, 256))
    .option(
      "--seed <n>",
      "of the random numbers, 0 to 2^53 - 1 (default: 1)",
      integerIn(0, Number.MAX_SAFE_INTEGER),
    )
    .option("--resume", "continue a training, to the result that it would have had");
}

async function trainJob(options: Options, context: JobContext): Promise<Result> {
  const [
    { IMAGE_EXTENSIONS },
    { planTraining },
    { trainTranslator },
    { expandInputs },
    { openDevice },
    { withWorkers },
  ] = await Promise.all([
    import("../../io/read-image.js"),
    import("../../jobs/train/plan.js"),
    import("../../jobs/train/run.js"),
    import("../../runtime/inputs.js"),
    import("../../runtime/onnx/device.js"),
    import("../workers.js"),
  ]);
  const real = await expandInputs(options.real, { what: "micrograph", extensions: IMAGE_EXTENSIONS });
  const plan = planTraining({ ...options, real });
  const runtime = () => openDevice(options, context.report.note);
  // one thread is enough to have the next step's data ready
  const steps = await withWorkers(1, (workers) =>
    trainTranslator(plan, { ...context, program: `cryogem ${version}`, runtime, workers }),
  );
  context.report.note(`${plan.out}: ${plan.translator} trained`);
  return { out: plan.out, translator: plan.translator, steps };
}
