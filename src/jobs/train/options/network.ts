import { PRESETS } from "../../../translate/presets.js";
import { choiceOption, countOption } from "../../shared/options/option.js";
import { byPreset } from "./by-preset.js";

/** What a translator's networks are made of, and the noise field that they are given. */
export const networkOptions = {
  preset: choiceOption(
    { fast: "two CPU cores, minutes", paper: "" },
    { value: "name", help: "sizes and design", otherwise: "fast" },
  ),
  crop: countOption(
    { unit: "pixels", from: 32, to: 8192 },
    {
      value: "px",
      help: "side of the crops",
      otherwise: `fast: about 4.3 particle diameters, paper: ${PRESETS.paper.crop}`,
    },
  ),
  ngf: countOption(
    { from: 1, to: 512 },
    { value: "n", help: "channels of the generator's first layer", otherwise: byPreset("ngf") },
  ),
  ndf: countOption(
    { from: 1, to: 512 },
    { value: "n", help: "channels of the discriminator's first layer", otherwise: byPreset("ndf") },
  ),
  widest: countOption(
    { from: 1, to: 16 },
    {
      value: "n",
      help: "channels of the widest layers over those of the first",
      otherwise: byPreset("widest"),
    },
  ),
  depth: countOption(
    { from: 2, to: 12 },
    { value: "n", help: "halvings in the generator", otherwise: "6, or down to one pixel" },
  ),
  network: choiceOption(
    {
      unet: "the paper's",
      resnet: "nine residual blocks, CycleGAN's own",
      antialiased: "the same with blurs, CUT's own",
    },
    { value: "kind", help: "network of the generator", otherwise: "unet" },
  ),
  generator: choiceOption(
    { correction: "adds to its input", plain: "makes the image" },
    { value: "kind", help: "generator", otherwise: `${byPreset("generator")}; others than cryogem: plain` },
  ),
  upsampling: choiceOption(
    { resize: "leaves no lattice", transposed: "transposed convolution" },
    { value: "kind", help: "how the generator gets back to full size", otherwise: byPreset("upsampling") },
  ),
  discriminators: countOption(
    { from: 1, to: 2 },
    {
      value: "n",
      help: "discriminators: 1 on pixels; 2 on means of 4 x 4 pixels too",
      otherwise: byPreset("discriminators"),
    },
  ),
  noise: choiceOption(
    {
      matched: "to background, Thon rings and strength of the signal",
      coloured: "to the spectrum of the real micrographs",
      white: "",
      none: "clean micrographs as they are",
    },
    { value: "kind", help: "noise field that the generator is given", otherwise: byPreset("noise") },
  ),
  noiseAt: choiceOption(
    {
      input: "added to the clean micrograph",
      channel: "as a second channel",
      inner: "at the innermost feature maps",
    },
    { value: "place", help: "where the generator meets the noise field", otherwise: "input" },
  ),
} as const;
