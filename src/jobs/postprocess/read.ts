import type { Volume } from "../../array/image.js";
import { standardDeviation } from "../../array/statistics.js";
import { FormatError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { readTransferCurve, type TransferCurve } from "../../io/transfer-curve.js";
import { curveDoubt } from "../shared/curve-doubt.js";
import { contrastDoubt } from "../shared/maps/map-contrast.js";
import {
  checkSameGrid,
  type MapFile,
  type MapFrame,
  readMapFile,
  readMask,
} from "../shared/maps/map-files.js";
import { maskedDoubt } from "../shared/maps/map-mask.js";
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
 * Reads and checks the inputs. Half maps in different frames are warned of, as are maps that are probably inverted or were masked before.
 *
 * @throws FileError, FormatError for a file, two halves that are one, or a mask in which the map is dark; ShapeError, DomainError for
 *   maps that do not fit together
 */
export async function readInputs(
  plan: PostprocessPlan,
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<PostprocessInputs> {
  const first = await readMapFile(files, plan.half1, report);
  const second = await readMapFile(files, plan.half2, report);
  checkSameGrid(second, first);
  if (first.map.data.every((value, i) => value === second.map.data[i])) {
    throw new FormatError(plan.half2, "densities", `those of ${plan.half1}`, "another half map");
  }
  checkAlike(first, second, report.warn);
  const masked = maskedDoubt(first.map, second.map, { path: second.path, other: first.path });
  if (masked) report.warn(masked);
  if (JSON.stringify(first.frame) !== JSON.stringify(second.frame)) {
    report.warn(`${plan.half2}: its origin differs from that of ${plan.half1}, whose origin all maps get`);
  }
  const mask = plan.mask === undefined ? undefined : await readMask(files, plan.mask, first, report);
  if (mask) checkBright(first.map, mask, plan);
  for (const { map, path } of mask ? [] : [first, second]) {
    const doubt = contrastDoubt(map, path);
    if (doubt) report.warn(doubt);
  }
  const mtf = plan.mtf === undefined ? undefined : readTransferCurve(await files.read(plan.mtf), plan.mtf);
  const ofCurve = mtf && curveDoubt(mtf, plan.mtf!);
  if (ofCurve) report.warn(ofCurve);
  return { halves: [first.map, second.map], frame: first.frame, mask, mtf };
}

/** Ratio of the deviations of two halves from which their mean is mostly one of them. */
const UNLIKE = 2;

/** Refuses a half of one density, and warns of halves of unlike grey scale: their mean would be the stronger one. */
function checkAlike(first: MapFile, second: MapFile, warn: (line: string) => void): void {
  const [a, b] = [first, second].map(({ map, path }) => {
    const deviation = standardDeviation(map.data);
    if (deviation > 0) return deviation;
    throw new FormatError(path, "densities", `${map.data[0]} everywhere`, "a half map");
  }) as [number, number];
  if (Math.max(a / b, b / a) < UNLIKE) return;
  warn(
    `${second.path}: its densities spread ${(b / a).toPrecision(2)} times as far as those of ${first.path}: in ` +
      "the mean of the halves one " +
      "of them hardly counts. Were both made in one way?",
  );
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
