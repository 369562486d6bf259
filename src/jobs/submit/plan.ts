import { OptionError, UsageError } from "../../core/errors.js";
import { partsFolder } from "../extract/parts.js";
import { resolveOptions } from "../shared/options/check.js";
import { commandWords, quoted } from "../shared/options/line.js";
import type { CommandSpec } from "../shared/options/option.js";
import { type ResolvedSubmitOptions, type SubmitOptions, submitCommand, submitOptions } from "./options.js";

/** A command as it was read from its words. */
export interface ParsedCommand {
  readonly spec: CommandSpec;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A submission decided as far as that needs neither files nor Slurm. */
export interface SubmitPlan extends ResolvedSubmitOptions {
  readonly command: string;
  /** Of the command, with the threads of a task. */
  readonly words: readonly string[];
  readonly folder: string;
  /** Where the results go. */
  readonly out: string | undefined;
  /** Absent: the command is one job. */
  readonly shares?: {
    readonly count: number;
    readonly out: string;
    /** The folder that the shares claim. */
    readonly claimed: string;
  };
}

const SHARES = 32;

/**
 * Decides a submission from its options.
 *
 * @param parse reads the words of a command as the command line does, and refuses what it would refuse
 * @throws OptionError for options that clash, and what `parse` throws
 */
export function planSubmission(
  given: SubmitOptions,
  parse: (words: readonly string[]) => ParsedCommand,
): SubmitPlan {
  const options = resolveOptions(submitOptions, given);
  const { words = [], threads } = options;
  if (words.length === 0) {
    throw new OptionError(
      "words",
      "found none, expected a command behind --, as -- simulate --map map.mrc --out simulated",
    );
  }
  const { spec, options: ofCommand } = parse(words);
  if (["submit", "completion"].includes(spec.name)) {
    throw new UsageError(`submit: found ${spec.name} as the command, expected one with work for a cluster`);
  }
  if (ofCommand["shard"] !== undefined) {
    throw new UsageError("submit: found --shard in the command, expected none: the tasks get it");
  }
  const out = typeof ofCommand["out"] === "string" ? ofCommand["out"] : undefined;
  const shares = sharesOf(spec, ofCommand, out, options);
  const folder =
    options.folder ??
    `${(out ?? `cryogem-${spec.name.replace(" ", "-")}`).replace(/(\.mrcs|\/+)$/i, "")}.submit`;
  // of how many cores a task has, a program on the node cannot always tell
  const machine = ["workers", "threads"].filter(
    (name) => Object.hasOwn(spec.options, name) && ofCommand[name] === undefined,
  );
  return {
    ...options,
    command: spec.name,
    words: [
      ...words,
      ...machine.flatMap((name) => [`--${name}`, String(threads)]),
      ...(sharesStages(spec, ofCommand, options) ? ["--submit", ofStages(options)] : []),
    ],
    folder,
    out,
    ...(shares && { shares }),
  };
}

/** Whether a project goes on by arrays of jobs of its own. */
const sharesStages = (
  { name }: CommandSpec,
  ofCommand: Readonly<Record<string, unknown>>,
  { shards }: ResolvedSubmitOptions,
): boolean => name === "run" && shards !== undefined && ofCommand["submit"] === undefined;

/** The options by which the stages of a project are submitted: those by which the project is. */
function ofStages({ shards, template, extra, queue, threads, memory, time }: ResolvedSubmitOptions): string {
  const given = { shards, template, extra, queue, threads, memory, time };
  return commandWords(submitCommand, given).slice(1).map(quoted).join(" ");
}

function sharesOf(
  { name, options: set }: CommandSpec,
  options: Readonly<Record<string, unknown>>,
  out: string | undefined,
  { shards }: ResolvedSubmitOptions,
): SubmitPlan["shares"] {
  const simulatesFirst = name === "generate" && options["map"] !== undefined;
  if (Object.hasOwn(set, "shard") && !simulatesFirst) {
    const claimed = name === "extract" ? partsFolder(out!) : out!;
    return { count: shards ?? SHARES, out: out!, claimed };
  }
  if (shards === undefined || name === "run") return undefined;
  const why = simulatesFirst ? "generate with --map, which simulates first" : name;
  throw new OptionError("shards", `found ${shards} for ${why}, expected none: it is one job`);
}
