import type { Files, JobContext } from "../../core/ports.js";
import { type DemoPlan, type DemoStage, stageLine } from "./plan.js";

/** How long each stage of a demo took, seconds. */
export type DemoTimings = readonly { readonly stage: string; readonly seconds: number }[];

/** What the demo receives beside its plan. */
export interface DemoContext extends JobContext {
  /** Does the work of one command. */
  readonly perform: (stage: DemoStage) => Promise<void>;
  /** Writes the report of a demo that went through all its stages; returns its path. */
  readonly writeReport: (plan: DemoPlan, timings: DemoTimings) => Promise<string>;
}

/**
 * Goes through the stages of a demo, or those that are not complete, and has the report written.
 *
 * @returns the report's path
 * @throws what the commands throw, AbortError
 */
export async function runDemo(plan: DemoPlan, context: DemoContext): Promise<string> {
  const { files, report, signal, now } = context;
  const seconds = await Timings.open(files, `${plan.out}/timings.json`);
  for (const [i, stage] of plan.stages.entries()) {
    signal.throwIfAborted();
    report.note(`\n[${i + 1}/${plan.stages.length}] ${stage.title}\n${stageLine(stage)}`);
    const start = now();
    await context.perform(stage);
    await seconds.record(stageLine(stage), (now() - start) / 1000);
  }
  const timings = plan.stages.map((stage) => ({
    stage: stage.title,
    seconds: seconds.of(stageLine(stage)),
  }));
  return context.writeReport(plan, timings);
}

/** Seconds of each command, kept beside the results: a stage that was complete already takes none the next time. */
class Timings {
  private constructor(
    private readonly files: Files,
    private readonly path: string,
    private readonly seconds: Record<string, number>,
  ) {}

  static async open(files: Files, path: string): Promise<Timings> {
    const known = (await files.exists(path)) ? new TextDecoder().decode(await files.read(path)) : "{}";
    return new Timings(files, path, JSON.parse(known) as Record<string, number>);
  }

  of(line: string): number {
    return this.seconds[line] ?? 0;
  }

  async record(line: string, seconds: number): Promise<void> {
    this.seconds[line] = Math.max(seconds, this.of(line));
    await this.files.write(this.path, `${JSON.stringify(this.seconds, undefined, 2)}\n`);
  }
}
