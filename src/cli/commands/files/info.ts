import type { infoOptions } from "../../../jobs/info/options.js";
import { describeFile, describeFolder } from "../../../jobs/info/run.js";
import { isFolder } from "../../../runtime/inputs.js";
import type { Run } from "../../command.js";

/** The work of `cryogem info`. */
export const run: Run<typeof infoOptions> = async ({ paths }, { files, json }) => {
  const described: Record<string, unknown> = {};
  for (const path of paths) {
    const facts = await ((await isFolder(path)) ? describeFolder : describeFile)(files, path);
    described[path] = facts;
    if (!json) process.stdout.write(`${path}\n${lines(facts)}`);
  }
  return described;
};

function lines(facts: Readonly<Record<string, string | number>>): string {
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  return Object.entries(facts)
    .map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`)
    .join("");
}
