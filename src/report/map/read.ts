import type { Image, Volume } from "../../array/image.js";
import { lowPassed, shellAt } from "../../array/spectrum/low-pass.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { GOLD_STANDARD, lastGoodShell, resolutionAt } from "../../evaluate/maps/fsc.js";
import { type FscTable, readFsc, readFscColumn } from "../../io/read-fsc.js";
import { CLASSIFICATION } from "../../jobs/classify2d/records.js";
import { POSE_TRAINING } from "../../jobs/pose-train/records.js";
import { MAP_FILES } from "../../jobs/project/map-stages.js";
import { parseRefineRecord, REFINEMENT } from "../../jobs/refine/records.js";
import { readMapFile } from "../../jobs/shared/maps/map-files.js";
import { openStacks, readStackImages } from "../../jobs/shared/particles/particle-stacks.js";
import type { ReportFigure, ReportMap, ReportResolution } from "../data.js";

/** What the part of a report from picks to a map is made from. */
export interface MapPlan {
  /** Folder of the project. */
  readonly folder: string;
  /** File name of the model or map that was given. */
  readonly structure: string;
  readonly hasAverages: boolean;
  readonly hasPoses: boolean;
}

/** Particle images shown. */
const SHOWN = 16;
/** Correlation of a map with one without noise at which its resolution is read (docs/guide/maps.md). */
const AGAINST_TRUTH = 0.5;

/** What the report shows of the results from picks to a map. @throws FileError, FormatError for what is missing or damaged */
export async function readMapFolders(plan: MapPlan, files: Files): Promise<ReportMap> {
  const at = (name: string): string => inside(plan.folder, name);
  const figure = async (name: string, caption: string): Promise<ReportFigure> => ({
    ...{ kind: "svg", caption },
    markup: new TextDecoder().decode(await files.read(at(name))),
  });
  const refined = (name: string): string => `${MAP_FILES.refined}/${name}`;
  const path = at(refined(REFINEMENT.record));
  const record = parseRefineRecord(new TextDecoder().decode(await files.read(path)), path);
  const { options, particles, pixelSize, iterations, hasConverged } = record;
  const resolutions = await resolutionsOf(plan, files);
  const figures = [
    await figure(
      refined(REFINEMENT.fsc),
      "The halves after the last iteration, as the refinement compares them.",
    ),
    ...((await files.exists(at(refined(REFINEMENT.convergence))))
      ? [
          await figure(
            refined(REFINEMENT.convergence),
            "Orientations come to rest where nothing improves any more.",
          ),
        ]
      : []),
    await figure(
      `${MAP_FILES.sharpened}_orientations.svg`,
      "From where the particles are seen, in multiples of an even distribution; those of a symmetric particle lie in one asymmetric unit.",
    ),
  ];
  return {
    ...{ particles, pixelSize, resolutions, structure: plan.structure },
    images: await someParticles(at(MAP_FILES.particles), files),
    ...(plan.hasAverages && {
      averages: await figure(
        `${MAP_FILES.classes}/${CLASSIFICATION.sheet}`,
        "Averages, the largest class first, each with its number of particles and its resolution.",
      ),
    }),
    ...(plan.hasPoses && {
      encoder: await figure(
        `${MAP_FILES.encoder}/${POSE_TRAINING.curves}`,
        "Training of the network that proposed orientations: losses, and its errors on simulated particles kept apart.",
      ),
    }),
    refinement: {
      ...{ symmetry: options.symmetry, initialLowPass: options.initialLowPass },
      ...{ iterations, hasConverged, figures },
    },
    curves: [
      await figure(
        `${MAP_FILES.sharpened}_fsc.svg`,
        "Half maps: no particle of one had a part in the other.",
      ),
      await figure(`${MAP_FILES.againstModel}.svg`, `The map against ${plan.structure}.`),
    ],
    ...(await slicesOf(plan, { lowPass: options.initialLowPass, resolutions }, files)),
  };
}

/** Images spread evenly over the stack. */
async function someParticles(star: string, files: Files): Promise<readonly Image[]> {
  const stacks = await openStacks(files, [star.replace(/^.*[\\/]|\.star$/g, "").concat(".mrcs")], star);
  const [{ images, box }] = stacks as [(typeof stacks)[number]];
  const count = Math.min(SHOWN, images);
  const shown: Image[] = [];
  const place = (i: number) => ({ stack: 0, section: Math.floor((i * images) / count) });
  for await (const { pixels } of readStackImages(files, stacks, count, place)) {
    shown.push({ data: pixels, shape: [box, box] });
  }
  return shown;
}

async function resolutionsOf(plan: MapPlan, files: Files): Promise<readonly ReportResolution[]> {
  const halves = inside(plan.folder, `${MAP_FILES.sharpened}_fsc.csv`);
  const model = inside(plan.folder, `${MAP_FILES.againstModel}.csv`);
  const content = await files.read(halves);
  const half = (column: string, words: string): ReportResolution =>
    readingOf(`half maps, ${words}`, readFscColumn(content, halves, column), GOLD_STANDARD);
  return [
    half("unmasked", "without mask"),
    half("masked", "masked"),
    half("corrected", "masked, corrected by random phases"),
    readingOf(`map against ${plan.structure}`, readFsc(await files.read(model), model), AGAINST_TRUTH),
  ];
}

function readingOf(what: string, curve: FscTable, threshold: number): ReportResolution {
  const shell = lastGoodShell(curve.correlation, threshold);
  return {
    of: `${what}, ${threshold}`,
    resolution: resolutionAt(curve, threshold).resolution,
    lastShell: 1 / curve.frequencies[shell]!,
  };
}

/** Sections of what the refinement began with, of the map, and of the given structure at the map's resolution. */
async function slicesOf(
  { folder, structure }: MapPlan,
  { lowPass, resolutions }: { readonly lowPass: number; readonly resolutions: readonly ReportResolution[] },
  files: Files,
): Promise<Pick<ReportMap, "heights" | "slices">> {
  const { map } = await readMapFile(files, inside(folder, `${MAP_FILES.sharpened}.mrc`));
  const { map: model } = await readMapFile(files, inside(folder, `${MAP_FILES.againstModel}-aligned.mrc`));
  const [size] = map.shape;
  const sections = [0, 1 / 8, 1 / 4].map((part) => Math.floor(size / 2) + Math.round(part * size));
  const cut = (name: string, volume: Volume) => ({ name, images: sections.map((z) => sectionOf(volume, z)) });
  // that of the corrected curve, as it is reported; the last one is the map against the structure
  const { resolution } = resolutions.at(-2)!;
  const finest = Number.isFinite(resolution) ? resolution : lowPass;
  return {
    heights: sections.map((z) => (z - Math.floor(size / 2)) * map.voxelSize),
    slices: [
      cut(
        `${structure} at ${lowPass} Å: where the refinement began`,
        lowPassed(model, shellAt(model, lowPass)),
      ),
      cut("the map, postprocessed", map),
      cut(`${structure} at ${finest.toFixed(1)} Å`, lowPassed(model, shellAt(model, finest))),
    ],
  };
}

const sectionOf = ({ data, shape: [, rows, columns] }: Volume, z: number): Image => ({
  data: data.slice(z * rows * columns, (z + 1) * rows * columns),
  shape: [rows, columns],
});
