import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addCommands } from "../../../src/cli/commands/index.js";
import { planDemo, shellLine } from "../../../src/jobs/demo/plan.js";

const program = new Command();
addCommands(program);
const plan = planDemo({ example: "examples/apo", out: "out", seed: 4, steps: 9 });

describe("the demo's stages", () => {
  test.each(plan.map((stage) => [shellLine(stage), stage] as const))("%s", (_line, { command }) => {
    const [name, ...rest] = command;
    let target = program.commands.find((each) => each.name() === name)!;
    const child = target.commands.find((each) => each.name() === rest[0]);
    if (child) {
      target = child;
      rest.shift();
    }
    const { operands, unknown } = target.parseOptions(rest);
    expect(unknown).toEqual([]);
    expect(operands).toEqual([]);
    for (const option of target.options.filter(({ mandatory }) => mandatory)) {
      expect(target.opts()).toHaveProperty(option.attributeName());
    }
  });

  test("held-out micrographs are seen by the scores alone", () => {
    const seen = plan.filter(({ command }) => command.some((word) => word.includes("held-out")));
    expect(seen.map(({ command }) => command[0])).toEqual(["evaluate"]);
  });

  test("what is generated from was not trained on", () => {
    const seeds = plan
      .filter(({ command }) => command[0] === "simulate")
      .map(({ command }) => command[command.indexOf("--seed") + 1]);
    expect(new Set(seeds).size).toBe(2);
  });

  test("a path with a blank is quoted for the shell", () => {
    expect(shellLine({ title: "", command: ["info", "my map.mrc", "it's"] })).toBe(
      "cryogem info 'my map.mrc' 'it'\\''s'",
    );
  });
});
