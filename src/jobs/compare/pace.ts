import { z } from "zod";
import { quantile } from "../../array/statistics.js";
import { parseJson } from "../../dataset/check.js";
import { inside } from "../../dataset/layout.js";
import type { Project } from "../project/file.js";
import type { ProjectData } from "../project/stage.js";
import type { ProjectContext } from "../run/run.js";
import { MODEL } from "../shared/models/model-files.js";
import { parseMetrics } from "../train/metrics.js";
import type { CompareRow } from "./rows.js";
import { COMPARE, trainingInputs } from "./stages.js";

/** Steps of a trial, and those at its start that do not count: memory is still being laid out. */
const TRIAL = 8;
const FIRST = 3;

const record = z.object({
  format: z.literal("cryogem-paces"),
  formatVersion: z.literal(1),
  /** Seconds a step, by the name of the row. */
  seconds: z.record(z.string(), z.number().positive()),
});

/**
 * Seconds that a training step of each row with a network takes on this machine, from a trial of a few steps. What was measured once
 * is kept: a comparison that goes on must not come to other numbers of steps.
 */
export async function measurePaces(
  project: Project,
  data: ProjectData,
  rows: readonly CompareRow[],
  { files, report, signal, execute }: ProjectContext,
): Promise<ReadonlyMap<string, number>> {
  const path = inside(project.folder, COMPARE.paces);
  const known: Record<string, number> = (await files.exists(path))
    ? { ...parseJson(record, new TextDecoder().decode(await files.read(path)), path).seconds }
    : {};
  for (const row of rows) {
    if (!row.hasNetwork || known[row.name] !== undefined) continue;
    signal.throwIfAborted();
    report.note(`\nPace of ${row.text}: ${TRIAL} steps`);
    const out = inside(project.folder, `compare/trials/${row.name}`);
    // a trial that was stopped is worth nothing
    if (await files.exists(out)) await files.remove(out);
    const options = { ...trainingInputs(project, data, row), steps: TRIAL, every: TRIAL, seed: 1, out };
    await execute("train", options);
    const metrics = inside(out, MODEL.metrics);
    const steps = parseMetrics(new TextDecoder().decode(await files.read(metrics)), metrics);
    known[row.name] = quantile(
      steps.slice(FIRST).map(({ seconds }) => seconds),
      0.5,
    );
    await files.remove(out);
    const text = { format: "cryogem-paces", formatVersion: 1, seconds: known };
    await files.write(path, `${JSON.stringify(text, null, 1)}\n`);
  }
  return new Map(Object.entries(known));
}

/** Steps that fit into so many minutes. */
export const stepsIn = (minutes: number, secondsPerStep: number): number =>
  Math.max(1, Math.floor((60 * minutes) / secondsPerStep));
