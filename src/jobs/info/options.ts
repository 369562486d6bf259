import { type CommandSpec, pathsOption } from "../shared/options/option.js";

export const infoOptions = {
  paths: pathsOption({
    help:
      "MRC, STAR, .cs, PNG, TIFF, HDF5 (EMAN2), PDB, mmCIF, .box, .cbox, Topaz, CSV, COCO, safetensors or ONNX " +
      "files, or folders such as datasets",
    required: true,
    positional: true,
  }),
} as const;

export const infoCommand: CommandSpec<typeof infoOptions> = {
  name: "info",
  summary: "Say what a file or folder holds.",
  options: infoOptions,
  notes: "",
};
