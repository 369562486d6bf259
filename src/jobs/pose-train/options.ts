import { POSE_PRESETS } from "../../pose/options.js";
import { device, resume, seed, threads } from "../shared/options/machine.js";
import {
  type CommandSpec,
  choiceOption,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  type ResolvedOptions,
  restated,
  switchOption,
} from "../shared/options/option.js";
import { symmetry } from "../shared/options/particles.js";
import { channels, every, learningRate, modelFolder, steps } from "../shared/options/training.js";

const { quick, paper } = POSE_PRESETS;
type Shown = keyof typeof quick;
/** The default of a choice, with each preset. */
const of = (name: Shown): string =>
  quick[name] === paper[name] ? String(quick[name]) : `${quick[name]}, with preset paper ${paper[name]}`;

export const poseTrainOptions = {
  particles: pathsOption({
    value: "paths",
    help: "datasets that `simulate` or `generate` wrote, whose particles are cut out, or STAR or .cs files of particle images with true angles and origins; several are mixed. With `map` one file of the particles whose poses are wanted: only its CTFs, signal and noise are used",
    required: true,
  }),
  map: pathOption({
    value: "file",
    help: "learn from projections of this map, protein white, new ones at every step",
  }),
  out: modelFolder,
  preset: choiceOption(
    { quick: "for two cores", paper: "CryoFIRE's encoder and the paper's loss, image alone" },
    { value: "name", help: "where the other choices start from", fallback: "quick" },
  ),
  symmetry: restated(symmetry, {
    help: "point group of the map, over which the loss is the least: Cn, Dn, T, O or I",
    fallback: "C1",
  }),
  side: choiceOption(
    { "32": "", "64": "", "128": "", "256": "" },
    {
      value: "px",
      help: "pixels along a side of the images as the network sees them",
      otherwise: of("side"),
    },
  ),
  field: numberOption(
    { unit: "angstrom", from: 10, to: 10_000 },
    {
      value: "A",
      help: "side of what the network sees of an image",
      otherwise: "all of the first file's images",
    },
  ),
  network: choiceOption(
    { encoder: "CryoFIRE's convolutions", dense: "two fully connected layers" },
    { value: "kind", help: "network", otherwise: of("network") },
  ),
  width: restated(channels, { otherwise: of("width") }),
  orientations: countOption(
    { from: 0, to: 20_000 },
    {
      value: "n",
      help: "give the probabilities of so many orientations; 0: one orientation, as six numbers",
      otherwise: of("orientations"),
    },
  ),
  heads: countOption(
    { from: 1, to: 64 },
    {
      value: "n",
      help: "propose so many poses for an image, in place of `orientations`; the best one is taught, and a score for each",
      otherwise: "1",
    },
  ),
  ctf: choiceOption(
    { none: "images as they are", flip: "phases flipped", channel: "the CTF as a second channel" },
    { value: "how", help: "what the network is told of the CTF", otherwise: of("ctf") },
  ),
  resolution: numberOption(
    { unit: "angstrom", from: 0, to: 1000 },
    {
      value: "A",
      help: "take finer detail out of the images and bring the rest to equal power at all frequencies; 0: neither",
      otherwise: "an eighth of the field, with preset paper 0",
    },
  ),
  batch: countOption({ from: 1, to: 4096 }, { value: "n", help: "images a step", otherwise: of("batch") }),
  steps: restated(steps, { otherwise: of("steps") }),
  learningRate: restated(learningRate, { otherwise: of("learningRate") }),
  turns: switchOption({
    help: "turn and mirror images, their poses with them",
    otherwise: "yes, with preset paper no",
    offers: "both",
  }),
  moves: numberOption(
    { unit: "angstrom", from: 0, to: 1000 },
    {
      value: "A",
      help: "move images by up to so much; with `map`, of two deviations along each axis",
      otherwise: "a twentieth of the field; with preset paper 0, unless there is a map",
    },
  ),
  noise: numberOption(
    { from: 0, to: 10 },
    { value: "f", help: "add white noise of up to so many deviations of the image", otherwise: of("noise") },
  ),
  contrast: numberOption(
    { from: 0, to: 3 },
    {
      value: "f",
      help: "multiply images by e to a power of up to so much, either way",
      otherwise: of("contrast"),
    },
  ),
  defocus: numberOption(
    { unit: "angstrom", from: 0, to: 10_000 },
    {
      value: "A",
      help: "deviation of the error that the defocus gets where the CTF is used",
      otherwise: of("defocus"),
    },
  ),
  validation: numberOption(
    { from: 0, to: 0.5 },
    {
      value: "f",
      help: "share of the micrographs whose particles are kept to validate",
      otherwise: "0.05; with `map`, 500 simulated particles",
    },
  ),
  every: restated(every, { otherwise: "a tenth of all" }),
  ...{ device, threads, seed, resume },
} as const;

/** What a user may ask of `pose train`. */
export type PoseTrainOptions = OptionsOf<typeof poseTrainOptions>;
export type ResolvedPoseTrainOptions = ResolvedOptions<typeof poseTrainOptions>;

export const poseTrainCommand: CommandSpec<typeof poseTrainOptions> = {
  name: "pose train",
  summary: "Train a network that estimates the orientation and shift of a particle from its image.",
  options: poseTrainOptions,
  notes: `
The model folder holds model.safetensors, checkpoint.safetensors, metrics.jsonl (losses, a step a line), validation.jsonl (median angle
and shift on particles kept apart, a checkpoint a line) and curves.svg, which is drawn anew at every checkpoint (docs/guide/poses.md).
Example: cryogem pose train --map map.mrc --particles particles.star --out encoder
         cryogem pose train --particles synthetic --symmetry O --out encoder`,
};
