import type { joinOptions } from "../../../jobs/join/options.js";
import { joinShares } from "../../../jobs/join/run.js";
import type { Run } from "../../command.js";
import { entryOf } from "../../project.js";

/** The work of `cryogem join`. */
export const run: Run<typeof joinOptions> = async (options, context) => {
  const joined = await joinShares(options, {
    ...context,
    specOf: (command) => entryOf(context, command).spec,
    // its own last line is not this command's
    execute: (command, given) => entryOf(context, command).perform(given, { ...context, json: false }),
  });
  return { joined };
};
