import type { Volume } from "../../array/image.js";
import { FormatError } from "../../core/errors.js";
import { eulerToMatrix } from "../../core/rotation.js";
import { directionalCorrelation } from "../../evaluate/maps/directional.js";
import {
  filterLocally,
  type Place,
  placesOf,
  prepareLocalResolution,
  spreadResolutions,
} from "../../evaluate/maps/local-resolution.js";
import { readParticlesCs } from "../../io/particles/cs.js";
import { readParticlesStar } from "../../io/particles/star.js";
import { histogramChart } from "../../plot/histogram-chart.js";
import { cellCentres } from "../../plot/sphere-grid.js";
import type { DatasetContext } from "../shared/context.js";
import { writeMapFile } from "../shared/maps/map-files.js";
import { startProgress } from "../shared/progress.js";
import { DIRECTION_GRID, directionsFigure, orientationsFigure } from "./figures.js";
import type { PostprocessPlan } from "./options.js";
import type { PostprocessInputs } from "./read.js";
import { directionsCsv } from "./tables.js";

/** Where results go: the machine, and the full name of a file from its end, which is noted as written. */
interface Output {
  readonly context: DatasetContext;
  readonly name: (end: string) => string;
}

/** Places that a worker measures at a time. */
const CHUNK = 16;

/** Measures the local resolution and writes its map, its histogram and the map filtered by it. @returns angstrom at each place */
export async function localResolutionOf(
  map: Volume,
  plan: PostprocessPlan,
  { halves, frame }: PostprocessInputs,
  { context, name }: Output,
): Promise<readonly number[]> {
  const { files, workers, report, signal } = context;
  const measurement = prepareLocalResolution(halves, { sampling: plan.localSampling, seed: plan.seed });
  const places = placesOf(measurement);
  const chunks: (readonly Place[])[] = [];
  for (let i = 0; i < places.length; i += CHUNK) chunks.push(places.slice(i, i + CHUNK));
  const advance = startProgress(report, { stage: "local resolution", total: places.length, unit: "places" });
  const found = await workers.map("local-resolution", chunks, {
    ...{ signal, shared: measurement },
    onResult: (values) => advance(values.length),
  });
  const resolutions = found.flat();
  const local = spreadResolutions(measurement, places, resolutions);
  await writeMapFile(files, name("_locres.mrc"), local, frame);
  await writeMapFile(files, name("_locres_filtered.mrc"), filterLocally(map, local), frame);
  const title = `Local resolution at ${places.length} places`;
  const samples = [{ name: title, values: resolutions }];
  await files.write(
    name("_locres.svg"),
    histogramChart({ title, xLabel: "resolution at 0.143, Å", samples }),
  );
  return resolutions;
}

/** Writes the resolution by direction as figure and table. @returns least over largest area */
export async function directionsOf(
  { halves, mask }: PostprocessInputs,
  { context, name }: Output,
): Promise<number> {
  const upper = cellCentres(DIRECTION_GRID).filter(([, , z]) => z > 0);
  const seen = mask
    ? halves.map((half) => ({ ...half, data: half.data.map((value, i) => value * mask.data[i]!) }))
    : halves;
  const found = directionalCorrelation([seen[0]!, seen[1]!], upper);
  await context.files.write(name("_directions.svg"), directionsFigure(found));
  await context.files.write(name("_directions.csv"), directionsCsv(found));
  return found.areaRatio;
}

/** Draws the viewing directions of particles. @returns their number; @throws FormatError for particles without angles */
export async function orientationsOf(path: string, { context, name }: Output): Promise<number> {
  const bytes = await context.files.read(path);
  const { particles } = /\.cs$/i.test(path) ? readParticlesCs(bytes, path) : readParticlesStar(bytes, path);
  const views = particles.flatMap(({ angles }) => {
    if (!angles) return [];
    const matrix = eulerToMatrix(angles);
    return [[matrix[6], matrix[7], matrix[8]] as const];
  });
  if (views.length < particles.length || views.length === 0) {
    throw new FormatError(
      path,
      "particles with angles",
      views.length,
      `all ${particles.length}, at least one`,
    );
  }
  await context.files.write(name("_orientations.svg"), orientationsFigure(views));
  return views.length;
}
