import type { exportOptions } from "../../../jobs/export/options.js";
import { exportFiles } from "../../../jobs/export/run.js";
import { LABEL_ENDINGS } from "../../../jobs/shared/particles/labels.js";
import { expandInputs } from "../../../runtime/inputs.js";
import type { Run } from "../../command.js";

const READ = [
  ...LABEL_ENDINGS,
  ...[".mrc", ".mrcs", ".map", ".st", ".rec", ".tif", ".tiff", ".png", ".hdf", ".gz", ".bz2"],
];

/** The work of `cryogem export`. */
export const run: Run<typeof exportOptions> = async (options, context) => {
  const inputs = await expandInputs(options.inputs, { what: "file to convert", extensions: READ });
  const written = await exportFiles({ ...options, inputs }, context);
  const more = written.length > 1 ? ` and ${written.length - 1} more` : "";
  context.report.note(`${written[0]}${more} written`);
  return { written };
};
