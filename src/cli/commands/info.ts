import type { Command } from "commander";
import { jobCommand, runJob } from "../undeclared.js";

/** `cryogem info`. */
export function info(): Command {
  return jobCommand("info", "Say what a file or folder holds.")
    .argument(
      "<paths...>",
      "MRC, STAR, .cs, PNG, TIFF, HDF5 (EMAN2), PDB, mmCIF, .box, .cbox, Topaz, CSV, COCO or safetensors files, or folders such as datasets",
    )
    .action(async (paths: readonly string[], options: { readonly json?: boolean }) =>
      runJob(options, async ({ files }) => {
        const [{ describeFile, describeFolder }, { isFolder }] = await Promise.all([
          import("../../jobs/info/run.js"),
          import("../../runtime/inputs.js"),
        ]);
        const described: Record<string, unknown> = {};
        for (const path of paths) {
          const facts = await ((await isFolder(path)) ? describeFolder : describeFile)(files, path);
          described[path] = facts;
          if (!options.json) process.stdout.write(`${path}\n${lines(facts)}`);
        }
        return described;
      }),
    );
}

function lines(facts: Readonly<Record<string, string | number>>): string {
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  return Object.entries(facts)
    .map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`)
    .join("");
}
