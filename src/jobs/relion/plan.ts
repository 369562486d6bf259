import { OptionError } from "../../core/errors.js";
import { resolveOptions } from "../shared/options/check.js";
import { type RelionOptions, relionOptions } from "./options.js";

/** What the job is for. */
export type RelionPlan = Pick<RelionOptions, "form"> & {
  /** Folder of the job, without a slash at its end. */
  readonly folder: string;
  readonly work:
    | { readonly kind: "pick"; readonly picker: string; readonly micrographs: string }
    | { readonly kind: "dataset"; readonly dataset: string };
};

/** @throws OptionError for options that do not go together */
export function planRelionJob(options: RelionOptions): RelionPlan {
  const { o, in_mics, picker, dataset, form, pipeline_control = o } = resolveOptions(relionOptions, options);
  if (withoutSlash(pipeline_control) !== withoutSlash(o)) {
    throw new OptionError("pipeline_control", `found ${pipeline_control}, expected ${o} as in \`o\``);
  }
  const common = { folder: withoutSlash(o), ...(form !== undefined && { form }) };
  if (dataset === undefined) {
    if (picker === undefined) throw new OptionError("picker", "found none, expected it or `dataset`");
    if (in_mics === undefined)
      throw new OptionError("in_mics", "found none, expected a micrographs STAR file for `picker`");
    return { ...common, work: { kind: "pick", picker, micrographs: in_mics } };
  }
  const extra = (["picker", "in_mics", "threshold", "device"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (extra !== undefined)
    throw new OptionError(extra, "found it beside `dataset`, expected one without the other");
  return { ...common, work: { kind: "dataset", dataset: withoutSlash(dataset) } };
}

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, "");
