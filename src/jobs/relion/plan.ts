import { OptionError } from "../../core/errors.js";
import type { RefineOptions } from "../refine/options.js";
import { resolveOptions } from "../shared/options/check.js";
import { type RelionOptions, relionOptions } from "./options.js";

/** What the job is for. */
export type RelionPlan = Pick<RelionOptions, "form"> & {
  /** Folder of the job, without a slash at its end. */
  readonly folder: string;
  readonly work:
    | { readonly kind: "pick"; readonly picker: string; readonly micrographs: string }
    | ({ readonly kind: "refine" } & Pick<RefineOptions, "particles" | "reference" | "mask" | "symmetry">)
    | { readonly kind: "dataset"; readonly dataset: string };
};

/** Options that each kind of work takes; the first must be given for it. */
const WORK = {
  pick: ["picker", "in_mics", "threshold", "device"],
  refine: ["in_parts", "in_3dref", "in_mask", "symmetry"],
  dataset: ["dataset"],
} as const;

/** @throws OptionError for options that do not go together */
export function planRelionJob(given: RelionOptions): RelionPlan {
  const options = resolveOptions(relionOptions, given);
  const { o, form, pipeline_control = o } = options;
  if (withoutSlash(pipeline_control) !== withoutSlash(o)) {
    throw new OptionError("pipeline_control", `found ${pipeline_control}, expected ${o} as in \`o\``);
  }
  const kind = kindOfWork(given);
  return { folder: withoutSlash(o), ...(form !== undefined && { form }), work: workOf(kind, options) };
}

function kindOfWork(given: RelionOptions): keyof typeof WORK {
  const kinds = Object.keys(WORK) as (keyof typeof WORK)[];
  const asked = kinds.find((kind) => given[WORK[kind][0]] !== undefined);
  if (!asked) throw new OptionError("picker", "found none, expected it, `in_parts` or `dataset`");
  const extra = kinds
    .filter((kind) => kind !== asked)
    .flatMap((kind) => WORK[kind])
    .find((name) => given[name] !== undefined);
  if (extra !== undefined) {
    throw new OptionError(extra, `found it beside \`${WORK[asked][0]}\`, expected one without the other`);
  }
  return asked;
}

function workOf(
  kind: keyof typeof WORK,
  options: ReturnType<typeof resolveOptions<typeof relionOptions>>,
): RelionPlan["work"] {
  const { picker, in_mics, in_parts, in_3dref, in_mask, symmetry, dataset } = options;
  if (kind === "pick") {
    if (in_mics === undefined)
      throw new OptionError("in_mics", "found none, expected a micrographs STAR file for `picker`");
    return { kind, picker: picker!, micrographs: in_mics };
  }
  if (kind === "dataset") return { kind, dataset: withoutSlash(dataset!) };
  if (in_3dref === undefined)
    throw new OptionError("in_3dref", "found none, expected a first reference for `in_parts`");
  const mask = in_mask !== undefined && { mask: in_mask };
  return { kind, particles: in_parts!, reference: in_3dref, symmetry, ...mask };
}

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, "");
