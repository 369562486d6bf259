import { type Command, InvalidArgumentError } from "commander";
import type { JobContext } from "../../core/ports.js";
import type { PickRunOptions } from "../../jobs/pick-run/plan.js";
import type { Device } from "../../runtime/onnx/device.js";
import { version } from "../../runtime/version.js";
import type { Result } from "../command.js";
import { deviceOption } from "../device-option.js";
import { integerIn, listOf, numberIn } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

type Options = PickRunOptions & {
  readonly workers?: number;
  readonly device?: Device;
  readonly threads?: number;
  readonly json?: boolean;
};

/** `cryogem pick run`. */
export function pickRun(): Command {
  const command = jobCommand(
    "run",
    "Find particles: by a trained picker, by templates of a map, or by a Laplacian.",
  );
  for (const add of [required, pickers, optics, picking, work]) add(command);
  return command
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => runJob(options, (context) => pickRunJob(options, context)));
}

const EXAMPLES = `
Writes picks.star (RELION; picks above the threshold), all-picks.txt (Topaz text; every peak with its score),
autopick.star with coordinates/, pictures/*.svg and picks.json. Run again, it picks only what is new or changed.
Examples:
  cryogem pick run --model picker --micrographs raw --pixel-size 1.5 --out picks
  cryogem pick run --template map.mrc --symmetry O --estimates estimates --particle-diameter 130 \\
    --micrographs raw --pixel-size 1.5 --out picks
  cryogem pick run --log --particle-diameter 130 --micrographs "raw/*.mrc" --pixel-size 1.5 --out picks`;

function required(command: Command): void {
  command
    .requiredOption("--micrographs <paths...>", "files, folders or globs: MRC, TIFF or PNG, protein dark")
    .requiredOption("--pixel-size <A>", "0.1 to 50 angstrom", numberIn("angstrom", 0.1, 50))
    .requiredOption("--out <dir>", "folder of picks to write, or to continue")
    .option(
      "--particle-diameter <A>",
      "10 to 10000 angstrom (default: that of the model; needed with --log and --template)",
      numberIn("angstrom", 10, 10_000),
    );
}

function pickers(command: Command): void {
  command
    .option("--model <path>", "folder that `pick train` wrote, or its model.safetensors")
    .option(
      "--template <map>",
      "density map, MRC or HDF5 of EMAN2, protein positive: its projections are looked for",
    )
    .option("--log", "Laplacian of Gaussian: discs of the particle's diameter")
    .option(
      "--max-diameter <A>",
      "with --log: largest diameter, for particles that are not round (default: the diameter)",
      numberIn("angstrom", 10, 10_000),
    )
    .option(
      "--symmetry <group>",
      "with --template: point group of the map: Cn, Dn, T, O, I, I1 to I4 (default: C1)",
    )
    .option(
      "--angular-step <deg>",
      "with --template: between templates, 2 to 90 degrees (default: 35)",
      numberIn("degrees", 2, 90),
    )
    .option("--no-ctf", "with --template: leave the CTF out");
}

function optics(command: Command): void {
  command
    .option("--estimates <dir>", "folder that `estimate` wrote: optics and defocus of the micrographs")
    .option(
      "--voltage <kV>",
      "60 to 400 kV; with --cs for picks.star, and for CTF fits of --template (default: from --estimates)",
      numberIn("kV", 60, 400),
    )
    .option(
      "--cs <mm>",
      "spherical aberration, 0 to 10 mm (default: from --estimates)",
      numberIn("mm", 0, 10),
    )
    .option("--amplitude-contrast <f>", "0 to 1 (default: 0.1)", numberIn("", 0, 1));
}

function picking(command: Command): void {
  command
    .option(
      "--threshold <score>",
      "least score of a pick, or auto: told from all scores, or the model's own where they do not tell (default: auto)",
      thresholdIn,
    )
    .option(
      "--min-distance <A>",
      "of two picks, 0 to 10000 angstrom (default: half the diameter)",
      numberIn("angstrom", 0, 10_000),
    )
    .option(
      "--margin <pixels>",
      "along the edges without picks, 0 to 10000 (default: 0, every centre inside)",
      numberIn("pixels", 0, 10_000),
    )
    .option(
      "--labels <forms>",
      "picks in further forms, into labels/: box, cbox, coco, topaz, with commas between",
      listOf("box", "cbox", "coco", "topaz"),
    )
    .option(
      "--box <pixels>",
      "side of boxes, 2 to 16384 (default: half as large again as the particle)",
      integerIn(2, 16_384),
    );
}

function work(command: Command): void {
  command
    .addOption(deviceOption())
    .option("--threads <n>", "of the CPU for networks, 1 to 256 (default: all cores)", integerIn(1, 256))
    .option(
      "--workers <n>",
      "threads for --log and --template, 1 to 256 (default: one a core)",
      integerIn(1, 256),
    );
}

function thresholdIn(text: string): "auto" | number {
  if (text === "auto") return text;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`got "${text}", expected a number or auto`);
  }
  return value;
}

async function pickRunJob({ ctf, ...options }: Options, context: JobContext): Promise<Result> {
  const [
    { planPickRun },
    { runPicking },
    { withWorkers },
    { expandInputs },
    { openDevice },
    { IMAGE_EXTENSIONS },
  ] = await Promise.all([
    import("../../jobs/pick-run/plan.js"),
    import("../../jobs/pick-run/run.js"),
    import("../workers.js"),
    import("../../runtime/inputs.js"),
    import("../../runtime/onnx/device.js"),
    import("../../io/read-image.js"),
  ]);
  const kind = { what: "micrograph", extensions: IMAGE_EXTENSIONS };
  const micrographs = await expandInputs(options.micrographs, kind);
  const plan = planPickRun({ ...options, micrographs, ...(ctf === false && { ctf }) });
  const record = await withWorkers(options.workers, (workers) =>
    runPicking(plan, {
      ...context,
      workers,
      program: `cryogem ${version}`,
      runtime: () => openDevice(options, context.report.note),
    }),
  );
  const picks = record.micrographs.reduce((sum, each) => sum + each.picks, 0);
  const { value, source } = record.threshold;
  const why = { given: "as given", model: "the model's", scores: "told from the scores" }[source];
  context.report.note(
    `${plan.out}: ${picks} picks in ${record.micrographs.length} micrographs, threshold ${value} (${why})` +
      (record.failed.length > 0 ? `; ${record.failed.length} micrographs left out` : ""),
  );
  return {
    out: plan.out,
    picks,
    threshold: record.threshold,
    micrographs: record.micrographs,
    failed: record.failed,
  };
}
