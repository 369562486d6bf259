import type { Command } from "commander";
import type { PotentialJobOptions } from "../../jobs/potential/run.js";
import { integerIn, numberIn } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

type Options = PotentialJobOptions & { readonly json?: boolean };

/** `cryogem potential`. */
export function potential(): Command {
  return jobCommand(
    "potential",
    "Turn an atomic model into a density map: its electrostatic potential, in volt.",
  )
    .requiredOption("--model <file>", "atomic model, PDB or mmCIF, also .gz")
    .requiredOption(
      "--pixel-size <A>",
      "voxel size of the map, 0.1 to 50 angstrom",
      numberIn("angstrom", 0.1, 50),
    )
    .requiredOption("--out <map.mrc>", "map to write; a name that ends in .gz is packed")
    .option("--box <voxels>", "side of the map, 16 to 2048 (default: 1.5 diameters)", integerIn(16, 2048))
    .option(
      "--resolution <A>",
      "cut-off, at least two voxels, to 1000 angstrom (default: two voxels)",
      numberIn("angstrom", 0.2, 1000),
    )
    .option(
      "--assembly <id>",
      "biological assembly to build, or none for the atoms as they are (default: the file's first)",
    )
    .option("--model-number <n>", "of several models in the file (default: the first)", integerIn(1, 1e6))
    .option(
      "--b-factors",
      "blur each atom by its own B factor (not for predicted models, which keep a confidence there)",
    )
    .option("--waters", "keep water molecules")
    .option(
      "--minimum-confidence <pLDDT>",
      "of a predicted model: leave out atoms below it, 0 to 100 (default: keep all)",
      numberIn("", 0, 100),
    )
    .addHelpText(
      "after",
      "\nExample: cryogem potential --model 2za7.pdb --pixel-size 1.5 --out apoferritin.mrc",
    )
    .action(async (options: Options) =>
      runJob(options, async (context) => {
        const { computePotential } = await import("../../jobs/potential/run.js");
        return { ...(await computePotential(options, context)) };
      }),
    );
}
