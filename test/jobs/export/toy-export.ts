import { join } from "node:path";
import { type ExportOptions, exportFiles } from "../../../src/jobs/export/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

/** Exports into a scratch folder `dir`: `at` says where a file lies in it, `run` makes one. */
export function toyExport() {
  const dir = scratchFolder();
  const at = (name: string): string => join(dir, name);
  const { context, notes, warnings } = jobContext();
  const run = (input: string | readonly string[], out: string, more: Partial<ExportOptions> = {}) =>
    exportFiles({ inputs: [input].flat(), out: at(out), ...more }, context);
  return { dir, at, run, notes, warnings };
}

/** Particles of RELION 3.0: two optics, origins in pixels. */
export const OLD = `
data_images

loop_
_rlnMicrographName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnImageName #4
_rlnVoltage #5
_rlnSphericalAberration #6
_rlnAmplitudeContrast #7
_rlnDetectorPixelSize #8
_rlnMagnification #9
_rlnDefocusU #10
_rlnDefocusV #11
_rlnDefocusAngle #12
_rlnOriginX #13
_rlnOriginY #14
_rlnAngleRot #15
_rlnAngleTilt #16
_rlnAnglePsi #17
_rlnGroupNumber #18
_rlnRandomSubset #19
m/a.mrc 100 50 000001@s.mrcs 300 2.7 0.1 5 25000 15000 14000 30 -1.5 2 10 20 30 7 1
m/a.mrc 20.5 8 000002@s.mrcs 300 2.7 0.1 5 25000 15000 14000 30 0 0.25 -10 120 3 7 2
m/b.mrc 1 2 000003@s.mrcs 200 2.0 0.07 5 50000 9000 8000 -5 4 -2 0 0 0 8 1
`;
