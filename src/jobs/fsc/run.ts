import type { Volume } from "../../array/image.js";
import { FormatError, OptionError } from "../../core/errors.js";
import type { Files, Report } from "../../core/ports.js";
import {
  type FscCurve,
  type FscResolution,
  fourierShellCorrelation,
  fscArea,
  lastGoodShell,
  resolutionAt,
} from "../../evaluate/maps/fsc.js";
import { lineChart } from "../../plot/line-chart.js";
import {
  checkSameGrid,
  type MapFile,
  readMapFile,
  readMask,
  writeMapFile,
} from "../shared/maps/map-files.js";
import { maskedDoubt } from "../shared/maps/map-mask.js";
import { resolveOptions } from "../shared/options/check.js";
import { alignedOnto, alignmentText, isModelPath, type MapAlignment } from "./align.js";
import { type FscOptions, fscOptions } from "./options.js";

/** The resolution at a threshold, by interpolation and by the last shell above it. */
export interface ThresholdReading extends FscResolution {
  /** Angstrom: of the last shell before the curve first falls below, as RELION counts; Infinity if the first one lies below. */
  readonly lastGoodShell: number;
}

/** The curve of two maps and what is read from it. */
export interface FscReport extends FscCurve {
  /** Between half maps. */
  readonly at0143: ThresholdReading;
  /** Between a map and the truth. */
  readonly at05: ThresholdReading;
  /** Mean correlation up to Nyquist. */
  readonly area: number;
  /** How the second map was laid onto the first, where it was. */
  readonly alignment?: MapAlignment;
}

/**
 * The Fourier shell correlation of two map files, written as CSV and SVG where that was asked for.
 *
 * @throws OptionError for an option; FileError, FormatError for an input; ShapeError, DomainError for maps that do not fit together
 */
export async function compareMaps(
  given: FscOptions,
  context: { readonly files: Files; readonly report: Report },
): Promise<FscReport> {
  const options = resolveOptions(fscOptions, given);
  const { files, report } = context;
  const first = await readMapFile(files, options.map, report);
  const mask = options.mask === undefined ? undefined : await readMask(files, options.mask, first, report);
  const align = options.align || isModelPath(options.other);
  if (!align && options.hand !== "both") {
    throw new OptionError(
      "hand",
      `found "${options.hand}" without \`align\`, expected maps that are aligned`,
    );
  }
  const { map: second, alignment } = align
    ? await alignedOnto(first, options.other, options.hand, context)
    : await sameGridMap(options.other, first, context);
  const [a, b] = [first.map, second].map((map) => (mask ? masked(map, mask) : map));
  const curve = fourierShellCorrelation(a!, b!);
  if (isNegative(curve)) report.warn(`${options.other}: ${INVERTED}`);
  if (options.out !== undefined) {
    await files.write(`${options.out}.csv`, fscCsv(curve));
    await files.write(`${options.out}.svg`, fscChart(curve));
    if (alignment) await writeMapFile(files, `${options.out}-aligned.mrc`, second, first.frame);
  }
  return {
    ...curve,
    at0143: readingAt(curve, 0.143),
    at05: readingAt(curve, 0.5),
    area: fscArea(curve),
    ...(alignment && { alignment }),
  };
}

async function sameGridMap(
  path: string,
  first: MapFile,
  { files, report }: { readonly files: Files; readonly report: Report },
): Promise<{ readonly map: Volume; readonly alignment?: undefined }> {
  const other = await readMapFile(files, path, report);
  checkSameGrid(other, first);
  for (const { map, path: file } of [first, other]) requireDensities(map, file);
  const { data } = first.map;
  if (other.map.data.every((value, i) => value === data[i]))
    report.warn(
      `${path}: its densities are those of ${first.path}: a map correlates with itself at every resolution`,
    );
  else if (String(Object.values(other.frame)) !== String(Object.values(first.frame)))
    report.warn(
      `${path}: its header places it elsewhere than ${first.path} (ORIGIN and start): voxels are compared by their places in the boxes`,
    );
  const masked = maskedDoubt(first.map, other.map, { path, other: first.path });
  if (masked) report.warn(masked);
  return { map: other.map };
}

/** @throws FormatError for a map of one value, which correlates with nothing */
function requireDensities({ data }: Volume, path: string): void {
  if (data.some((value) => value !== data[0])) return;
  throw new FormatError(path, "densities", `${data[0]} everywhere`, "a map");
}

/** The first shells that mean something, and the correlation below which they are another contrast and not chance. */
const [COARSE, CLEARLY] = [[1, 4], -0.5] as const;
const INVERTED = "correlates negatively at low resolution: is the contrast of one map inverted?";

const isNegative = ({ correlation }: FscCurve): boolean => {
  const shells = correlation.slice(...COARSE);
  return shells.every((value) => value < CLEARLY);
};

function readingAt(curve: FscCurve, threshold: number): ThresholdReading {
  const shell = lastGoodShell(curve.correlation, threshold);
  return { ...resolutionAt(curve, threshold), lastGoodShell: 1 / curve.frequencies[shell]! };
}

/** The result as a few lines to read. */
export function fscText({ at0143, at05, area, alignment }: FscReport): string {
  const say = ({ resolution, crossed, lastGoodShell: shell }: ThresholdReading): string => {
    if (!Number.isFinite(resolution)) return "none: the first shell lies below it";
    const remark = crossed ? `last shell above it ${shell.toFixed(2)}` : "Nyquist; the curve stays above";
    return `${resolution.toFixed(2)} angstrom (${remark})`;
  };
  return `${alignment ? alignmentText(alignment) : ""}resolution at 0.143  ${say(at0143)}
resolution at 0.5    ${say(at05)}
mean correlation     ${area.toFixed(4)}\n`;
}

const masked = (map: Volume, mask: Volume): Volume => ({
  ...map,
  data: map.data.map((value, i) => value * mask.data[i]!),
});

function fscCsv({ frequencies, correlation }: FscCurve): string {
  const lines = Array.from(frequencies, (frequency, s) => `${frequency},${correlation[s]}`);
  return `${["frequency_per_angstrom,fsc", ...lines].join("\n")}\n`;
}

const fscChart = ({ frequencies, correlation }: FscCurve): string =>
  lineChart({
    title: "Fourier shell correlation",
    x: { label: "spatial frequency, 1/Å", domain: [0, frequencies[frequencies.length - 1]!] },
    y: { label: "correlation", domain: [Math.min(0, ...correlation), 1] },
    series: [{ name: "FSC", x: frequencies, y: correlation }],
    levels: [
      { name: "0.143", y: 0.143 },
      { name: "0.5", y: 0.5 },
    ],
  });
