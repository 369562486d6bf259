import { FormatError } from "../../core/errors.js";
import type { Files, JobContext } from "../../core/ports.js";
import type { OpticsGroup } from "../../io/particles/particle.js";
import { LABEL } from "../../io/star/names.js";
import { readTransferCurve, type TransferCurve, transferAt } from "../../io/transfer-curve.js";
import { curveDoubt } from "../shared/curve-doubt.js";
import type { ReconstructPlan } from "./plan.js";

/** Samples of a curve from zero to the corner of a transform, half a diagonal of pixels: 0.71 cycles per pixel. */
const SAMPLES = 1024;
const CORNER = Math.SQRT1_2;

/**
 * By what the transforms of each group's images are divided, over cycles per pixel of the images: by the MTF that the user gives; or,
 * as relion_reconstruct does, by the group's own over the mean of all groups, so that groups of several detectors meet, and a set
 * from one detector is left as it is.
 *
 * @returns undefined where images are divided by nothing
 * @throws FileError, FormatError for a file; FormatError for an MTF that only some groups have, or whose pixel size is not known
 */
export async function readMtfs(
  optics: readonly OpticsGroup[],
  plan: Pick<ReconstructPlan, "particles" | "mtf" | "mtfPixelSize" | "ctf">,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<readonly TransferCurve[] | undefined> {
  if (plan.mtf !== undefined) {
    const curve = await readPositive(files, plan.mtf);
    const doubt = curveDoubt(curve, plan.mtf);
    if (doubt) report.warn(doubt);
    return optics.map(({ pixelSize }) =>
      sample((f) => transferAt(curve, (f * (plan.mtfPixelSize ?? pixelSize)) / pixelSize)),
    );
  }
  if (!plan.ctf || new Set(optics.map(({ mtf }) => mtf?.file)).size < 2) return undefined;
  const curves = await Promise.all(optics.map(async (group) => ofGroup(await readOf(group, plan, files))));
  return optics.map(({ pixelSize }, i) =>
    sample((f) => {
      const frequency = f / pixelSize;
      const mean = curves.reduce((sum, at) => sum + at(frequency), 0) / curves.length;
      return curves[i]!(frequency) / mean;
    }),
  );
}

/** An MTF over 1/angstrom. */
const ofGroup =
  ({ curve, pixelSize }: { readonly curve: TransferCurve; readonly pixelSize: number }) =>
  (frequency: number): number =>
    transferAt(curve, frequency * pixelSize);

async function readOf(
  { name, mtf }: OpticsGroup,
  { particles }: Pick<ReconstructPlan, "particles">,
  files: Files,
): Promise<{ readonly curve: TransferCurve; readonly pixelSize: number }> {
  const missing = (what: string): FormatError =>
    new FormatError(
      particles,
      `optics group ${name}`,
      `no ${what}`,
      "an MTF with its pixel size, as another group has",
    );
  if (!mtf) throw missing(LABEL.mtf);
  if (mtf.pixelSize === undefined) throw missing(LABEL.originalPixelSize);
  const folder = particles.slice(0, particles.lastIndexOf("/") + 1);
  const path = (await files.exists(mtf.file)) ? mtf.file : folder + mtf.file;
  return { curve: await readPositive(files, path), pixelSize: mtf.pixelSize };
}

/** @throws FormatError for a value by which nothing can be divided */
async function readPositive(files: Files, path: string): Promise<TransferCurve> {
  const curve = readTransferCurve(await files.read(path), path);
  const zero = curve.value.findIndex((value) => value < 1e-10);
  if (zero >= 0) {
    throw new FormatError(
      path,
      `value at ${curve.frequency[zero]}`,
      curve.value[zero],
      "above 0: images are divided by it",
    );
  }
  return curve;
}

function sample(at: (cyclesPerPixel: number) => number): TransferCurve {
  const frequency = Array.from({ length: SAMPLES + 1 }, (_, i) => (CORNER * i) / SAMPLES);
  return { frequency, value: frequency.map(at) };
}
