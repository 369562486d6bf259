import { micrographSize } from "../shared/options/micrographs.js";
import { pixelSize } from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choiceOption,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  restated,
  switchOption,
} from "../shared/options/option.js";

/** Formats of labels, with remarks for the help. */
export const LABEL_FORMATS = {
  star: "RELION 3.1 to 5",
  star30: "RELION 3.0",
  ...{ cs: "", topaz: "", box: "", cbox: "", coco: "", csv: "" },
} as const;
/** Formats of images. */
export const IMAGE_FORMATS = { mrc: "", mrcs: "", map: "", tif: "", png: "" } as const;
export type LabelFormat = keyof typeof LABEL_FORMATS;
export type ImageFormat = keyof typeof IMAGE_FORMATS;
export type ExportFormat = LabelFormat | ImageFormat;

export const exportOptions = {
  inputs: pathsOption({
    help: "files, folders or globs: all of labels, or all of images",
    required: true,
    positional: true,
  }),
  out: pathOption({
    value: "path",
    help: "file to write; a folder for several images or box files",
    required: true,
  }),
  to: choiceOption(
    { ...LABEL_FORMATS, ...IMAGE_FORMATS },
    { value: "format", help: "format of labels or images", otherwise: "by the ending of `out`" },
  ),
  flipY: countOption(
    { unit: "rows", from: 1, to: 100_000 },
    {
      value: "rows",
      help: "labels: rows of the micrographs; y becomes rows - 1 - y",
      otherwise: "y stays",
    },
  ),
  box: numberOption(
    { unit: "pixels", from: 1, to: 10_000 },
    { value: "pixels", help: "labels: box size where the input has none", otherwise: "none" },
  ),
  micrographs: pathOption({
    value: "dir",
    help: "labels: folder of the micrographs, for their full names and sizes",
  }),
  micrographSize: restated(micrographSize, {
    help: "labels: size of all micrographs, for coco and cs",
    otherwise: "read from the micrographs",
  }),
  mode: choiceOption(
    { float32: "", float16: "", int16: "", uint16: "", int8: "", uint8: "MRC: less 128", uint4: "" },
    { value: "type", help: "images: type of the samples", otherwise: "float32; PNG: uint8" },
  ),
  stretch: switchOption({
    help: "images: scale the values to the range of the whole numbers, and clip the outer 0.2 %",
    otherwise: "only PNG without `mode`",
  }),
  compression: choiceOption(
    { none: "", lzw: "", deflate: "" },
    { value: "how", help: "images: compression of TIFF", otherwise: "none" },
  ),
  section: countOption(
    { from: 1, to: 1_000_000 },
    { value: "n", help: "images: one section of a stack or map", otherwise: "all" },
  ),
  pixelSize: restated(pixelSize, {
    help: "where no file gives it: of an image to write; of the micrographs, if particles have origins",
  }),
} as const;

/** What a user may ask of `export`. */
export type ExportOptions = OptionsOf<typeof exportOptions>;

export const exportCommand: CommandSpec<typeof exportOptions> = {
  name: "export",
  summary: "Convert particles, picks, images and maps from one format into another.",
  options: exportOptions,
  notes: `
A name that ends in .gz is packed; .bz2 is read, not written. TIFF rows run upward in the file and are turned over when read
and when written, as RELION does.
From STAR to STAR every label is kept; origins become pixels or angstroms. Only y of coordinates is flipped.
A particle sits at its coordinate less its origin, whoever wrote the file: csv, topaz, box, cbox and coco hold that place.
Examples:
  cryogem export picks/*.box --flip-y 4096 --out picks.star
  cryogem export particles.star --to star30 --out old.star
  cryogem export simulated/particles.star --out labels/coco.json --box 160
  cryogem export micrographs/*.tif --to mrc --pixel-size 1.5 --out mrc`,
};
