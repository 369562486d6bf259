import { type CommandSpec, type OptionsOf, pathsOption } from "../shared/options/option.js";

export const joinOptions = {
  results: pathsOption({
    help: "folders, or stacks of `extract`, whose shares were done with --shard",
    positional: true,
    required: true,
  }),
} as const;

/** What a user may ask of `join`. */
export type JoinOptions = OptionsOf<typeof joinOptions>;

export const joinCommand: CommandSpec<typeof joinOptions> = {
  name: "join",
  summary: "Put together what the shares of a command made, where all of it is there.",
  options: joinOptions,
  notes: `
Commands with --shard i/n leave the tables out: simulate, generate, bin, estimate, pick run, extract. This writes them, byte for
byte as one process would have, and removes what was only kept for it. Where a share is missing it names it, writes nothing and
exits with 1: run those shares again and join again. What is joined already stays as it is.
Example:
  cryogem simulate --map map.mrc --count 1000 --out simulated --shard 1/8    # and 2/8 to 8/8, anywhere, in any order
  cryogem join simulated`,
};
