import type { Command } from "commander";
import type { JobContext } from "../../core/ports.js";
import type { SimulateOptions } from "../../jobs/simulate-plan.js";
import { version } from "../../runtime/version.js";
import { jobCommand, type Result, runJob } from "../command.js";
import {
  countIn,
  integerIn,
  listOf,
  numberIn,
  numbersIn,
  oneOf,
  rangeIn,
  sizeIn,
  snrIn,
} from "../options.js";

type Options = SimulateOptions & { readonly workers?: number; readonly json?: boolean };

/** `cryogem simulate`. Defaults stand in the job's plan, where the estimates may replace them. */
export function simulate(): Command {
  const command = jobCommand("simulate", "Simulate micrographs of a density map, with every label known.");
  for (const add of [required, optics, noise, work]) add(command);
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
    .requiredOption("--out <dir>", "dataset folder to write, or to continue")
    .option("--ratios <list>", "shares of several maps, as 2,1 (default: equal)", numbersIn("", 0, 1e6))
    .option(
      "--size <pixels>",
      "micrograph, N or WIDTHxHEIGHT, 32 to 32768 (default: 1024)",
      sizeIn(32, 32_768),
    )
    .option("--count <n>", "micrographs, 1 to 999999 (default: 10)", integerIn(1, 999_999))
    .option(
      "--particles <mean,sd>",
      "particles a micrograph, mean at least 1 (default: discs over a quarter of the area)",
      countIn(1e6),
    )
    .option(
      "--diameter <A>",
      "particle diameter, 1 to 10000 angstrom (default: measured on the map)",
      numberIn("angstrom", 1, 1e4),
    )
    .option(
      "--exclusion <how>",
      "particles keep clear of each other by their own outline, or as a disc of their diameter (default: outline)",
      oneOf("outline", "disc"),
    )
    .option(
      "--collapse-ratio <f>",
      "factor on the outlines, or least distance of discs over their diameter; below 1 particles may overlap, 0 to 10 (default: 1)",
      numberIn("", 0, 10),
    )
    .option(
      "--depth <A>",
      "ice thickness in which particles lie at their own defocus, 0 to 10000 angstrom (default: 0)",
      numberIn("angstrom", 0, 1e4),
    )
    .option(
      "--orientations <what...>",
      "uniform; preferred views as cone:rot,tilt,half-angle[,weight] in degrees, several with blanks between; or a STAR file whose particles' views are drawn from (default: uniform)",
    )
    .option("--keep-psi", "take the STAR file's in-plane angles too (default: they are uniform)")
    .option(
      "--symmetry <groups>",
      "RELION's point group of the map, or one for each map as C1,D7: checked on the map, and preferred views come evenly in all symmetric copies; uniform ones do anyway (default: C1)",
    );
}

function optics(command: Command): void {
  command
    .option(
      "--estimates <dir>",
      "folder that `estimate` wrote: optics, defocus, ice gradients, particle density and noise are then as measured, where no option says otherwise",
    )
    .option(
      "--pixel-size <A>",
      "0.1 to 50 angstrom (default: the map's voxel size)",
      numberIn("angstrom", 0.1, 50),
    )
    .option(
      "--defocus <low,high>",
      "range, angstrom, underfocus positive, -100000 to 100000 (default: 10000,25000)",
      rangeIn("angstrom", -1e5, 1e5),
    )
    .option(
      "--astigmatism <A>",
      "largest difference of defocus U and V, 0 to 20000 angstrom (default: 200)",
      numberIn("angstrom", 0, 2e4),
    )
    .option(
      "--phase-shift <deg>",
      "of a phase plate, -180 to 180 degrees (default: 0)",
      numberIn("degrees", -180, 180),
    )
    .option("--voltage <kV>", "60 to 1000 kV (default: 300)", numberIn("kV", 60, 1000))
    .option("--cs <mm>", "spherical aberration, 0 to 10 mm (default: 2.7)", numberIn("mm", 0, 10))
    .option("--amplitude-contrast <f>", "0 to 1 (default: 0.1)", numberIn("", 0, 1))
    .option(
      "--b-factor <A2>",
      "envelope exp(-B k²/4), 0 to 2000 square angstrom (default: 0)",
      numberIn("square angstrom", 0, 2000),
    )
    .option(
      "--focal-spread <A>",
      "standard deviation of the focus, its envelope, 0 to 500 angstrom (default: 0)",
      numberIn("angstrom", 0, 500),
    )
    .option(
      "--convergence <mrad>",
      "half angle of illumination, its envelope, 0 to 1 milliradian (default: 0)",
      numberIn("milliradian", 0, 1),
    )
    .option(
      "--ice-gradient <f>",
      "fall of a made-up ice gradient across the field, 0 to 0.9 (default: 0)",
      numberIn("", 0, 0.9),
    );
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
    import("../../jobs/simulate-plan.js"),
    import("../../jobs/simulate.js"),
    import("../workers.js"),
  ]);
  const plan = planSimulation(options);
  const { micrographs, particles } = await withWorkers(options.workers, (workers) =>
    simulateDataset(plan, { ...context, workers, program: `cryogem ${version}` }),
  );
  context.report.note(`${plan.out}: ${micrographs.length} micrographs, ${particles} particles`);
  return { out: plan.out, micrographs: micrographs.length, particles };
}
