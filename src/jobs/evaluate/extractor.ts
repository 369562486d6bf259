import type { Image } from "../../array/image.js";
import { crop } from "../../array/resample.js";
import { normalise, quantile } from "../../array/statistics.js";
import { FileError, OptionError } from "../../core/errors.js";
import type { ComputeRuntime } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { inside } from "../../dataset/layout.js";
import { alignedTable } from "../../evaluate/aligned-table.js";
import { Extractor } from "../../evaluate/realism/extractor.js";
import { type FeatureMatrix, frechetOfVectors } from "../../evaluate/realism/frechet.js";
import { whiteNoiseImage } from "../../evaluate/realism/images.js";
import { kernelDistance } from "../../evaluate/realism/kid.js";
import { copiedShare, nearestDistances } from "../../evaluate/realism/nearest.js";
import { CEILING, FLOOR } from "../../evaluate/realism/realism.js";
import { type Score, summarise } from "../../evaluate/spread.js";
import { csvLine } from "../../io/bytes/csv.js";
import type { DatasetContext } from "../shared/context.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";
import type { ExtractorPlan, RealismPlan } from "./plan.js";
import { syntheticInputs } from "./sets.js";

/** How far a set lies from real micrographs in an extractor's features. */
export interface ExtractorRow {
  readonly name: string;
  readonly role: "floor" | "candidate" | "ceiling";
  readonly fid: Score;
  readonly kid: Score;
  /** Median distance of a patch to the nearest real one over that of real ones. */
  readonly nearest: Score;
  /** See `copiedShare`. */
  readonly copied: Score;
}

export interface ExtractorResult {
  readonly model: { readonly path: string; readonly sha256: string };
  readonly range: ExtractorPlan["range"];
  /** Side of the patches, pixels of the micrographs; on either side of every comparison. */
  readonly patch: number;
  readonly patches: number;
  readonly repeats: number;
  readonly rows: readonly ExtractorRow[];
}

/** Ways in which the real micrographs are cut into halves. */
const REPEATS = 5;
/** Side of patches for an extractor that takes any. */
const ANY_SIDE = 128;

/**
 * Scores sets by FID and KID in the features of a model that the user names, and writes extractor.json, .csv and .txt. In each repeat the
 * real micrographs are cut into halves; a set's patches are compared with those of one half, the other half being the floor: as many
 * patches in every comparison.
 *
 * @throws FormatError for a model that takes no images, FileError for micrographs smaller than a patch
 */
export async function extractorRealism(
  plan: RealismPlan & { readonly extractor: ExtractorPlan },
  context: DatasetContext & { readonly runtime: () => Promise<ComputeRuntime> },
): Promise<ExtractorResult> {
  const { files, report, signal } = context;
  const { model, range, patches } = plan.extractor;
  if (plan.real.length < 2) {
    throw new OptionError(
      "real",
      `found ${plan.real.length} micrograph, expected 2 or more for an extractor`,
    );
  }
  const extractor = await Extractor.open(await context.runtime(), await files.read(model), range, model);
  const { side } = extractor.shape;
  const patch = side ?? plan.extractor.patch ?? ANY_SIDE;
  if (side !== undefined && plan.extractor.patch !== undefined && plan.extractor.patch !== side) {
    throw new OptionError(
      "extractorPatch",
      `found ${plan.extractor.patch}, expected ${side}, which the model takes`,
    );
  }
  const load = async (path: string): Promise<Image> => (await readRealMicrograph(files, path)).image;
  const shapes: Image["shape"][] = [];
  const sets: RawSet[] = [
    {
      ...{ name: "real", role: "floor", paths: plan.real },
      load: async (i) => {
        const image = await load(plan.real[i]!);
        shapes[i] = image.shape;
        return image;
      },
    },
  ];
  for (const source of plan.synthetic) {
    const { name, inputs } = await syntheticInputs(source, plan, files);
    const paths = inputs.map(({ path }) => path);
    sets.push({ name, role: "candidate", paths, load: (i) => load(paths[i]!) });
  }
  sets.push({
    ...{ name: CEILING, role: "ceiling", paths: plan.real.map((_, i) => `white noise ${i + 1}`) },
    load: async (i) => whiteNoiseImage(shapes[i]!, plan.seed, i),
  });
  try {
    const found: (readonly FeatureMatrix[])[] = [];
    for (const [done, set] of sets.entries()) {
      signal.throwIfAborted();
      report.progress({ stage: "extractor", done, total: sets.length, unit: "sets" });
      const half = Math.max(1, Math.floor(set.paths.length / 2));
      found.push(
        await featuresOf(set, extractor, { patch, count: Math.ceil(patches / half), seed: plan.seed }),
      );
    }
    report.progress({ stage: "extractor", done: sets.length, total: sets.length, unit: "sets" });
    const result: ExtractorResult = {
      model: { path: model, sha256: await files.sha256(model) },
      ...{ range, patch, patches, repeats: REPEATS },
      rows: compare(sets, found, patches, plan.seed),
    };
    await files.write(inside(plan.out, "extractor.json"), `${JSON.stringify(result, null, 1)}\n`);
    await files.write(inside(plan.out, "extractor.csv"), extractorCsv(result));
    await files.write(inside(plan.out, "extractor.txt"), extractorText(result));
    return result;
  } finally {
    await extractor.close();
  }
}

interface RawSet {
  readonly name: string;
  readonly role: ExtractorRow["role"];
  readonly paths: readonly string[];
  readonly load: (index: number) => Promise<Image>;
}

/** Features of so many patches of each micrograph, at random places. */
async function featuresOf<DeviceTensor>(
  { name, paths, load }: RawSet,
  extractor: Extractor<DeviceTensor>,
  { patch, count, seed }: { readonly patch: number; readonly count: number; readonly seed: number },
): Promise<readonly FeatureMatrix[]> {
  const all: FeatureMatrix[] = [];
  for (const [i, path] of paths.entries()) {
    const raw = await load(i);
    const [rows, columns] = raw.shape;
    if (Math.min(rows, columns) < patch) {
      throw new FileError(
        path,
        `a micrograph of ${columns} x ${rows} pixels`,
        `at least a patch of ${patch}`,
      );
    }
    const image = normalise(raw);
    const random = Random.of(seed, "extractor", name, i);
    const vectors: Float64Array[] = [];
    for (let k = 0; k < count; k++) {
      const [left, top] = [random.integer(columns - patch + 1), random.integer(rows - patch + 1)];
      vectors.push(await extractor.features(crop(image, left, top, [patch, patch])));
    }
    all.push(stacked(vectors));
  }
  return all;
}

const stacked = (vectors: readonly Float64Array[]): FeatureMatrix => {
  const dimensions = vectors[0]!.length;
  const data = new Float64Array(vectors.length * dimensions);
  for (const [row, vector] of vectors.entries()) data.set(vector, row * dimensions);
  return { data, rows: vectors.length, dimensions };
};

function compare(
  sets: readonly RawSet[],
  found: readonly (readonly FeatureMatrix[])[],
  count: number,
  seed: number,
): readonly ExtractorRow[] {
  const [real, ...others] = found;
  const figures = sets.map(() => ({
    fid: [] as number[],
    kid: [] as number[],
    nearest: [] as number[],
    copied: [] as number[],
  }));
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const random = Random.of(seed, "extractor halves", repeat);
    const order = random.shuffle([...real!]);
    const half = order.length >> 1;
    const reference = drawn(order.slice(0, half), count, random);
    const floor = drawn(order.slice(half), count, random);
    const ofReal = nearestDistances(floor, reference);
    for (const [i, own] of [floor, ...others.map((each) => drawn(each, count, random))].entries()) {
      const distances = i === 0 ? ofReal : nearestDistances(own, reference);
      figures[i]!.fid.push(frechetOfVectors(own, reference));
      figures[i]!.kid.push(kernelDistance(own, reference));
      figures[i]!.nearest.push(quantile(distances, 0.5) / quantile(ofReal, 0.5));
      figures[i]!.copied.push(copiedShare(distances, ofReal));
    }
  }
  return sets.map(({ name, role }, i) => ({
    ...{ name: role === "floor" ? FLOOR : name, role },
    fid: summarise(figures[i]!.fid),
    kid: summarise(figures[i]!.kid),
    nearest: summarise(figures[i]!.nearest),
    copied: summarise(figures[i]!.copied),
  }));
}

/** So many vectors out of those of several micrographs, without one twice. */
function drawn(all: readonly FeatureMatrix[], count: number, random: Random): FeatureMatrix {
  const rows = all.flatMap(({ data, rows, dimensions }) =>
    Array.from({ length: rows }, (_, row) => data.subarray(row * dimensions, (row + 1) * dimensions)),
  );
  return stacked(random.shuffle(rows).slice(0, count));
}

const COLUMNS = ["fid", "kid", "nearest", "copied"] as const;
const shown = ({ mean, spread }: Score): string => `${mean.toPrecision(3)} ± ${spread.toPrecision(2)}`;

/** The rows as a table of plain text. */
export function extractorText({ rows, model, range, patch, patches, repeats }: ExtractorResult): string {
  const lines = [
    ["", "FID", "KID", "nearest real", "copied"],
    ...rows.map((row) => [row.name, ...COLUMNS.map((column) => shown(row[column]))]),
  ];
  return `${alignedTable(lines, "left")}
Features of ${model.path} (SHA-256 ${model.sha256.slice(0, 12)}…), ${patches} patches of ${patch} pixels on either side of
every comparison, at native pixels; black and white at 3 standard deviations of a micrograph, the same in every channel,
range ${range}. Mean ± standard deviation over ${repeats} ways to halve the real micrographs. Nearest real: median distance
to the nearest real patch over that of real patches. Copied: share nearer than all but 5 % of real ones.\n`;
}

function extractorCsv({ rows }: ExtractorResult): string {
  const lines = rows.map((row) =>
    csvLine([row.name, row.role, ...COLUMNS.flatMap((column) => [row[column].mean, row[column].spread])]),
  );
  const header = `set,role,${COLUMNS.flatMap((column) => [column, `${column}_spread`]).join(",")}`;
  return `${[header, ...lines].join("\n")}\n`;
}
