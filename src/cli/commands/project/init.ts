import { relative, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { initOptions } from "../../../jobs/init/options.js";
import { initProject } from "../../../jobs/init/run.js";
import type { Run } from "../../command.js";
import { expandMicrographs } from "../../project.js";

/** The work of `cryogem init`. */
export const run: Run<typeof initOptions> = async (options, context) => {
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY && !context.json;
  const { path, missing } = await initProject(options, {
    ...context,
    expand: expandMicrographs,
    pathFrom: (folder, file) => relative(folder, resolve(file)),
    ...(isTerminal && { ask: askForNumber }),
  });
  if (missing.length === 0) context.report.note(`${path}: look at it, then: cryogem run ${path}`);
  return { project: path, missing };
};

/** Asks until the answer is a number, or empty for one that is not known. */
async function askForNumber(question: string): Promise<number | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (;;) {
      const answer = (await terminal.question(`${question}: `)).trim();
      if (answer === "") return undefined;
      if (Number.isFinite(Number(answer))) return Number(answer);
      process.stderr.write("A number is needed, or nothing if it is not known.\n");
    }
  } finally {
    terminal.close();
  }
}
