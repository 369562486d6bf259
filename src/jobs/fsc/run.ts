import type { Volume } from "../../array/image.js";
import type { Files } from "../../core/ports.js";
import {
  type FscCurve,
  type FscResolution,
  fourierShellCorrelation,
  fscArea,
  resolutionAt,
} from "../../evaluate/maps/fsc.js";
import { lineChart } from "../../plot/line-chart.js";
import { checkSameGrid, readMapFile, readMask } from "../shared/map-files.js";
import { resolveOptions } from "../shared/options/check.js";
import { type FscOptions, fscOptions } from "./options.js";

export interface FscReport extends FscCurve {
  /** Between half maps. */
  readonly at0143: FscResolution;
  /** Between a map and the truth. */
  readonly at05: FscResolution;
  /** Mean correlation up to Nyquist. */
  readonly area: number;
}

/**
 * The Fourier shell correlation of two map files, written as CSV and SVG where that was asked for.
 *
 * @throws OptionError for an option; FileError, FormatError for an input; ShapeError, DomainError for maps that do not fit together
 */
export async function compareMaps(given: FscOptions, files: Files): Promise<FscReport> {
  const options = resolveOptions(fscOptions, given);
  const first = await readMapFile(files, options.map);
  const second = await readMapFile(files, options.other);
  checkSameGrid(second, first);
  const mask = options.mask === undefined ? undefined : await readMask(files, options.mask, first);
  const [a, b] = [first, second].map(({ map }) => (mask ? masked(map, mask) : map));
  const curve = fourierShellCorrelation(a!, b!);
  if (options.out !== undefined) {
    await files.write(`${options.out}.csv`, fscCsv(curve));
    await files.write(`${options.out}.svg`, fscChart(curve));
  }
  return {
    ...curve,
    at0143: resolutionAt(curve, 0.143),
    at05: resolutionAt(curve, 0.5),
    area: fscArea(curve),
  };
}

/** The result as a few lines to read. */
export function fscText({ at0143, at05, area }: FscReport): string {
  const say = ({ resolution, crossed }: FscResolution): string =>
    crossed
      ? `${resolution.toFixed(2)} angstrom`
      : `${resolution.toFixed(2)} angstrom (Nyquist; the curve stays above)`;
  return `resolution at 0.143  ${say(at0143)}\nresolution at 0.5    ${say(at05)}\nmean correlation     ${area.toFixed(4)}\n`;
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
