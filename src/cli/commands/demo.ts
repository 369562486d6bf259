import { Command } from "commander";
import type { Files, JobContext } from "../../core/ports.js";
import type { DemoStage } from "../../jobs/demo/plan.js";
import { examplePath } from "../../runtime/example.js";
import type { Device } from "../../runtime/onnx/device.js";
import { version } from "../../runtime/version.js";
import type { Result } from "../command.js";
import { deviceOption } from "../device-option.js";
import { integerIn } from "../options.js";
import { jobCommand, runJob } from "../undeclared.js";

interface Options {
  readonly out: string;
  readonly seed: number;
  readonly steps?: number;
  readonly device?: Device;
  readonly json?: boolean;
}

/**
 * `cryogem demo`. Its stages are the other commands, run as a user would type them.
 *
 * @param others makes those commands
 */
export const demo = (others: readonly (() => Command)[]) => (): Command =>
  jobCommand("demo", "Go the whole way on the bundled apoferritin example; writes report.html.")
    .option("--out <dir>", "folder to write, or to continue", "demo")
    .option("--seed <n>", "of the random numbers, 0 to 2^31 - 1", integerIn(0, 2 ** 31 - 1), 1)
    .option("--steps <n>", "training steps, 1 to 100000 (default: the preset's)", integerIn(1, 100_000))
    .addOption(deviceOption())
    .action(async (options: Options) => runJob(options, (context) => runDemo(options, others, context)));

async function runDemo(
  options: Options,
  others: readonly (() => Command)[],
  { files, report, signal, now }: JobContext,
): Promise<Result> {
  const { planDemo, shellLine } = await import("../../jobs/demo/plan.js");
  const { writeDemoReport } = await import("../../report/demo.js");
  const example = examplePath("apoferritin-10146");
  const plan = { ...options, example };
  const stages = planDemo(plan);
  const seconds = await Timings.open(files, `${options.out}/timings.json`);
  for (const [i, stage] of stages.entries()) {
    signal.throwIfAborted();
    report.note(`\n[${i + 1}/${stages.length}] ${stage.title}\n${shellLine(stage)}`);
    const start = now();
    await runStage(stage, others, options.json ?? false);
    await seconds.record(shellLine(stage), (now() - start) / 1000);
  }
  const timings = stages.map((stage) => ({ stage: stage.title, seconds: seconds.of(shellLine(stage)) }));
  const out = await writeDemoReport({ plan, stages, timings }, { files, program: `cryogem ${version}` });
  report.note(`\n${out}: open it in a browser`);
  return { out };
}

async function runStage(
  { command }: DemoStage,
  others: readonly (() => Command)[],
  json: boolean,
): Promise<void> {
  const program = new Command("cryogem").exitOverride();
  for (const other of others) program.addCommand(other());
  await program.parseAsync([...command, ...(json ? ["--json"] : [])], { from: "user" });
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
