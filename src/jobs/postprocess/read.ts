import type { Volume } from "../../array/image.js";
import { FormatError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { readTransferCurve, type TransferCurve } from "../../io/transfer-curve.js";
import { contrastDoubt } from "../shared/maps/map-contrast.js";
import { checkSameGrid, type MapFrame, readMapFile, readMask } from "../shared/maps/map-files.js";
import type { PostprocessPlan } from "./options.js";

/** The inputs of a postprocessing, fit to be compared with each other. */
export interface PostprocessInputs {
  readonly halves: readonly [Volume, Volume];
  readonly frame: MapFrame;
  readonly mask: Volume | undefined;
  readonly mtf: TransferCurve | undefined;
}

/** Deviations of the density inside a mask by which it may lie below the outside: noise alone stays within a tenth. */
const LARGEST_DARKNESS = 0.3;

/**
 * Reads and checks the inputs. Half maps in different frames are warned of, as are maps that are probably inverted.
 *
 * @throws FileError, FormatError for a file, two halves that are one, or a mask in which the map is dark; ShapeError, DomainError for
 *   maps that do not fit together
 */
export async function readInputs(
  plan: PostprocessPlan,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<PostprocessInputs> {
  const first = await readMapFile(files, plan.half1);
  const second = await readMapFile(files, plan.half2);
  checkSameGrid(second, first);
  if (first.map.data.every((value, i) => value === second.map.data[i])) {
    throw new FormatError(plan.half2, "densities", `those of ${plan.half1}`, "another half map");
  }
  if (JSON.stringify(first.frame) !== JSON.stringify(second.frame)) {
    report.warn(`${plan.half2}: its origin differs from that of ${plan.half1}, whose origin all maps get`);
  }
  const mask = plan.mask === undefined ? undefined : await readMask(files, plan.mask, first);
  if (mask) checkBright(first.map, mask, plan);
  for (const { map, path } of mask ? [] : [first, second]) {
    const doubt = contrastDoubt(map, path);
    if (doubt) report.warn(doubt);
  }
  const mtf = plan.mtf === undefined ? undefined : readTransferCurve(await files.read(plan.mtf), plan.mtf);
  return { halves: [first.map, second.map], frame: first.frame, mask, mtf };
}

/** Refuses a map that is darker inside its mask than outside. */
function checkBright(map: Volume, mask: Volume, { half1, mask: path }: PostprocessPlan): void {
  let [inside, outside, sum, squares, rest] = [0, 0, 0, 0, 0];
  map.data.forEach((value, i) => {
    if (mask.data[i]! > 0.5) {
      inside++;
      sum += value;
      squares += value * value;
    } else {
      outside++;
      rest += value;
    }
  });
  if (inside === 0 || outside === 0) return;
  const mean = sum / inside;
  const deviation = Math.sqrt(Math.max(0, squares / inside - mean * mean));
  if (mean - rest / outside >= -LARGEST_DARKNESS * deviation) return;
  throw new FormatError(
    half1,
    `mean density inside ${path}`,
    mean,
    `more than ${rest / outside} as outside: is the contrast inverted, or the mask another map's?`,
  );
}
