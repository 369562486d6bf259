import { shard } from "../shared/options/machine.js";
import { pixelSize } from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choiceOption,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
  restated,
  switchOption,
} from "../shared/options/option.js";

export const extractOptions = {
  particles: pathOption({
    value: "star",
    help: "STAR file with coordinates, as a dataset's particles.star",
    required: true,
  }),
  ctf: pathOption({
    value: "file",
    help:
      "CTFs of the micrographs, for particles that have none: micrographs_ctf.star of `estimate` or RELION, or " +
      "exposures (.cs) of cryoSPARC. Micrographs are matched by their names",
    otherwise: "as the particles have them",
  }),
  box: countOption(
    { unit: "pixels", from: 8, to: 4096 },
    { value: "pixels", help: "side of the particle images", required: true },
  ),
  rescale: countOption(
    { unit: "pixels", from: 8, to: 4096 },
    {
      value: "pixels",
      help: "side of the images written, even: boxes are brought to it by cropping their transforms",
      otherwise: "that of the box",
    },
  ),
  recentre: switchOption({
    help: "cut boxes about refined positions: coordinates less the whole pixels of the origins",
    fallback: false,
  }),
  out: pathOption({
    value: "stack.mrcs",
    help: "stack to write; its STAR file lies beside it",
    required: true,
  }),
  invert: switchOption({
    help: "keep protein dark; by default contrast is inverted, protein white, as RELION wants it",
    fallback: true,
    offers: "off",
  }),
  normalise: switchOption({
    help: "bring the background outside the radius to mean 0, standard deviation 1",
    fallback: false,
  }),
  radius: numberOption(
    { unit: "pixels", from: 1, to: 2048 },
    {
      value: "pixels",
      help: "radius of the particle in the images written, for `normalise`",
      otherwise: "3/8 of their side",
    },
  ),
  ramp: switchOption({
    help: "subtract the mean of the background, not the plane that is fitted to it",
    fallback: true,
    offers: "off",
  }),
  edges: choiceOption(
    { pad: "with the nearest pixel inside, as RELION", skip: "the particle" },
    { value: "how", help: "boxes that leave the micrograph", fallback: "pad" },
  ),
  mode: choiceOption(
    { float32: "", float16: "RELION 4 and newer" },
    { value: "type", help: "numbers of the images", fallback: "float32" },
  ),
  pixelSize: restated(pixelSize, { help: "pixel size, where no file gives it" }),
  shard,
} as const;

/** What a user may ask of `extract`. */
export type ExtractOptions = OptionsOf<typeof extractOptions>;
export type ResolvedExtractOptions = ResolvedOptions<typeof extractOptions>;

export const extractCommand: CommandSpec<typeof extractOptions> = {
  name: "extract",
  summary: "Cut particles out of micrographs into a stack with its STAR file.",
  options: extractOptions,
  notes: `
As in RELION, boxes are cut at whole pixels; the fractions of the coordinates go into rlnOrigin. Stack and STAR file keep the order
of the input. The pixels are those of relion_preprocess --extract --invert_contrast; --normalise does what --norm does there, and
--rescale what --scale does.
The commands reconstruct and refine need the CTF of every particle, which --ctf gives to picks.
Example: cryogem extract --particles simulated/particles.star --box 160 --out simulated/stack.mrcs`,
};
