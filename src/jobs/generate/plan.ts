import { OptionError } from "../../core/errors.js";
import { recordOf, resolveOptions } from "../shared/options/check.js";
import { type Assignment, assignmentOf } from "../shared/share.js";
import type { SimulateOptions } from "../simulate/options.js";
import {
  type GenerateOptions,
  generateCommand,
  generateOptions,
  simulationOptions,
  translationOptions,
} from "./options.js";

/** A generation as decided from its options, before any file is read. */
export interface GeneratePlan {
  readonly assignment: Assignment;
  readonly model: string;
  /** Dataset of clean micrographs: given, or to be simulated first. */
  readonly simulated: string;
  /** What to simulate into `simulated`; absent where the dataset is given. */
  readonly simulation?: SimulateOptions;
  readonly out: string;
  /** Factor on the contrast of the clean micrographs. */
  readonly signal: number;
  readonly mode: NonNullable<GenerateOptions["mode"]>;
  readonly labels: NonNullable<GenerateOptions["labels"]>;
  readonly seed: number;
  /** What dataset.json records of the options. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Decides a generation from its options. @throws OptionError for an option out of its range, and for options that clash */
export function planGeneration(given: GenerateOptions): GeneratePlan {
  const options = resolveOptions(generateOptions, given);
  const { model, out, signal, mode, labels = [], seed, simulated, map } = options;
  const own = Object.entries(given).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(simulationOptions, name),
  );
  // what is simulated is recorded by the simulated dataset, which is an input of this one, and the seed stands beside the options
  const { seed: _seed, ...translation } = translationOptions;
  const assignment = assignmentOf(generateCommand, given);
  const plan = {
    assignment,
    model,
    out,
    signal,
    mode,
    labels,
    seed,
    record: recordOf(translation, { signal, mode, labels }),
  };
  if (simulated !== undefined) {
    const [clash] = [...(map ? ["map"] : []), ...own.map(([name]) => name)];
    if (clash === undefined) return { ...plan, simulated };
    throw new OptionError(clash, "found `simulated` as well, whose micrographs are made already");
  }
  if (map === undefined) {
    throw new OptionError(
      "simulated",
      "found none, expected a dataset of `simulate`, or `map` to simulate from",
    );
  }
  if (assignment.share.kind !== "whole") {
    throw new OptionError(
      "shard",
      "found `map`, expected `simulated`: a dataset whose own shares are joined",
    );
  }
  const folder = `${out.replace(/\/+$/, "")}-simulated`;
  return {
    ...plan,
    simulated: folder,
    simulation: { ...Object.fromEntries(own), map, out: folder, seed },
  };
}
