import { z } from "zod";
import type { Files, Report } from "../../core/ports.js";
import { parseJson } from "../../dataset/check.js";
import { readContents } from "./contents.js";
import type { Stage } from "./stage.js";

const state = z.object({
  format: z.literal("cryogem-project"),
  formatVersion: z.literal(1),
  /** By the name of the stage. */
  stages: z.record(
    z.string(),
    z.object({
      /** What the stage was begun from: its options, its inputs' contents, the stages before it. */
      key: z.string(),
      /** Seconds that it took; null while it is not finished. */
      seconds: z.number().nullable(),
    }),
  ),
  /** Of the files from outside, by path: what was read of them, so that they need not be read again. */
  contents: z.record(z.string(), z.object({ version: z.string(), sha256: z.string() })).default({}),
});

type State = z.infer<typeof state>;

/** How a stage stands to what is there. */
export type StageState =
  | { readonly kind: "done"; readonly seconds: number }
  | { readonly kind: "begun" }
  | { readonly kind: "missing" }
  /** Done or begun from other options or inputs. */
  | { readonly kind: "outdated" };

/** What a project knows of its stages, kept in a file that is written after every change. */
export class ProjectState {
  private constructor(
    private readonly files: Files,
    private readonly path: string,
    private readonly state: State,
  ) {}

  /** @throws FormatError for a file that is damaged */
  static async open(files: Files, path: string): Promise<ProjectState> {
    const empty: State = { format: "cryogem-project", formatVersion: 1, stages: {}, contents: {} };
    if (!(await files.exists(path))) return new ProjectState(files, path, empty);
    return new ProjectState(
      files,
      path,
      parseJson(state, new TextDecoder().decode(await files.read(path)), path),
    );
  }

  /** How a stage stands, whose key is `key` now. */
  async of({ name, out }: Stage, key: string): Promise<StageState> {
    const known = this.state.stages[name];
    const isThere = await this.files.exists(out);
    if (!known) return { kind: isThere ? "outdated" : "missing" };
    if (known.key !== key) return { kind: isThere ? "outdated" : "missing" };
    if (!isThere) return { kind: "missing" };
    return known.seconds === null ? { kind: "begun" } : { kind: "done", seconds: known.seconds };
  }

  /** SHA-256 of the inputs of stages, by path; what had to be read is kept. */
  async contentsOf(
    stages: readonly Stage[],
    context: { readonly report: Report; readonly signal: AbortSignal },
  ): Promise<ReadonlyMap<string, string>> {
    const { files } = this;
    const { contents } = this.state;
    const before = JSON.stringify(contents);
    const paths = new Set(stages.flatMap(({ inputs }) => inputs));
    try {
      return await readContents([...paths], contents, { files, ...context });
    } finally {
      if (JSON.stringify(contents) !== before) await this.save();
    }
  }

  secondsOf(name: string): number {
    return this.state.stages[name]?.seconds ?? 0;
  }

  begin(name: string, key: string): Promise<void> {
    return this.write(name, { key, seconds: null });
  }

  finish(name: string, key: string, seconds: number): Promise<void> {
    return this.write(name, { key, seconds });
  }

  private async write(name: string, entry: State["stages"][string]): Promise<void> {
    this.state.stages[name] = entry;
    await this.save();
  }

  private async save(): Promise<void> {
    await this.files.write(this.path, `${JSON.stringify(this.state, null, 1)}\n`);
  }
}
