import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { expect, test } from "vitest";
import { addCommands } from "../../src/cli/commands/index.js";
import { documents } from "./pages.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What a page says to type: lines of its shell blocks that call the program, without comments, continued lines joined. */
function typedCommands(page: string): readonly string[] {
  const blocks = readFileSync(`${root}/${page}`, "utf8").matchAll(/^```sh\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, block]) =>
    block!
      .replaceAll("\\\n", " ")
      .split("\n")
      .map((line) => line.replace(/\s#.*$/, "").trim())
      .filter((line) => /^(npx )?cryogem [a-z]/.test(line) && !/[$<>|&(]/.test(line)),
  );
}

/** As a shell splits it: quotes keep blanks together. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!);

const lines = documents.flatMap((page) => typedCommands(page).map((line) => [page, line] as const));

test("the pages have commands", () => expect(lines.length).toBeGreaterThan(50));

test.each(lines)("%s: %s", (_page, line) => {
  const program = new Command();
  addCommands(program);
  const words = wordsOf(line.replace(/^(npx )?cryogem /, ""));
  let command = program;
  for (let child = command.commands.find((each) => each.name() === words[0]); child; ) {
    command = child;
    words.shift();
    child = command.commands.find((each) => each.name() === words[0]);
  }
  expect(command).not.toBe(program);
  const { unknown } = command.parseOptions(words);
  expect(unknown).toEqual([]);
  for (const option of command.options.filter(({ mandatory }) => mandatory)) {
    expect(command.opts()).toHaveProperty(option.attributeName());
  }
});
