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
  summary: "Write the tables of a command that was run in shares, once all shares are complete.",
  options: joinOptions,
  notes: `
With --shard i/n the commands simulate, generate, bin, estimate, pick run and extract do not write their tables. This command writes
them, byte for byte as a single process would, and removes the files that were kept for it only. If shares are missing, it names
them, writes nothing and exits with 1: run those shares again, then join again. Results that are already joined are not changed.
Example:
  cryogem simulate --map map.mrc --count 1000 --out simulated --shard 1/8    # and 2/8 to 8/8, anywhere, in any order
  cryogem join simulated`,
};
