import { fourierResample } from "../../array/fft/resample.js";
import type { Image } from "../../array/image.js";
import { robustScale } from "../../array/statistics.js";
import { type PatchRow, patchSheet } from "../../plot/patch-sheet.js";

/** A class as the sheet shows it. */
export interface ShownClass {
  readonly average: Image;
  readonly particles: number;
  /** Angstrom; null: no detail. */
  readonly resolution: number | null;
}

const COLUMNS = 8;
/** Pixels: all averages are shown this wide, room for what is written below them. */
const WIDTH = 112;

/** The classes in rows, each average on its own grey scale, with its number of particles and its resolution. */
export function classSheet(title: string, classes: readonly ShownClass[]): string {
  const rows: PatchRow[] = [];
  for (let first = 0; first < classes.length; first += COLUMNS) {
    const some = classes.slice(first, first + COLUMNS);
    rows.push({
      title: `classes ${first + 1} to ${first + some.length}`,
      patches: some.map(({ average, particles, resolution }) => ({
        image: standardised(fourierResample(average, [WIDTH, WIDTH])),
        caption: resolution === null ? `${particles}` : `${particles}, ${resolution.toFixed(1)} Å`,
      })),
    });
  }
  return patchSheet(title, rows, { black: -2, white: 4 });
}

/** In deviations from the mean; an empty average stays grey. */
function standardised({ data, shape }: Image): Image {
  const { mean, standardDeviation } = robustScale(data);
  const scale = standardDeviation > 0 ? 1 / standardDeviation : 0;
  return { data: data.map((value) => (value - mean) * scale), shape };
}
