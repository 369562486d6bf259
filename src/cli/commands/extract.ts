import type { Command } from "commander";
import type { ExtractOptions } from "../../jobs/extract/run.js";
import { integerIn, numberIn, oneOf } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

type Options = ExtractOptions & { readonly json?: boolean };

/** `cryogem extract`. */
export function extract(): Command {
  return jobCommand("extract", "Cut particles out of micrographs into a stack with its STAR file.")
    .requiredOption("--particles <star>", "STAR file with coordinates, as a dataset's particles.star")
    .requiredOption("--box <pixels>", "side of the particle images, 8 to 4096", integerIn(8, 4096))
    .requiredOption("--out <stack.mrcs>", "stack to write; its STAR file lies beside it")
    .option(
      "--no-invert",
      "keep protein dark; by default contrast is inverted, protein white, as RELION wants it",
    )
    .option("--normalise", "background outside the radius to mean 0, standard deviation 1")
    .option(
      "--radius <pixels>",
      "of the particle, for --normalise (default: 3/8 of the box)",
      numberIn("pixels", 1, 2048),
    )
    .option(
      "--edges <how>",
      "boxes that leave the micrograph: pad with its mean, or skip the particle (default: pad)",
      oneOf("pad", "skip"),
    )
    .option("--mode <type>", "float32 or float16 (default: float32)", oneOf("float32", "float16"))
    .option("--pixel-size <A>", "where no file gives it, 0.1 to 50 angstrom", numberIn("angstrom", 0.1, 50))
    .addHelpText(
      "after",
      `
Coordinates become whole pixels, their rest goes into rlnOrigin. Stack and STAR file keep the order of the input.
Example: cryogem extract --particles simulated/particles.star --box 160 --out simulated/stack.mrcs`,
    )
    .action(async (options: Options) =>
      runJob(options, async (context) => {
        const { extractParticles } = await import("../../jobs/extract/run.js");
        const made = await extractParticles(options, context);
        const skipped = made.skipped > 0 ? `, ${made.skipped} at edges left out` : "";
        const contrast = options.invert === false ? "protein as in the micrographs" : "protein white";
        context.report.note(
          `${made.stack}: ${made.particles} particles${skipped}, ${contrast}; ${made.star}`,
        );
        return { ...made };
      }),
    );
}
