import { FileError } from "../../core/errors.js";
import type { ComputeRuntime } from "../../core/ports.js";
import { NetworkScorer } from "../../pick/network/scorer.js";
import { chooseThreshold } from "../../pick/threshold.js";
import { LEAST_EVIDENCE } from "../estimate/records.js";
import { inClaimedFolder } from "../shared/claim-folder.js";
import type { DatasetContext } from "../shared/context.js";
import { PixelSizeWatch } from "../shared/micrographs/pixel-size.js";
import { type OpenMethod, openMethod, readKnownOptics } from "./method.js";
import {
  type ClassicalTarget,
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
 * picked before with the same settings are not picked again; one that cannot be picked is left out with a warning.
 *
 * @throws UsageError for a folder with something else, FileError where no micrograph could be picked, AbortError
 */
export async function runPicking(plan: PickRunPlan, context: PickRunContext): Promise<PickRecord> {
  const claim = { holds: "picks", marks: [PICKS.record, PICKS.parts] };
  return inClaimedFolder(context.files, plan.out, claim, () => pickInto(plan, context));
}

async function pickInto(plan: PickRunPlan, context: PickRunContext): Promise<PickRecord> {
  const { files, report, signal, program } = context;
  const known = await readKnownOptics(plan, files);
  const method = await openMethod(plan, known, context);
  const inputs = plan.micrographs.map(({ path, stem }): PickInput => {
    const defocus = known.defocus.get(stem);
    return { path, stem, ...(defocus && { defocus }) };
  });
  const target: PickTarget = {
    dir: plan.out,
    key: JSON.stringify([
      program,
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
  const outcomes = await pickAll(inputs, target, method, context);
  signal.throwIfAborted();
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
  await writePicks({ plan, record, picked, optics: known.optics }, context);
  return record;
}

async function pickAll(
  inputs: readonly PickInput[],
  target: PickTarget,
  method: OpenMethod,
  context: PickRunContext,
): Promise<PickOutcome[]> {
  const { report, signal, workers } = context;
  const total = inputs.length;
  let done = 0;
  const watch = new PixelSizeWatch(target.pixelSize, report);
  const tell = (): void => report.progress({ stage: "pick", done, total, unit: "micrographs" });
  const finished = (outcome: PickOutcome, index: number): void => {
    done++;
    tell();
    const { path } = inputs[index]!;
    if ("part" in outcome) watch.see(path, outcome.part.headerPixelSize);
    warnOf(outcome, path, report.warn);
  };
  tell();
  const shared = (): ClassicalTarget => ({ ...target, scorer: method.classical! });
  const outcomes = method.model
    ? await pickByNetwork(inputs, target, method, context, finished)
    : await workers.map("pick-micrograph", inputs, {
        ...{ signal, shared: shared(), onResult: finished },
      });
  watch.close();
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
  if (evidence !== null && evidence < LEAST_EVIDENCE) {
    warn(`${path}: no Thon rings to speak of (evidence ${evidence.toFixed(0)}): its defocus is a guess`);
  }
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
