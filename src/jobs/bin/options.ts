import { shard, workers } from "../shared/options/machine.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  type OptionsOf,
  pathOption,
  pathsOption,
  restated,
} from "../shared/options/option.js";

export const binOptions = {
  micrographs: pathsOption({
    value: "paths",
    help: "files, folders or globs: MRC, TIFF, PNG or HDF5 of EMAN2",
    required: true,
  }),
  pixelSize: restated(microscope.pixelSize, {
    help: "pixel size of the micrographs",
    otherwise: "from their headers",
  }),
  to: restated(microscope.pixelSize, {
    help: "pixel size to reach; micrographs that are already as coarse stay as they are",
    required: true,
  }),
  out: pathOption({
    value: "dir",
    help: "folder of binned micrographs to write, or to continue",
    required: true,
  }),
  ...{ workers, shard },
} as const;

/** What a user may ask of `bin`. */
export type BinOptions = OptionsOf<typeof binOptions>;

export const binCommand: CommandSpec<typeof binOptions> = {
  name: "bin",
  summary: "Bin micrographs in Fourier space.",
  options: binOptions,
  notes: `
Pixel (0, 0) stays where it is. binned.json holds the size of each micrograph before and after, so that coordinates can be brought
back: x times columns before over columns after. Run again, it bins only what is new or changed.
Example: cryogem bin --micrographs "raw/*.mrc" --pixel-size 0.53 --to 2.7 --out binned`,
};
