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
    help: "footprints of the particles, as a dataset's masks/: then it is told how well the map parts particles from ground",
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
  summary: "Show what a translator's encoder takes for alike: a place of a micrograph against all others.",
  options: similarityOptions,
  notes: `
White is a cosine of 1, black of 0 and below, of the features that the contrastive loss compares. With the masks' loss particles are like
particles; with CUT's a place is like its own surroundings.
Example: cryogem similarity --models cryogem cut --micrograph synthetic/micrographs/000001.mrc \\
           --mask synthetic/masks/000001.png --at 310,242 --out similarity`,
};
