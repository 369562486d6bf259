import { crop } from "../../array/resample.js";
import { OptionError } from "../../core/errors.js";
import type { ComputeRuntime } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { alignedTable } from "../../evaluate/aligned-table.js";
import {
  BANDS,
  type ClassifierBand,
  preparedMicrograph,
  type Storage,
  storageOf,
} from "../../evaluate/realism/classifier/images.js";
import {
  type JudgedPatch,
  type NamedImage,
  type TwoSampleTest,
  twoSampleTest,
} from "../../evaluate/realism/classifier/two-sample.js";
import { whiteNoiseImage } from "../../evaluate/realism/images.js";
import { CEILING, FLOOR } from "../../evaluate/realism/realism.js";
import { type Score, summarise } from "../../evaluate/spread.js";
import { csvLine } from "../../io/bytes/csv.js";
import { type PatchRow, patchSheet } from "../../plot/patch-sheet.js";
import type { DatasetContext } from "../shared/context.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";
import { readBackground } from "./micrograph.js";
import type { ClassifierPlan, RealismPlan } from "./plan.js";
import { realInputs, syntheticInputs } from "./sets.js";

/** A set of micrographs, and how well classifiers tell it from real ones. */
export interface ClassifierRow {
  readonly name: string;
  readonly role: "floor" | "candidate" | "ceiling";
  readonly band: ClassifierBand;
  /** Micrographs of the candidate and of the real side. */
  readonly micrographs: readonly [candidate: number, real: number];
  /** Over the seeds, each with a split and first weights of its own. */
  readonly accuracy: Score;
  readonly auc: Score;
  /** Accuracy on the patches that particles cover more than the median one, and on the others, where masks are given. */
  readonly places?: { readonly particles: Score; readonly background: Score };
}

/** What `classifyRealism` needs beside its plan. */
export interface ClassifierContext extends DatasetContext {
  readonly runtime: () => Promise<ComputeRuntime>;
}

/** Micrographs that a floor needs: both of its sides are halved again. */
const LEAST_FOR_FLOOR = 4;
/** Patches of a row of the pictures. */
const SHOWN = 8;

/**
 * Tells candidates from real micrographs by fresh classifiers, and writes the result: classifier.json, a table as text and CSV, and for
 * each candidate a sheet of the patches that the first classifier of each band is surest of.
 *
 * @throws FileError, FormatError for an input; DomainError for too few micrographs or too small ones
 */
export async function classifyRealism(
  plan: RealismPlan & { readonly classifier: ClassifierPlan },
  context: ClassifierContext,
): Promise<readonly ClassifierRow[]> {
  const { files, report } = context;
  const masked = realInputs(plan).inputs;
  const raw = await Promise.all(
    plan.real.map(async (path, i) => namedImage({ path, mask: masked[i]?.mask }, context)),
  );
  const storage = storageOf(raw.map(({ image }) => image));
  if (plan.real.length !== masked.length) {
    throw new OptionError(
      "real",
      `found ${plan.real.length} micrograph, expected 2 or more for a classifier`,
    );
  }
  const candidates: RawSet[] = [];
  for (const source of plan.synthetic) {
    const { name, inputs } = await syntheticInputs(source, plan, files);
    const images = await Promise.all(inputs.map((input) => namedImage(input, context)));
    candidates.push({ name, role: "candidate", real: raw, candidate: images });
  }
  const noise = raw.map(({ image: { shape } }, i) => ({
    name: `white noise ${i + 1}`,
    image: whiteNoiseImage(shape, plan.seed, i),
  }));
  const sets: readonly RawSet[] = [
    ...floorOf(raw, report.note),
    ...candidates,
    { name: CEILING, role: "ceiling", real: raw, candidate: noise },
  ];
  const rows = await testAll(sets, storage, plan, context);
  await files.write(
    inside(plan.out, "classifier.json"),
    `${JSON.stringify({ ...plan.classifier, rows }, null, 1)}\n`,
  );
  await files.write(inside(plan.out, "classifier.csv"), classifierCsv(rows));
  await files.write(inside(plan.out, "classifier.txt"), classifierText(rows, plan.classifier));
  return rows;
}

interface RawSet {
  readonly name: string;
  readonly role: ClassifierRow["role"];
  readonly real: readonly NamedImage[];
  readonly candidate: readonly NamedImage[];
}

async function namedImage(
  { path, mask }: { readonly path: string; readonly mask?: string | undefined },
  { files }: DatasetContext,
): Promise<NamedImage> {
  const { image } = await readRealMicrograph(files, path);
  if (mask === undefined) return { name: path, image };
  return { name: path, image, background: await readBackground(files, mask, image.shape) };
}

/** Every second real micrograph against the others. */
function floorOf(raw: readonly NamedImage[], note: (line: string) => void): readonly RawSet[] {
  if (raw.length < LEAST_FOR_FLOOR) {
    note(`classifier: ${raw.length} real micrographs, no floor: it needs ${LEAST_FOR_FLOOR}`);
    return [];
  }
  const [real, candidate] = [0, 1].map((of) => raw.filter((_, i) => i % 2 === of));
  return [{ name: FLOOR, role: "floor", real: real!, candidate: candidate! }];
}

async function testAll(
  sets: readonly RawSet[],
  storage: Storage | undefined,
  { classifier, seed, out }: RealismPlan & { readonly classifier: ClassifierPlan },
  context: ClassifierContext,
): Promise<readonly ClassifierRow[]> {
  const { files, report, signal, now } = context;
  const machine = { runtime: await context.runtime(), signal, now };
  const rows: ClassifierRow[] = [];
  const total = sets.length * BANDS.length * classifier.seeds;
  let done = 0;
  for (const set of sets) {
    for (const band of BANDS) {
      const [real, candidate] = [set.real, set.candidate].map((images) =>
        images.map((one) => ({ ...one, image: preparedMicrograph(one.image, band, storage, one.name) })),
      );
      const tests: TwoSampleTest[] = [];
      for (let i = 0; i < classifier.seeds; i++) {
        signal.throwIfAborted();
        tests.push(await twoSampleTest(machine, real!, candidate!, classifier, seed + i));
        report.progress({ stage: "classifier", done: ++done, total, unit: "trainings" });
      }
      rows.push({
        ...{ name: set.name, role: set.role, band, micrographs: [set.candidate.length, set.real.length] },
        accuracy: summarise(tests.map(({ accuracy }) => accuracy)),
        auc: summarise(tests.map(({ auc }) => auc)),
        ...placesOf(tests),
      });
      if (set.role !== "candidate") continue;
      const name = `surest-${set.name.replaceAll("/", "-")}-${band}.svg`;
      await files.write(inside(out, name), surestPatches(set.name, band, tests[0]!, classifier.patch));
    }
  }
  return rows;
}

/** The accuracies by place, where all tests have them. */
function placesOf(tests: readonly TwoSampleTest[]): Pick<ClassifierRow, "places"> {
  const places = tests.flatMap((test) => test.places ?? []);
  if (places.length < tests.length) return {};
  const of = (place: "particles" | "background"): Score =>
    summarise(places.map((each) => each[place].accuracy));
  return { places: { particles: of("particles"), background: of("background") } };
}

/** The patches that a classifier is surest of, right and wrong. */
function surestPatches(
  name: string,
  band: ClassifierBand,
  { real, candidate }: TwoSampleTest,
  side: number,
): string {
  const row = (title: string, from: TwoSampleTest["real"], sign: 1 | -1): PatchRow => {
    const surest = from.patches.toSorted((a, b) => sign * (b.logOdds - a.logOdds)).slice(0, SHOWN);
    const cut = ({ micrograph, left, top, logOdds }: JudgedPatch) => ({
      image: crop(from.micrographs[micrograph]!.image, left, top, [side, side]),
      caption: `log-odds ${logOdds.toFixed(1)}`,
    });
    return { title, patches: surest.map(cut) };
  };
  return patchSheet(
    `${name}, ${band} band: patches that the classifier is surest of`,
    [
      row("real, surest to be real", real, -1),
      row("real, taken for synthetic", real, 1),
      row("synthetic, surest to be synthetic", candidate, 1),
      row("synthetic, taken for real", candidate, -1),
    ],
    { black: -3, white: 3 },
  );
}

/** A score with its spread, where there is more than one seed to spread. */
const shown = ({ mean, spread, values }: Score): string =>
  mean.toFixed(3) + (values.length > 1 ? ` ± ${spread.toFixed(3)}` : "");

/** An AUC well below chance: the classifier learned to tell the micrographs, not the sets. */
const BELOW_CHANCE = 0.4;

/** The rows as a table of plain text. */
export function classifierText(
  rows: readonly ClassifierRow[],
  { patch, steps, seeds }: ClassifierPlan,
): string {
  const hasPlaces = rows.some(({ places }) => places);
  const lines = [
    [
      ...["told from real", "band", "accuracy", "AUC"],
      ...(hasPlaces ? ["on particles", "between them"] : []),
      "micrographs",
    ],
    ...rows.map(({ name, band, accuracy, auc, places, micrographs }) => [
      ...[name, band, shown(accuracy), shown(auc)],
      ...(hasPlaces ? [places ? shown(places.particles) : "", places ? shown(places.background) : ""] : []),
      `${micrographs[0]} and ${micrographs[1]}`,
    ]),
  ];
  const over =
    seeds > 1 ? `Mean and standard deviation over ${seeds} seeds, each with its own halves.` : "One seed.";
  const below = rows.some(({ auc }) => auc.mean < BELOW_CHANCE)
    ? "\nFar below 0.5 the network has learned to tell the few micrographs apart, not the sets: give more real micrographs."
    : "";
  const where = hasPlaces
    ? "\nOn particles: accuracy on the patches that particles cover more than the median one; between them: on the others."
    : "";
  return `${alignedTable(lines, "left")}
A fresh network for each line and seed, ${steps} steps on patches of ${patch} pixels; learned from half of the micrographs of either side,
tested on the others. 0.5 is chance. ${over}${where}${below}\n`;
}

function classifierCsv(rows: readonly ClassifierRow[]): string {
  const lines = rows.map(({ name, role, band, accuracy, auc, places }) => {
    const scores = [accuracy, auc, places?.particles, places?.background];
    return csvLine([
      name,
      role,
      band,
      ...scores.flatMap((score) => [score?.mean ?? "", score?.spread ?? ""]),
    ]);
  });
  const scores = ["accuracy", "auc", "accuracy_on_particles", "accuracy_between_particles"];
  const header = ["set", "role", "band", ...scores.flatMap((name) => [name, `${name}_spread`])];
  return `${[csvLine(header), ...lines].join("\n")}\n`;
}
