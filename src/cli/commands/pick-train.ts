import type { Command } from "commander";
import type { JobContext } from "../../core/ports.js";
import type { PickTrainOptions } from "../../jobs/pick-train/plan.js";
import type { Device } from "../../runtime/onnx/device.js";
import type { Result } from "../command.js";
import { deviceOption } from "../device-option.js";
import { integerIn, numberIn, oneOf } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

type Options = PickTrainOptions & {
  readonly threads?: number;
  readonly device?: Device;
  readonly json?: boolean;
};

/** `cryogem pick train`. Defaults stand in src/pick/options.ts. */
export function pickTrain(): Command {
  const command = jobCommand("train", "Train a particle picker on labelled micrographs, synthetic or real.");
  for (const add of [data, network, learning, work]) add(command);
  return command
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => runJob(options, (context) => pickTrainJob(options, context)));
}

const EXAMPLES = `
The model folder holds model.safetensors, checkpoint.safetensors, metrics.jsonl (a step a line) and validation.jsonl (scores on
labelled micrographs kept apart, a checkpoint a line).
Synthetic: cryogem pick train --dataset synthetic --out picker
Real:      cryogem pick train --micrographs 'm/*.mrc' --coordinates 'm/*.star' --particle-diameter 130 --out picker
Few real:  cryogem pick train --from picker --micrographs m/1.mrc --coordinates m/1.star --out tuned`;

function data(command: Command): void {
  command
    .option("--dataset <dirs...>", "datasets that `generate` or `simulate` wrote, several are mixed")
    .option("--micrographs <files...>", "labelled micrographs, MRC, PNG or TIFF: files, folders or globs")
    .option(
      "--coordinates <files...>",
      "their particles, .star, .cs, .txt (Topaz), .box, .cbox, .json (COCO), .csv: files, folders or globs",
    )
    .option("--negatives <files...>", "images without any particle: empty ice, carbon, contaminants")
    .option(
      "--pixel-size <A>",
      "of --micrographs, 0.1 to 100 angstrom (default: from the files)",
      numberIn("angstrom", 0.1, 100),
    )
    .option(
      "--coordinates-pixel-size <A>",
      "of --coordinates, 0.1 to 100 angstrom (default: the micrographs')",
      numberIn("angstrom", 0.1, 100),
    )
    .option(
      "--particle-diameter <A>",
      "10 to 10000 angstrom (default: the dataset's, or the picker's of --from)",
      numberIn("angstrom", 10, 10_000),
    )
    .option(
      "--positive-unlabelled <n>",
      "labels are incomplete: n particles are expected on a micrograph, 1 to 100000 (Topaz's GE-binomial)",
      numberIn("", 1, 100_000),
    )
    .requiredOption("--out <dir>", "model folder to write, or with --resume to continue");
}

function network(command: Command): void {
  command
    .option("--from <model>", "trained picker to tune, folder or file")
    .option("--network <kind>", "resnet or unet (default: resnet)", oneOf("resnet", "unet"))
    .option("--width <n>", "channels of the first layer, 1 to 512 (default: 24)", integerIn(1, 512))
    .option(
      "--working-diameter <px>",
      "pixels across a particle once images are rescaled, 8 to 64 (default: 24)",
      numberIn("pixels", 8, 64),
    )
    .option(
      "--crop <px>",
      "side of the crops, 32 to 2048 of those pixels (default: 128)",
      integerIn(32, 2048),
    )
    .option("--batch <n>", "crops a step, 1 to 256 (default: 4)", integerIn(1, 256));
}

function learning(command: Command): void {
  command
    .option("--steps <n>", "1 to 10000000 (default: 1000, with --from 200)", integerIn(1, 1e7))
    .option("--learning-rate <f>", "1e-7 to 1 (default: 2e-3, with --from 5e-4)", numberIn("", 1e-7, 1))
    .option("--no-augment", "leave contrast, noise and size of the crops as they are, turn by quarters only")
    .option(
      "--contaminants <f>",
      "share of crops that get a made-up contaminant, which is no particle, 0 to 1 (default: 0.3)",
      numberIn("", 0, 1),
    )
    .option(
      "--validation <f>",
      "share of the labelled micrographs kept to validate, 0 to 0.9; of fewer than 4 none is (default: 0.1)",
      numberIn("", 0, 0.9),
    );
}

function work(command: Command): void {
  command
    .option("--every <n>", "steps between checkpoints (default: a tenth of all)", integerIn(1, 1e7))
    .addOption(deviceOption())
    .option("--threads <n>", "of the CPU, 1 to 256 (default: all cores)", integerIn(1, 256))
    .option(
      "--seed <n>",
      "of the random numbers, 0 to 2^53 - 1 (default: 1)",
      integerIn(0, Number.MAX_SAFE_INTEGER),
    )
    .option("--resume", "continue a training, to the result that it would have had");
}

async function pickTrainJob(options: Options, context: JobContext): Promise<Result> {
  const [
    { IMAGE_EXTENSIONS },
    { planPickTraining },
    { trainPickerModel },
    { readPicker },
    inputs,
    { openDevice },
    { version },
  ] = await Promise.all([
    import("../../io/read-image.js"),
    import("../../jobs/pick-train/plan.js"),
    import("../../jobs/pick-train/run.js"),
    import("../../jobs/shared/model-files.js"),
    import("../../runtime/inputs.js"),
    import("../../runtime/onnx/device.js"),
    import("../../runtime/version.js"),
  ]);
  const images = (what: string) => ({ what, extensions: IMAGE_EXTENSIONS });
  const labels = {
    what: "coordinate file",
    extensions: [".star", ".cs", ".txt", ".box", ".cbox", ".json", ".csv"],
  };
  const { expandInputs } = inputs;
  const from = options.from === undefined ? undefined : await readPicker(context.files, options.from);
  const plan = planPickTraining(
    {
      ...options,
      micrographs: await expandInputs(options.micrographs ?? [], images("micrograph")),
      coordinates: await expandInputs(options.coordinates ?? [], labels),
      negatives: await expandInputs(options.negatives ?? [], images("image")),
    },
    from,
  );
  const { validation, step } = await trainPickerModel(plan, {
    ...context,
    program: `cryogem ${version}`,
    runtime: () => openDevice(options, context.report.note),
  });
  context.report.note(
    `${plan.out}: ${plan.options.network} picker trained${validation ? `, validation F1 ${validation.f1.toFixed(3)} at score ${validation.threshold.toFixed(2)}` : ""}`,
  );
  return { out: plan.out, steps: step, ...(validation && { validation }) };
}
