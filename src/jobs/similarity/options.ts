import { device, threads } from "../shared/options/machine.js";
import {
  type CommandSpec,
  countOption,
  numbersOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  type ResolvedOptions,
} from "../shared/options/option.js";

export const similarityOptions = {
  models: pathsOption({
    value: "dirs",
    help: "folders that `train` wrote, with their checkpoints: one map for each, side by side",
    required: true,
  }),
  micrograph: pathOption({
    value: "file",
    help: "micrograph, real or synthetic, protein dark, at the pixel size of the models",
    required: true,
  }),
  at: numbersOption(
    { unit: "pixels", from: 0, to: 1e6, counts: [2, 2] },
    { value: "x,y", help: "the place to which all others are compared", required: true },
  ),
  mask: pathOption({
    value: "png",
    help: "mask of the particles, such as a dataset's masks/ holds: adds how well the map separates particles from background",
  }),
  level: countOption(
    { from: 1, to: 16 },
    { value: "n", help: "level of the encoder, from its first feature map", fallback: 2 },
  ),
  out: pathOption({ value: "dir", help: "folder for similarity.svg and similarity.json", required: true }),
  device,
  threads,
} as const;

/** What a user may ask of `similarity`. */
export type SimilarityOptions = OptionsOf<typeof similarityOptions>;
export type ResolvedSimilarityOptions = ResolvedOptions<typeof similarityOptions>;

export const similarityCommand: CommandSpec<typeof similarityOptions> = {
  name: "similarity",
  summary: "Show which places of a micrograph a translator's encoder finds similar to a given place.",
  options: similarityOptions,
  notes: `
The maps show the cosine between the features that the contrastive loss compares: white is 1, black is 0 or less. A training with
the mask-guided loss makes particles similar to other particles; with CUT's loss a place is similar to its own surroundings.
Example: cryogem similarity --models cryogem cut --micrograph synthetic/micrographs/000001.mrc \\
           --mask synthetic/masks/000001.png --at 310,242 --out similarity`,
};
