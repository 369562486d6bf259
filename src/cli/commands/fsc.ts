import type { Command } from "commander";
import { jobCommand, runJob } from "../undeclared.js";

interface Options {
  readonly mask?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `cryogem fsc`. */
export function fsc(): Command {
  return jobCommand("fsc", "Fourier shell correlation of two maps, with its resolution.")
    .argument("<map>", "MRC, a half map or a map to judge")
    .argument("<other>", "MRC of the same size and voxel size: the other half map, or the truth")
    .option(
      "--mask <map>",
      "MRC, 0 to 1: both maps are multiplied by it first; a soft edge, or the mask itself correlates",
    )
    .option("--out <name>", "writes name.csv and name.svg")
    .addHelpText(
      "after",
      `
0.143 is the threshold between half maps, 0.5 between a map and the truth.
Example: cryogem fsc half1.mrc half2.mrc --mask mask.mrc --out fsc`,
    )
    .action(async (map: string, other: string, options: Options) =>
      runJob(options, async ({ files }) => {
        const { compareMaps, fscText } = await import("../../jobs/fsc/run.js");
        const found = await compareMaps({ map, other, mask: options.mask, out: options.out }, files);
        if (!options.json) process.stdout.write(fscText(found));
        return { ...found, frequencies: [...found.frequencies], correlation: [...found.correlation] };
      }),
    );
}
