import type { Files, JobContext } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";
import type { InputRecord, MtfRecord } from "../../dataset/records.js";
import { readTransferCurve } from "../../io/transfer-curve.js";
import type { Detector } from "../../physics/detector.js";
import { curveDoubt } from "../shared/curve-doubt.js";
import { hashFile } from "../shared/hash-file.js";
import type { SimulationPlan } from "./plan.js";

/** The detector of a simulation, its curves read. */
export interface DetectorSource {
  readonly curves: Detector;
  /** What the dataset says of the MTF; absent: ideal. */
  readonly mtf?: MtfRecord;
  /** The MTF's own file, which goes with the dataset. */
  readonly mtfFile?: Uint8Array;
  readonly inputs: readonly InputRecord[];
}

/**
 * Reads the curves that a plan names. Warns of one that does not end at Nyquist.
 *
 * @param pixelSize angstrom, of the micrographs: the curves refer to it where the plan gives none
 * @throws FileError, FormatError for a curve
 */
export async function readDetector(
  { mtf, dqe, mtfPixelSize }: Pick<SimulationPlan, "mtf" | "dqe" | "mtfPixelSize">,
  pixelSize: number,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<DetectorSource> {
  const inputs: InputRecord[] = [];
  const curveOf = async (path: string) => {
    inputs.push(await hashFile(path, undefined, files));
    const curve = readTransferCurve(await files.read(path), path);
    const doubt = curveDoubt(curve, path);
    if (doubt) report.warn(doubt);
    return curve;
  };
  const curves = {
    physicalPixelSize: mtfPixelSize ?? pixelSize,
    ...(mtf !== undefined && { mtf: await curveOf(mtf) }),
    ...(dqe !== undefined && { dqe: await curveOf(dqe) }),
  };
  if (mtf === undefined) return { curves, inputs };
  const record = { path: DATASET.mtf, pixelSize: curves.physicalPixelSize };
  return { curves, inputs, mtf: record, mtfFile: await files.read(mtf) };
}

/** Puts the MTF's file where micrographs.star and particles.star look for it. */
export async function writeMtf(files: Files, dir: string, { mtf, mtfFile }: DetectorSource): Promise<void> {
  if (mtf && mtfFile) await files.write(inside(dir, mtf.path), mtfFile);
}
