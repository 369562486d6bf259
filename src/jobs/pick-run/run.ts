import { FileError } from "../../core/errors.js";
import type { ComputeRuntime } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { isProteinWhite, particleSkewness } from "../../estimate/quality.js";
import { NetworkScorer } from "../../pick/network/scorer.js";
import { chooseThreshold } from "../../pick/threshold.js";
import { ringsDoubt } from "../estimate/records.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { tellEarlierRun } from "../shared/micrographs/earlier-run.js";
import { tellMicrographRemarks } from "../shared/micrographs/header-remarks.js";
import { PixelSizeWatch } from "../shared/micrographs/pixel-size.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";
import { startProgress } from "../shared/progress.js";
import { ofShare, refuseMissing, requireTables, type ShardDone } from "../shared/share.js";
import { type KnownOptics, type OpenMethod, openMethod, readKnownOptics } from "./method.js";
import {
  type ClassicalTarget,
  findOutcome,
  keepFailure,
  type PickInput,
  type PickOutcome,
  type PickTarget,
  pickMicrograph,
} from "./micrograph.js";
import { distanceOf, type PickRunPlan } from "./plan.js";
import { PICKS, type PickRecord } from "./records.js";
import { type PickedMicrograph, writePicks } from "./write.js";

/** What a picking run receives beside its plan. */
export interface PickRunContext extends DatasetContext {
  /** Opened only for a trained picker. */
  readonly runtime: () => Promise<ComputeRuntime>;
}

/**
 * Picks particles in micrographs and writes them, with their scores, in several forms, and pictures of them. Micrographs
 * picked before with the same settings are not picked again; one that cannot be picked is left out with a warning. With `shard` join
 * it only puts together what was picked.
 *
 * @throws UsageError for a folder with something else, FileError where no micrograph could be picked, or for micrographs that are not
 *   picked when they are to be joined, AbortError
 */
export async function runPicking(plan: PickRunPlan, context: PickRunContext): Promise<PickRecord> {
  requireTables(plan.assignment, "pickShard");
  return inPicksFolder(plan, context, (opened) => pickInto(plan, opened, context));
}

/** Picks the micrographs of one share. @throws as `runPicking` */
export async function pickShard(plan: PickRunPlan, context: PickRunContext): Promise<ShardDone> {
  return inPicksFolder(plan, context, async ({ method, inputs, target }) => {
    const { files } = context;
    const own = ofShare(inputs, plan.assignment.share);
    const outcomes = await pickAll(own, target, method, context);
    for (const [i, outcome] of outcomes.entries()) await keepFailure(own[i]!, target, outcome, files);
    return { out: plan.out, micrographs: own.length };
  });
}

/** A run whose inputs are read. */
interface OpenRun {
  readonly known: KnownOptics;
  readonly method: OpenMethod;
  /** Of all shares. */
  readonly inputs: readonly PickInput[];
  readonly target: PickTarget;
}

async function inPicksFolder<T>(
  plan: PickRunPlan,
  context: PickRunContext,
  work: (opened: OpenRun) => Promise<T>,
): Promise<T> {
  const { out, assignment } = plan;
  const claim = { holds: "picks", marks: [PICKS.record, PICKS.parts], assignment };
  return inClaimedFolder(context.files, out, claim, async () => work(await openRun(plan, context)));
}

async function openRun(plan: PickRunPlan, context: PickRunContext): Promise<OpenRun> {
  const known = await readKnownOptics(plan, context.files);
  const method = await openMethod(plan, known, context);
  const inputs = plan.micrographs.map(({ path, stem }): PickInput => {
    const defocus = known.defocus.get(stem);
    return { path, stem, ...(defocus && { defocus }) };
  });
  const target: PickTarget = {
    dir: plan.out,
    key: JSON.stringify([
      context.program,
      plan.pixelSize,
      method.record,
      method.diameter,
      plan.minDistance,
      plan.margin,
    ]),
    pixelSize: plan.pixelSize,
    diameter: method.diameter,
    distance: distanceOf(plan, method.diameter),
    margin: plan.margin,
  };
  return { known, method, inputs, target };
}

async function pickInto(
  plan: PickRunPlan,
  { known, method, inputs, target }: OpenRun,
  context: PickRunContext,
): Promise<PickRecord> {
  const { files, report, program } = context;
  const outcomes =
    plan.assignment.share.kind === "join"
      ? await findAll(inputs, target, context)
      : await pickAll(inputs, target, method, context);
  const picked: PickedMicrograph[] = [];
  const failed: { file: string; reason: string }[] = [];
  outcomes.forEach((outcome, i) => {
    const { path: file, stem } = inputs[i]!;
    if ("part" in outcome) picked.push({ file, stem, part: outcome.part });
    else failed.push({ file, reason: outcome.failure });
  });
  if (picked.length === 0)
    throw new FileError(
      plan.out,
      `no micrograph that could be picked (${failed[0]!.reason})`,
      "one at least",
    );
  const threshold = thresholdOf(plan, method, picked, report.warn);
  const record: PickRecord = {
    format: "cryogem-picks",
    formatVersion: 1,
    program,
    method: method.record,
    pixelSize: plan.pixelSize,
    particleDiameter: method.diameter,
    minDistance: target.distance,
    margin: plan.margin,
    threshold,
    micrographs: picked.map(({ file, stem, part: { shape, peaks } }) => ({
      ...{ file, name: stem, shape },
      picks: peaks.filter(([, , score]) => score >= threshold.value).length,
      peaks: peaks.length,
    })),
    failed,
  };
  if (record.micrographs.every(({ picks }) => picks === 0)) {
    report.warn(
      `no place in ${record.micrographs.length} micrographs reaches the threshold ${Number(threshold.value.toPrecision(3))}: ` +
        "are particles dark on a lighter ground, and are pixel size and diameter right? Look at pictures/; " +
        "a lower `threshold` is applied to the same scores, without picking again",
    );
  } else if (plan.assignment.share.kind !== "join") await warnOfWhite(picked, target, context);
  await writePicks({ plan, record, picked, optics: known.optics }, context);
  const left = { measured: PICKS.parts, what: "pictures and coordinates" };
  await tellEarlierRun(plan, left, context);
  await files.remove(inside(plan.out, PICKS.failures));
  return record;
}

/** Micrographs whose contrast is looked at: all of a session have the same. */
const LOOKED_AT = 3;

/** Warns of micrographs in which protein is white: what is picked in them is the ground between particles. */
async function warnOfWhite(
  picked: readonly PickedMicrograph[],
  { pixelSize, diameter }: Pick<PickTarget, "pixelSize" | "diameter">,
  { files, report }: Pick<DatasetContext, "files" | "report">,
): Promise<void> {
  const skewness: number[] = [];
  for (const { file } of picked.slice(0, LOOKED_AT)) {
    const { image } = await readRealMicrograph(files, file);
    skewness.push(particleSkewness(image, pixelSize, diameter));
  }
  if (isProteinWhite(skewness))
    report.warn(
      `${picked[0]!.file}: particles look white on a darker ground, where pickers expect them dark: invert the micrographs, or take ` +
        "them before another program inverted them",
    );
}

/** What became of every micrograph in its share. @throws FileError that names those that have not been done */
async function findAll(
  inputs: readonly PickInput[],
  target: PickTarget,
  { files, report, signal }: PickRunContext,
): Promise<readonly PickOutcome[]> {
  const outcomes: PickOutcome[] = [];
  const missing: string[] = [];
  for (const input of inputs) {
    signal.throwIfAborted();
    const outcome = await findOutcome(input, target, files);
    if (outcome) outcomes.push(outcome);
    else missing.push(input.stem);
    if (outcome) warnOf(outcome, input.path, report.warn);
  }
  refuseMissing(target.dir, missing, { total: inputs.length });
  return outcomes;
}

async function pickAll(
  inputs: readonly PickInput[],
  target: PickTarget,
  method: OpenMethod,
  context: PickRunContext,
): Promise<readonly PickOutcome[]> {
  const { report, signal, workers } = context;
  await tellMicrographRemarks(
    inputs.map(({ path }) => path),
    context,
  );
  const watch = new PixelSizeWatch(target.pixelSize, report);
  const advance = startProgress(report, { stage: "pick", total: inputs.length, unit: "micrographs" });
  const finished = (outcome: PickOutcome, index: number): void => {
    advance();
    const { path } = inputs[index]!;
    if ("part" in outcome) watch.see(path, outcome.part.headerPixelSize);
    warnOf(outcome, path, report.warn);
  };
  const shared = (): ClassicalTarget => ({ ...target, scorer: method.classical! });
  const outcomes = method.model
    ? await pickByNetwork(inputs, target, method, context, finished)
    : await workers.map("pick-micrograph", inputs, {
        ...{ signal, shared: shared(), onResult: finished },
      });
  watch.close();
  signal.throwIfAborted();
  return outcomes;
}

/** One after another: the network itself computes on all cores. */
async function pickByNetwork(
  inputs: readonly PickInput[],
  target: PickTarget,
  { model, diameter }: OpenMethod,
  { files, signal, runtime }: PickRunContext,
  finished: (outcome: PickOutcome, index: number) => void,
): Promise<PickOutcome[]> {
  const scorer = new NetworkScorer(model!, await runtime(), {
    pixelSize: target.pixelSize,
    particleDiameter: diameter,
  });
  const outcomes: PickOutcome[] = [];
  try {
    for (const [index, input] of inputs.entries()) {
      // a turn of the event loop between micrographs, so that signals are heard
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal.throwIfAborted();
      const outcome = await pickMicrograph(input, target, files, () => ({ scorer }));
      outcomes.push(outcome);
      finished(outcome, index);
    }
  } finally {
    await scorer.close();
  }
  return outcomes;
}

function warnOf(outcome: PickOutcome, path: string, warn: (line: string) => void): void {
  if (!("part" in outcome)) {
    warn(`left out: ${outcome.failure}`);
    return;
  }
  const { evidence } = outcome.part;
  const doubt = evidence === null ? undefined : ringsDoubt(path, evidence);
  if (doubt) warn(doubt);
}

/** Log-odds of a picker's answer that leaves it open. */
const EVEN_ODDS = 0;

function thresholdOf(
  plan: PickRunPlan,
  { model }: OpenMethod,
  picked: readonly PickedMicrograph[],
  warn: (line: string) => void,
): PickRecord["threshold"] {
  if (plan.threshold !== "auto") return { value: plan.threshold, source: "given", separation: null };
  const scores = picked.flatMap(({ part }) => part.peaks.map(([, , score]) => score));
  const { threshold, separation, isClear } = chooseThreshold(scores);
  // what suits the micrographs of the training may not suit these: its threshold is the second choice
  const validated = model?.record.validation?.threshold;
  if (!isClear && validated === undefined) {
    warn("the scores do not fall into particles and background: the threshold is a guess, look at pictures/");
  }
  // an even chance by the picker itself: a split of scores that are all background would make half of them particles
  if (!isClear && model) return { value: validated ?? EVEN_ODDS, source: "model", separation: null };
  return {
    value: Number(threshold.toPrecision(6)),
    source: "scores",
    separation: Number.isFinite(separation) ? Number(separation.toPrecision(4)) : null,
  };
}
