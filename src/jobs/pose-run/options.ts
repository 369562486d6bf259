import { device, threads } from "../shared/options/machine.js";
import {
  type CommandSpec,
  countOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
} from "../shared/options/option.js";

export const poseRunOptions = {
  model: pathOption({
    value: "dir",
    help: "encoder that `pose train` wrote, folder or file",
    required: true,
  }),
  particles: pathOption({
    value: "file",
    help: "STAR or .cs file of particle images, of any box and pixel size",
    required: true,
  }),
  out: pathOption({ value: "star", help: "STAR file to write", required: true }),
  best: countOption(
    { from: 1, to: 64 },
    {
      value: "n",
      help: "poses written for each particle, likeliest first, as rows of their own",
      fallback: 1,
    },
  ),
  looks: countOption(
    { from: 1, to: 10 },
    {
      value: "n",
      help: "look so many times at each particle, every time at the image moved so that it lies in the middle by the look before",
      fallback: 3,
    },
  ),
  ...{ device, threads },
} as const;

/** What a user may ask of `pose run`. */
export type PoseRunOptions = OptionsOf<typeof poseRunOptions>;
export type ResolvedPoseRunOptions = ResolvedOptions<typeof poseRunOptions>;

export const poseRunCommand: CommandSpec<typeof poseRunOptions> = {
  name: "pose run",
  summary: "Estimate orientations and shifts of particles with a trained network.",
  options: poseRunOptions,
  notes: `
Every label of the input is carried over; angles and origins are the network's, and rlnMaxValueProbDistribution is the share that its
score gives to the pose. The STAR file goes to RELION, to \`reconstruct\`, or with --best of several to \`refine --poses\`.
Example: cryogem pose run --model encoder --particles particles.star --best 4 --out poses.star`,
};
