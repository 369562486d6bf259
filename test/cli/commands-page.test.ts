import { readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addCommands, entries } from "../../src/cli/commands/index.js";
import { commandsPage } from "../../src/cli/commands-page.js";
import { resolveOptions } from "../../src/jobs/shared/options/check.js";
import { expectedOf, valueOfText } from "../../src/jobs/shared/options/kinds.js";
import { flagName, helpOf, withFlags } from "../../src/jobs/shared/options/option.js";

const program = new Command();
addCommands(program);

/** A command of the program by its name of one or two words. */
const commandOf = (name: string): Command =>
  name.split(" ").reduce((parent, word) => parent.commands.find((each) => each.name() === word)!, program);

test("docs/reference/commands.md is as the declarations have it: `npm run docs` writes it", () => {
  const page = readFileSync(new URL("../../docs/reference/commands.md", import.meta.url), "utf8");
  expect(page).toBe(commandsPage(entries));
});

describe.each(entries.map(({ spec }) => [spec.name, spec] as const))("%s", (name, spec) => {
  test("its help has every option with its range and default, and no other", () => {
    const command = commandOf(name);
    const options = Object.entries(spec.options);
    const shown = new Set(command.options.map(({ attributeName }) => attributeName));
    expect(shown.size).toBeGreaterThan(0);
    const names = new Set(command.options.map((option) => option.attributeName()));
    const named = options.filter(([, { positional }]) => !positional).map(([each]) => each);
    expect([...names].sort()).toEqual([...new Set([...named, "json"])].sort());
    const help = command.helpInformation().replace(/\s+/g, " ");
    for (const [each, option] of options) {
      if (!option.positional) expect(help).toContain(`${flagName(each)}`);
      expect(help).toContain(withFlags(helpOf(option), spec.options).replace(/\s+/g, " "));
    }
  });

  test("a program gets the same refusal as the command line, for every number out of range", () => {
    for (const [each, { kind }] of Object.entries(spec.options)) {
      if (kind.type !== "number" || kind.high === Number.POSITIVE_INFINITY) continue;
      const wrong = kind.high * 2 + 1;
      const message = `${each}: found ${wrong}, expected ${expectedOf(kind)}`;
      expect(() => resolveOptions({ [each]: spec.options[each]! }, { [each]: wrong })).toThrow(message);
      expect(valueOfText(kind, String(wrong))).toBe(wrong);
    }
  });

  test("an empty path, as of an unset variable of the shell, is refused", () => {
    for (const [each, option] of Object.entries(spec.options)) {
      const { type } = option.kind;
      if (type !== "path" && type !== "paths") continue;
      for (const value of type === "path" ? [""] : [[""], ["a", ""]]) {
        expect(() => resolveOptions({ [each]: option }, { [each]: value } as never)).toThrow(
          new RegExp(`^${each}: found .*, expected (a path|one or more paths)$`),
        );
      }
    }
  });

  test("an unknown option is refused with the nearest name", () => {
    const [first] = Object.keys(spec.options);
    const misspelt = `${first}x`;
    expect(() => resolveOptions(spec.options, { [misspelt]: 1 } as never)).toThrow(
      new RegExp(`${misspelt}: unknown option, did you mean \`${first}\``),
    );
  });
});
