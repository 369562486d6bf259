import { inside } from "../../dataset/layout.js";
import { writeClassesStar } from "../../io/particles/star-classes.js";
import { writeRefinedStar } from "../../io/particles/star-refined.js";
import type { DatasetContext } from "../shared/context.js";
import { recordOf } from "../shared/options/check.js";
import type { SearchInputs } from "../shared/particles/search-inputs.js";
import { classify2dOptions } from "./options.js";
import type { Classify2dPlan } from "./plan.js";
import { CLASSIFICATION, type Classify2dRecord } from "./records.js";
import { classSheet } from "./sheet.js";
import { type ClassState, stackOf } from "./state.js";

/** A class with its particles, by its number in the state. */
interface RankedClass {
  readonly number: number;
  readonly particles: number;
  readonly resolution: number | null;
}

/** The classes that have particles, largest first. */
function ranked({ averages, poses, resolutions }: ClassState): readonly RankedClass[] {
  const counts = new Array<number>(averages.length).fill(0);
  for (const pose of poses!) counts[pose.class]!++;
  return counts
    .map((particles, number) => ({ number, particles, resolution: resolutions[number]! }))
    .filter(({ particles }) => particles > 0)
    .sort((a, b) => b.particles - a.particles || a.number - b.number);
}

/** What can be looked at while a classification goes on. */
export async function writeIteration(
  plan: Classify2dPlan,
  inputs: SearchInputs,
  state: ClassState,
  context: DatasetContext,
): Promise<void> {
  const { changed, classes, comparedTo } = state.history[state.history.length - 1]!;
  await writeLook(plan, inputs, state, context);
  const moved = changed === null ? "" : `, ${(100 * changed).toFixed(1)} % of the particles changed class`;
  context.report.note(
    `iteration ${state.iteration}: ${classes} classes, compared to ${comparedTo.toFixed(1)} angstrom${moved}`,
  );
}

async function writeLook(
  plan: Classify2dPlan,
  { box, particles }: SearchInputs,
  state: ClassState,
  { files }: DatasetContext,
): Promise<void> {
  const shown = ranked(state).map(({ number, particles: members, resolution }) => ({
    average: { data: state.averages[number]!, shape: [box, box] as const },
    ...{ particles: members, resolution },
  }));
  const title = `${particles.length} particles in ${shown.length} classes, iteration ${state.iteration}`;
  await files.write(inside(plan.out, CLASSIFICATION.sheet), classSheet(title, shown));
  const lines = state.history.map((figures) => `${JSON.stringify(figures)}\n`);
  await files.write(inside(plan.out, CLASSIFICATION.figures), lines.join(""));
}

/** Writes the result of the last iteration, the record last. Classes are numbered from 1, the largest first. */
export async function writeResult(
  plan: Classify2dPlan,
  inputs: SearchInputs,
  state: ClassState,
  context: DatasetContext,
): Promise<Classify2dRecord> {
  const { files, program } = context;
  const { box, pixelSize, set } = inputs;
  const at = (name: string): string => inside(plan.out, name);
  const classes = ranked(state);
  await writeLook(plan, inputs, state, context);
  const averages = classes.map(({ number }) => state.averages[number]!);
  await files.write(at(CLASSIFICATION.averages), stackOf(averages, box, pixelSize));
  const numbers = new Map(classes.map(({ number }, place) => [number, place + 1]));
  const poses = state.poses!.map(({ class: number, psi, x, y, ...rest }) => ({
    ...rest,
    angles: { rot: 0, tilt: 0, psi },
    // + 0 turns -0 into 0
    origin: { x: -x * pixelSize + 0, y: -y * pixelSize + 0 },
    classNumber: numbers.get(number)!,
  }));
  const content = await files.read(plan.particles);
  const star = writeRefinedStar(content, plan.particles, set, poses);
  await files.write(at(CLASSIFICATION.particles), star);
  const model = writeClassesStar({
    ...{ box, pixelSize, stack: at(CLASSIFICATION.averages) },
    classes: classes.map(({ particles, resolution }) => ({ share: particles / poses.length, resolution })),
  });
  await files.write(at(CLASSIFICATION.model), model);
  const record: Classify2dRecord = {
    ...{ format: "cryogem-classification", formatVersion: 1, program },
    options: recordOf(classify2dOptions, plan),
    ...{ particles: poses.length, box, pixelSize },
    classes: classes.map(({ particles, resolution }) => ({ particles, resolution })),
    ...{ iterations: state.iteration, hasConverged: state.hasConverged },
    last: state.history[state.history.length - 1]!,
  };
  await files.write(at(CLASSIFICATION.record), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}
