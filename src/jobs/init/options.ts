import { projectOptions } from "../project/options.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  type OptionsOf,
  pathOption,
  pathsOption,
  restated,
} from "../shared/options/option.js";

const found = "found in the files, or asked for";

export const initOptions = {
  dir: pathOption({ help: "folder of the project, new or empty", positional: true, required: true }),
  micrographs: pathsOption({
    value: "paths",
    help: "raw micrographs, motion-corrected, protein dark: files, folders or globs",
    required: true,
  }),
  model: pathOption({ value: "file", help: "atomic model of the particle, PDB or mmCIF" }),
  map: pathOption({ value: "file", help: "density map of the particle, MRC, in place of `model`" }),
  ctf: pathOption({
    value: "file",
    help: "CTFs that RELION (micrographs_ctf.star) or cryoSPARC (exposures .cs) fitted",
    otherwise: "they are fitted",
  }),
  particles: pathsOption({
    value: "files",
    help: "particles of your own refinement of this sample, a STAR file or .cs files of the same particles",
    otherwise: "none",
  }),
  pixelSize: restated(microscope.pixelSize, { help: "pixel size of the micrographs", otherwise: found }),
  voltage: restated(microscope.voltage, { otherwise: found }),
  cs: restated(microscope.cs, { otherwise: found }),
  amplitudeContrast: restated(microscope.amplitudeContrast, { otherwise: "as in the CTFs, or 0.1" }),
  diameter: restated(microscope.particleDiameter, { otherwise: "measured on the model or map" }),
  symmetry: restated(projectOptions.symmetry, { otherwise: "C1" }),
} as const;

/** What a user may ask of `init`. */
export type InitOptions = OptionsOf<typeof initOptions>;

export const initCommand: CommandSpec<typeof initOptions> = {
  name: "init",
  summary: "Look at micrographs and a structure, and write a commented project file.",
  options: initOptions,
  notes: `
On a terminal it asks for what it cannot find; elsewhere it writes what it found and says what is missing.
Example: cryogem init apoferritin --micrographs "raw/*.mrc" --model 2za7.pdb --voltage 300 --cs 2.7
Then:    cryogem run apoferritin/project.yaml`,
};
