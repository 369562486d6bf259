import type { Image } from "../../array/image.js";
import { mean, variance } from "../../array/statistics.js";
import { FileError, OptionError, UsageError } from "../../core/errors.js";
import type { Files, Report } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { type Dataset, readDataset } from "../../dataset/reader.js";
import { particlePosition } from "../../dataset/true-position.js";
import type { Defocus } from "../../physics/optics/optics.js";
import {
  type Contrast,
  meanContrast,
  measureContrast,
  normaliseImage,
} from "../../translate/noise/contrast.js";
import { addTrend, measureTrend, type Trend } from "../../translate/noise/trend.js";
import { heldOutRows } from "../../translate/samples/held-out.js";
import type { Centre } from "../../translate/samples/particle-average.js";
import type { LabelledImage, TrainingSet } from "../../translate/samples/sampler.js";
import { parseEstimates } from "../estimate/records.js";
import { cachedSource } from "../shared/cached-source.js";
import { cleanMicrographs, micrographCtf, readMask } from "../shared/micrographs/clean-micrographs.js";
import { tellMicrographRemarks } from "../shared/micrographs/header-remarks.js";
import { readImageHeader } from "../shared/micrographs/image-header.js";
import {
  commonPixelSize,
  PixelSizeWatch,
  type SaidPixelSize,
  saidPixelSize,
} from "../shared/micrographs/pixel-size.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";

export interface TrainingInputs {
  /** Micrographs, real and not labelled. */
  readonly real: readonly string[];
  /** Folder that `simulate` wrote. */
  readonly simulated: string;
  /** Folder that `estimate` wrote on the real micrographs. */
  readonly estimates: string | undefined;
  /** Smallest side that a micrograph may have. */
  readonly crop: number;
  /** Whether the real micrographs' trends are taken out. */
  readonly flatten: boolean;
  /** Whether a part of each real micrograph is held out from the crops. */
  readonly holdsOut: boolean;
}

export interface OpenedTrainingSet {
  readonly set: TrainingSet;
  readonly dataset: Dataset;
  /** Angstrom. */
  readonly pixelSize: number;
}

/** Micrographs kept in memory of each kind, bytes. */
const CACHE = 2 ** 30;
/** For a thread that opens again what the job has opened and reported. */
const SILENT = { warn: () => {}, note: () => {} };
/** So many micrographs are measured where an average over a set is wanted. */
const MEASURED = 32;

/**
 * Opens real micrographs and a simulated dataset for training; looks at every header, reads pixels when they are needed.
 *
 * @throws UsageError where sizes or pixel sizes do not fit, FileError where there is nothing to learn from
 */
export async function openTrainingSet(
  files: Files,
  inputs: TrainingInputs,
  report: Pick<Report, "warn" | "note"> = SILENT,
): Promise<OpenedTrainingSet> {
  const dataset = await readDataset(files, inputs.simulated);
  const { manifest } = dataset;
  const { pixelSize } = manifest.optics;
  if (inputs.real.length === 0) throw new OptionError("real", "found none, expected at least one micrograph");
  if (manifest.micrographs.length === 0)
    throw new FileError(inputs.simulated, "no micrograph", "at least one");
  const said: SaidPixelSize[] = [{ path: inputs.simulated, said: pixelSize }];
  const watch = new PixelSizeWatch(pixelSize, report);
  for (const path of inputs.real) {
    const header = await readImageHeader(files, path);
    requireCrop(path, header.shape, inputs.crop, inputs.holdsOut ? heldOutRows(header.shape[0]) : 0);
    said.push({ path, said: saidPixelSize(header.pixelSize) });
    commonPixelSize(said);
    watch.see(path, header.pixelSize);
  }
  watch.close();
  await tellMicrographRemarks(inputs.real, { files, report });
  for (const { path, shape } of manifest.micrographs)
    requireCrop(`${inputs.simulated}/${path}`, shape, inputs.crop);
  const centres = await centresByMicrograph(dataset);
  const clean = cleanMicrographs(files, dataset);
  const loadSimulated = async (index: number): Promise<LabelledImage> => {
    const record = manifest.micrographs[index]!;
    const image = await clean(record);
    const mask = await readMask(files, inputs.simulated, record);
    const values = { mean: mean(image.data), variance: variance(image.data) };
    const optics = micrographCtf(record, manifest.optics);
    return { image, mask, optics, centres: centres.get(record.index) ?? [], ...values };
  };
  const loadReal = async (index: number): Promise<Image> => {
    const path = inputs.real[index]!;
    const { image } = await readRealMicrograph(files, path);
    const flat = inputs.flatten ? addTrend(image, measureTrend(image), -1) : image;
    return normaliseImage(flat, measureContrast(flat, path));
  };
  const set: TrainingSet = {
    real: cachedSource(inputs.real.length, loadReal, ({ data }) => data.byteLength, CACHE),
    simulated: cachedSource(
      manifest.micrographs.length,
      loadSimulated,
      ({ image, mask }) => image.data.byteLength + mask.byteLength,
      CACHE,
    ),
    realDefocus: await measuredDefocus(files, inputs),
    particleDiameter: manifest.particleDiameter,
    pixelSize,
  };
  return { set, dataset, pixelSize };
}

/** The defocus of each real micrograph in the estimates, told by its contents. */
async function measuredDefocus(
  files: Files,
  { real, estimates }: TrainingInputs,
): Promise<readonly (Defocus | undefined)[]> {
  if (estimates === undefined) return [];
  const path = inside(estimates, "estimates.json");
  const { micrographs } = parseEstimates(new TextDecoder().decode(await files.read(path)), path);
  const bySha = new Map(micrographs.map((micrograph) => [micrograph.sha256, micrograph]));
  const found: (Defocus | undefined)[] = [];
  for (const each of real) found.push(bySha.get(await files.sha256(each)));
  if (found.some((defocus) => defocus)) return found;
  throw new UsageError(
    `${path}: found estimates of none of the real micrographs (first: ${real[0]}), expected those of \`estimate\` on them`,
  );
}

/** Where particles truly sit. */
async function centresByMicrograph({ manifest, particles }: Dataset): Promise<Map<number, Centre[]>> {
  const { pixelSize } = manifest.optics;
  const centres = new Map<number, Centre[]>();
  for await (const particle of particles()) {
    const list = centres.get(particle.micrograph) ?? [];
    centres.set(particle.micrograph, list);
    list.push(particlePosition(particle, pixelSize));
  }
  return centres;
}

/** What the first real micrographs look like from afar. */
export interface RealLook {
  /** Mean contrast in the counts of their files, without the trends where those are measured. */
  readonly contrast: Contrast;
  readonly trends?: readonly Trend[];
}

export async function measureRealLook(
  files: Files,
  real: readonly string[],
  flatten: boolean,
): Promise<RealLook> {
  const contrasts: Contrast[] = [];
  const trends: Trend[] = [];
  for (const path of real.slice(0, MEASURED)) {
    const { image } = await readRealMicrograph(files, path);
    if (flatten) {
      const trend = measureTrend(image);
      const contrast = measureContrast(addTrend(image, trend, -1), path);
      contrasts.push(contrast);
      trends.push(trend.map((c) => c / contrast.deviation));
    } else contrasts.push(measureContrast(image, path));
  }
  return { contrast: meanContrast(contrasts), ...(flatten && { trends }) };
}

/** @param heldOut rows that no crop is drawn from */
function requireCrop(
  path: string,
  [rows, columns]: readonly [number, number],
  crop: number,
  heldOut = 0,
): void {
  if (Math.min(rows - heldOut, columns) >= crop) return;
  const besides = heldOut > 0 ? `, ${heldOut} of its rows held out (--keep best)` : "";
  throw new UsageError(
    `${path}: found a micrograph of ${columns} x ${rows} pixels${besides}, expected at least the crop, ${crop} x ${crop} (--crop)`,
  );
}
