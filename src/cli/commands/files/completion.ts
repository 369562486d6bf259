import type { completionOptions } from "../../../jobs/completion/options.js";
import type { Run } from "../../command.js";
import { completionScript } from "../../completion.js";

/** The work of `cryogem completion`. */
export const run: Run<typeof completionOptions> = async ({ shell }, { entries, json }) => {
  const script = completionScript(
    shell,
    entries.map(({ spec }) => spec),
  );
  if (!json) process.stdout.write(script);
  return { shell, script };
};
