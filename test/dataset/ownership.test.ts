import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import type { DatasetJob } from "../../src/dataset/records.js";
import { openDataset } from "../../src/dataset/writer.js";
import { nodeFiles as files } from "../../src/runtime/files.js";
import { scratchFolder } from "../helpers/scratch.js";
import { job, kinds, makeAll } from "./three-micrographs.js";

const root = scratchFolder();
let dir = "";
let counter = 0;
beforeEach(() => {
  dir = join(root, String(counter++));
});

const other: readonly (readonly [string, Partial<DatasetJob>, string])[] = [
  ["command", { command: "generate" }, 'command: found "simulate", expected "generate"'],
  ["option", { options: { count: 3, snr: 0.2 } }, "option snr: found 0.1, expected 0.2"],
  ["further option", { options: { ...job.options, depth: 9 } }, "option depth: found none, expected 9"],
  ["seed", { seed: 6 }, "seed: found 5, expected 6"],
  [
    "input",
    { inputs: [{ path: "map.mrc", sha256: "cd".repeat(32) }] },
    `content of input map.mrc: found "${"ab".repeat(32)}", expected "${"cd".repeat(32)}"`,
  ],
  ["inputs", { inputs: [] }, "number of inputs: found 1, expected 0"],
];
test.each(other)(
  "another %s is refused, unfinished or finished, and named",
  async (_name, change, message) => {
    await openDataset(files, dir, job, kinds);
    await expect(openDataset(files, dir, { ...job, ...change }, kinds)).rejects.toThrow(UsageError);
    await expect(openDataset(files, dir, { ...job, ...change }, kinds)).rejects.toThrow(message);
    await makeAll(dir);
    await expect(openDataset(files, dir, { ...job, ...change }, kinds)).rejects.toThrow(message);
  },
);

test("the same input under another name is accepted", async () => {
  await makeAll(dir);
  const moved = { ...job, inputs: [{ ...job.inputs[0]!, path: "/elsewhere/map.mrc" }] };
  expect((await openDataset(files, dir, moved, kinds)).finished).toBe(true);
});

test("another program version may read a finished dataset but not continue one", async () => {
  const newer = { ...job, program: "cryogem 10.0.0" };
  await openDataset(files, dir, job, kinds);
  await expect(openDataset(files, dir, newer, kinds)).rejects.toThrow('program: found "cryogem 9.9.9"');
  await makeAll(dir);
  expect((await openDataset(files, dir, newer, kinds)).finished).toBe(true);
});

test("a folder with other files is refused and not touched, an empty one is taken", async () => {
  mkdirSync(dir);
  expect((await openDataset(files, dir, job, kinds)).missing).toEqual([1, 2, 3]);
  const mine = join(root, "mine");
  mkdirSync(mine);
  writeFileSync(join(mine, "thesis.tex"), "");
  await expect(openDataset(files, mine, job, kinds)).rejects.toThrow(
    "mine: found a folder with other files (thesis.tex), expected a new or empty folder",
  );
  expect(readdirSync(mine)).toEqual(["thesis.tex"]);
});
