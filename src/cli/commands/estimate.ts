import type { Command } from "commander";
import type { JobContext } from "../../core/ports.js";
import type { EstimateOptions } from "../../jobs/estimate/plan.js";
import { version } from "../../runtime/version.js";
import type { Result } from "../command.js";
import { integerIn, numberIn, rangeIn } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

type Options = EstimateOptions & { readonly workers?: number; readonly json?: boolean };

/** `cryogem estimate`. */
export function estimate(): Command {
  const command = jobCommand(
    "estimate",
    "Measure what a simulation needs on real micrographs: CTF, ice gradient, noise, particle density.",
  );
  for (const add of [required, ctfFit, rest]) add(command);
  return command
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => runJob(options, (context) => estimateJob(options, context)));
}

const EXAMPLES = `
Look at ctf/*.png (rings go on across the middle line where the fit is right) and ice/*.png (micrograph, the same
blurred, ice gradient), particles/*.svg (places that look like particles, and how their size was told). Run again, it measures only what is new or changed.
Example: cryogem estimate --micrographs raw --pixel-size 1.5 --voltage 300 --cs 2.7 --out estimates`;

function required(command: Command): void {
  command
    .requiredOption("--micrographs <paths...>", "files, folders or globs: MRC, TIFF or PNG, protein dark")
    .requiredOption("--pixel-size <A>", "0.1 to 20 angstrom", numberIn("angstrom", 0.1, 20))
    .requiredOption("--voltage <kV>", "60 to 400 kV", numberIn("kV", 60, 400))
    .requiredOption("--cs <mm>", "spherical aberration, 0 to 10 mm", numberIn("mm", 0, 10))
    .requiredOption("--out <dir>", "folder of estimates to write, or to continue")
    .option("--amplitude-contrast <f>", "0 to 1 (default: 0.1)", numberIn("", 0, 1));
}

function ctfFit(command: Command): void {
  command
    .option(
      "--fit-min <A>",
      "coarsest resolution of the CTF fit, 5 to 500 angstrom (default: 22, or 4.4 pixels where that is more)",
      numberIn("angstrom", 5, 500),
    )
    .option(
      "--fit-max <A>",
      "finest resolution of the CTF fit, 2 pixels to 100 angstrom (default: 5, or 2.1 pixels where that is more)",
      numberIn("angstrom", 0.2, 100),
    )
    .option(
      "--defocus-range <low,high>",
      "mean defocus searched, 500 to 200000 angstrom (default: 5000,50000)",
      rangeIn("angstrom", 500, 200_000),
    )
    .option(
      "--phase-shift <deg>",
      "of a phase plate, 0 to 180 degrees; known, not fitted (default: 0)",
      numberIn("degrees", 0, 180),
    );
}

function rest(command: Command): void {
  command
    .option(
      "--particle-diameter <A>",
      "10 to 5000 angstrom: particles are counted, noise is told from them (default: not counted, noise at 150)",
      numberIn("angstrom", 10, 5000),
    )
    .option("--ice-groups <n>", "groups of intensity, 2 to 32 (default: 7)", integerIn(2, 32))
    .option(
      "--workers <n>",
      "threads, 1 to 256; the result does not depend on it (default: one a core)",
      integerIn(1, 256),
    );
}

async function estimateJob(options: Options, context: JobContext): Promise<Result> {
  const [{ planEstimate }, { estimateMicrographs }, { withWorkers }, { expandInputs }, { IMAGE_EXTENSIONS }] =
    await Promise.all([
      import("../../jobs/estimate/plan.js"),
      import("../../jobs/estimate/run.js"),
      import("../workers.js"),
      import("../../runtime/inputs.js"),
      import("../../io/read-image.js"),
    ]);
  const micrographs = await expandInputs(options.micrographs, {
    what: "micrograph",
    extensions: IMAGE_EXTENSIONS,
  });
  const plan = planEstimate({ ...options, micrographs });
  const { distributions } = await withWorkers(options.workers, (workers) =>
    estimateMicrographs(plan, { ...context, workers, program: `cryogem ${version}` }),
  );
  const { defocus, astigmatism, signalFraction, particles } = distributions;
  const pair = (s: { mean: number; standardDeviation: number }, digits = 0): string =>
    `${s.mean.toFixed(digits)} ± ${s.standardDeviation.toFixed(digits)}`;
  context.report.note(
    `${plan.out}: ${micrographs.length} micrographs, defocus ${pair(defocus)} Å, astigmatism ${pair(astigmatism)} Å, ` +
      `signal ${pair(signalFraction, 3)} of the variance${particles ? `, ${pair(particles)} particles` : ""}`,
  );
  return { out: plan.out, micrographs: micrographs.length, distributions };
}
