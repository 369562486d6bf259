import { Command } from "commander";
import { expect, test } from "vitest";
import { addCommands, entries } from "../../../src/cli/commands/index.js";
import type { Stage } from "../../../src/jobs/project/stage.js";
import { commandLine, commandWords } from "../../../src/jobs/shared/options/line.js";

/** The declaration of a stage's command. */
const specOf = (stage: Stage) => entries.find(({ spec }) => spec.name === stage.command)!.spec;

/** Tests that the line that `run --plan` prints of each stage is one that the program takes, whole. */
export function testTyping(stages: readonly Stage[]): void {
  const program = new Command();
  addCommands(program);
  test.each(stages.map((stage) => [commandLine(specOf(stage), stage.options), stage] as const))(
    "%s can be typed as it stands",
    (_line, stage) => {
      const words = commandWords(specOf(stage), stage.options);
      let target = program;
      for (let child = target; ; target = child) {
        const found = target.commands.find((each) => each.name() === words[0]);
        if (!found) break;
        words.shift();
        child = found;
      }
      const { operands, unknown } = target.parseOptions(words);
      expect(unknown).toEqual([]);
      expect(operands).toHaveLength(target.registeredArguments.length);
      for (const option of target.options.filter(({ mandatory }) => mandatory)) {
        expect(target.opts()).toHaveProperty(option.attributeName());
      }
    },
  );
}
