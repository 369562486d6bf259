import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addCommands } from "../../../src/cli/commands/index.js";
import {
  DEMO_COMMANDS,
  type DemoStage,
  planDemo,
  stageLine,
  stageWords,
} from "../../../src/jobs/demo/plan.js";
import { readOptions, resolveOptions } from "../../../src/jobs/shared/options/check.js";
import { shellLine } from "../../../src/jobs/shared/options/words.js";

const program = new Command();
addCommands(program);
const { stages } = planDemo({ out: "out", seed: 4, steps: 9 }, "examples/apo");
/** The command of commander that a stage's words name, and the words after it. */
function typed(stage: DemoStage): { readonly target: Command; readonly rest: readonly string[] } {
  const [name, ...rest] = stageWords(stage);
  const target = program.commands.find((each) => each.name() === name)!;
  const child = target.commands.find((each) => each.name() === rest[0]);
  return child ? { target: child, rest: rest.slice(1) } : { target, rest };
}

describe("the demo's stages", () => {
  test.each(stages.map((stage) => [stageLine(stage), stage] as const))("%s", (_line, stage) => {
    const { target, rest } = typed(stage);
    const { operands, unknown } = target.parseOptions([...rest]);
    expect([operands, unknown]).toEqual([[], []]);
    const { options: set } = DEMO_COMMANDS[stage.command];
    const given = Object.fromEntries(
      Object.entries(stage.options).filter(([, value]) => value !== undefined),
    );
    // what would be typed is what is done, and all that the command needs
    expect(target.opts()).toMatchObject(given);
    expect(readOptions(set, given)).toEqual(resolveOptions(set, target.opts() as never));
  });

  test("held-out micrographs are seen by the scores alone", () => {
    const seen = stages.filter((stage) => stageLine(stage).includes("held-out"));
    expect(seen.map(({ command }) => command)).toEqual(["realism"]);
  });

  test("what is generated from was not trained on, whatever the seed", () => {
    for (const seed of [1, Number.MAX_SAFE_INTEGER]) {
      const simulations = planDemo({ seed }, "e").stages.filter(({ command }) => command === "simulate");
      const seeds = simulations.map(({ options }) => (options as { readonly seed: number }).seed);
      expect(new Set(seeds).size).toBe(2);
      for (const each of seeds) expect(Number.isSafeInteger(each)).toBe(true);
    }
  });

  test("a path with a blank is quoted for the shell", () => {
    expect(shellLine(["cryogem", "info", "my map.mrc", "it's"])).toBe("cryogem info 'my map.mrc' 'it'\\''s'");
  });
});
