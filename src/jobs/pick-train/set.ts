import type { Image } from "../../array/image.js";
import { coarserPosition } from "../../array/resample.js";
import { FileError, OptionError } from "../../core/errors.js";
import type { Files, Report } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { readDataset, readMicrograph } from "../../dataset/reader.js";
import { particlePosition } from "../../dataset/true-position.js";
import { type NetworkImage, networkImage, type Place } from "../../pick/network/image.js";
import type { LabelledImage } from "../../pick/training/data.js";
import { readCoordinates } from "../pick-score/read.js";
import { cornerDoubt, type PlaceInShape } from "../shared/micrographs/corner-doubt.js";
import { tellMicrographRemarks } from "../shared/micrographs/header-remarks.js";
import { readImageHeader } from "../shared/micrographs/image-header.js";
import { matchNames } from "../shared/micrographs/match-names.js";
import { headerPixelSize, PixelSizeWatch, saidPixelSize } from "../shared/micrographs/pixel-size.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";
import type { PickTrainPlan } from "./plan.js";

/** A labelled micrograph, read when it is needed. */
export interface LabelledMicrograph {
  readonly name: string;
  /** Angstrom. */
  readonly particleDiameter: number;
  load(): Promise<LabelledImage>;
}

/** A particle of which less is visible, or more is covered by others, is neither to be found nor to be avoided. */
const LEAST_VISIBLE = 0.5;
const MOST_COVERED = 0.6;

/**
 * Everything labelled that a plan names: the micrographs of its datasets, then single ones with their coordinates.
 *
 * @throws FileError, FormatError for a dataset or a file; UsageError for micrographs without coordinates or pixel size
 */
export async function labelledMicrographs(
  files: Files,
  plan: PickTrainPlan,
  report: Pick<Report, "warn" | "note">,
): Promise<LabelledMicrograph[]> {
  const found: LabelledMicrograph[] = [];
  for (const dir of plan.datasets) found.push(...(await datasetMicrographs(files, dir, plan)));
  const picks = await coordinatesByPath(files, plan, (line) => report.warn(line));
  const unknown = plan.micrographs.filter((path) => !picks.has(path));
  if (plan.micrographs.length > 0 && unknown.length === plan.micrographs.length) {
    throw new OptionError(
      "coordinates",
      `found none of ${unknown[0]}${unknown.length > 1 ? ` and ${unknown.length - 1} others` : ""}, expected ` +
        "files or names like the micrographs'",
    );
  }
  if (unknown.length > 0)
    report.warn(`micrographs without coordinates, which are left out: ${some(unknown)}`);
  const placed: PlaceInShape[] = [];
  const watch = new PixelSizeWatch(plan.pixelSize, report);
  for (const path of plan.micrographs) {
    const { shape, pixelSize } = await readImageHeader(files, path);
    watch.see(path, pixelSize);
    const places = picks.get(path);
    if (!places) continue;
    const outside = outsideOf(places, shape, path);
    if (outside > 0) report.warn(`${path}: ${outside} of ${places.length} places lie outside the micrograph`);
    placed.push(...places.map(({ x, y }) => ({ x, y, shape })));
    found.push(singleMicrograph(files, path, places, plan));
  }
  watch.close();
  await tellMicrographRemarks(plan.micrographs, { files, report });
  const doubt = cornerDoubt(placed, plan.coordinates.join(", "));
  if (doubt) report.warn(doubt);
  return found;
}

async function datasetMicrographs(
  files: Files,
  dir: string,
  plan: PickTrainPlan,
): Promise<LabelledMicrograph[]> {
  const dataset = await readDataset(files, dir);
  const { pixelSize } = dataset.manifest.optics;
  const particleDiameter = plan.particleDiameter ?? dataset.manifest.particleDiameter;
  const found: LabelledMicrograph[] = [];
  for await (const { micrograph, particles } of dataset.byMicrograph()) {
    const name = inside(dir, micrograph.path);
    const centres: Place[] = [];
    const ignored: Place[] = [];
    for (const particle of particles) {
      const isGood = particle.visibleFraction >= LEAST_VISIBLE && particle.overlap <= MOST_COVERED;
      (isGood ? centres : ignored).push(particlePosition(particle, pixelSize));
    }
    const load = async (): Promise<LabelledImage> =>
      labelled(await readMicrograph(files, dir, micrograph), { pixelSize, particleDiameter }, plan, name, {
        centres,
        ignored,
      });
    found.push({ name, particleDiameter, load });
  }
  return found;
}

/** Places of all files by the paths of the micrographs, in the micrographs' pixels. */
async function coordinatesByPath(
  files: Files,
  { coordinates, coordinatesPixelSize, micrographs, pixelSize }: PickTrainPlan,
  warn: (line: string) => void,
): Promise<Map<string, readonly Place[]>> {
  const ratio = coordinatesPixelSize === undefined ? 1 : coordinatesPixelSize / pixelSize!;
  const header = async (name: string): Promise<number | undefined> => {
    const path = matchNames([name], micrographs, "micrographs").get(name);
    return path === undefined ? undefined : saidPixelSize((await readImageHeader(files, path)).pixelSize);
  };
  const found = new Map<string, readonly Place[]>();
  for (const path of coordinates) {
    const scale = { given: coordinatesPixelSize ?? pixelSize, header, ratio, warn };
    const { picks } = await readCoordinates(files, path, scale);
    const matches = matchNames(micrographs, [...picks.keys()], path);
    for (const [micrograph, name] of matches) {
      const known = found.get(micrograph);
      if (known)
        warn(`${path}: more places of ${micrograph}, which are put together with those of another file`);
      found.set(micrograph, [...(known ?? []), ...picks.get(name)!]);
    }
    const used = new Set(matches.values());
    const idle = [...picks.keys()].filter((name) => !used.has(name));
    if (idle.length > 0)
      warn(`${path}: places in micrographs that are not among \`micrographs\`: ${some(idle)}`);
  }
  return found;
}

function singleMicrograph(
  files: Files,
  path: string,
  centres: readonly Place[],
  plan: PickTrainPlan,
): LabelledMicrograph {
  const particleDiameter = plan.particleDiameter ?? plan.from?.record.particleDiameter;
  if (particleDiameter === undefined) {
    throw new OptionError("particleDiameter", "found none, expected it with `micrographs`");
  }
  const load = async (): Promise<LabelledImage> => {
    const { image, pixelSize } = await readPixels(files, path, plan);
    return labelled(image, { pixelSize, particleDiameter }, plan, path, { centres, ignored: [] });
  };
  return { name: path, particleDiameter, load };
}

/** The number of names, and the first of them. */
const some = (names: readonly string[]): string => `${names.length} (${names.slice(0, 3).join(", ")})`;

/**
 * How many places lie outside their micrograph.
 * @throws OptionError where most do: they are of another image, or of one binned otherwise
 */
function outsideOf(places: readonly Place[], [rows, columns]: Image["shape"], path: string): number {
  const outside = places.filter(({ x, y }) => !(x >= -0.5 && y >= -0.5 && x < columns && y < rows)).length;
  if (2 * outside <= places.length) return outside;
  throw new OptionError(
    "coordinates",
    `found ${outside} of ${places.length} places outside ${path} of ${columns} x ${rows} pixels, expected them ` +
      `inside; of images binned otherwise give \`coordinatesPixelSize\``,
  );
}

async function readPixels(
  files: Files,
  path: string,
  plan: PickTrainPlan,
): Promise<{ readonly image: Image; readonly pixelSize: number }> {
  const read = await readRealMicrograph(files, path);
  const pixelSize = plan.pixelSize ?? headerPixelSize(path, read.pixelSize);
  if (pixelSize === undefined) {
    throw new OptionError(
      "pixelSize",
      `found ${read.pixelSize ?? "none"} in the header of ${path}, expected the pixel size`,
    );
  }
  return { image: read.image, pixelSize };
}

function labelled(
  image: Image,
  size: { readonly pixelSize: number; readonly particleDiameter: number },
  { options }: PickTrainPlan,
  name: string,
  labels: ScaledLabels,
): LabelledImage {
  const network = networkImage(image, { ...size, workingDiameter: options.workingDiameter }, name);
  const place = ({ x, y }: Place): Place => ({
    x: coarserPosition(x, network.scale),
    y: coarserPosition(y, network.scale),
  });
  return { ...network, centres: labels.centres.map(place), ignored: labels.ignored.map(place) };
}

/** Places in a micrograph, its pixels. */
interface ScaledLabels {
  readonly centres: readonly Place[];
  readonly ignored: readonly Place[];
}

/** Sizes at which an image of unknown pixel size is used: its pixels over the network's. */
const UNKNOWN_SCALES = [1, 1.5, 2.2] as const;

/**
 * Images without particles as the network sees them. One whose pixel size is known is scaled like the micrographs; of
 * another only the texture is known, and it is used at several sizes.
 */
export async function negativeImages(files: Files, plan: PickTrainPlan): Promise<LabelledImage[]> {
  const { workingDiameter } = plan.options;
  const particleDiameter = plan.particleDiameter ?? plan.from?.record.particleDiameter;
  const found: LabelledImage[] = [];
  for (const path of plan.negatives) {
    const { image, pixelSize: header } = await readRealMicrograph(files, path);
    const pixelSize = saidPixelSize(header);
    const scales =
      pixelSize !== undefined && particleDiameter !== undefined
        ? [particleDiameter / workingDiameter / pixelSize]
        : UNKNOWN_SCALES.filter((scale) => Math.min(...image.shape) >= scale * workingDiameter);
    if (scales.length === 0) {
      throw new FileError(
        path,
        `an image of ${image.shape.join(" x ")} pixels`,
        `at least ${workingDiameter} x ${workingDiameter}`,
      );
    }
    for (const scale of scales) {
      const size = { pixelSize: 1, particleDiameter: scale * workingDiameter, workingDiameter };
      const network: NetworkImage = networkImage(image, size, path);
      found.push({ ...network, centres: [], ignored: [] });
    }
  }
  return found;
}
