import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { scratchFolder } from "../helpers/scratch.js";
import { writeToyMap } from "../helpers/toys/map.js";
import { programIn } from "./program.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "map.mrc"));

const run = programIn(dir);

const small = ["--side", "32", "--width", "1", "--threads", "1", "--seed", "3"];

beforeAll(async () => {
  const specimen = ["--map", map, "--size", "300", "--count", "4", "--particles", "9", "--snr", "0.5"];
  await run("simulate", ...specimen, "--workers", "1", "--out", "simulated");
  const cut = ["--particles", "simulated/particles.star", "--box", "40", "--normalise", "--edges", "skip"];
  const { status, stderr } = await run("extract", ...cut, "--out", "stack.mrcs");
  expect([status, stderr]).toEqual([0, expect.stringContaining("stack.mrcs")]);
}, 60_000);

test("an encoder that has seen projections of the map alone tells poses of particles cut out of micrographs", async () => {
  const train = ["pose", "train", "--map", map, "--particles", "stack.star", "--out", "encoder"];
  const often = [
    "--orientations",
    "200",
    "--batch",
    "64",
    "--steps",
    "250",
    "--resolution",
    "16",
    "--moves",
    "6",
  ];
  const trained = await run(...train, ...small, ...often);
  expect([trained.status, trained.stderr]).toEqual([0, expect.stringContaining("pose encoder trained")]);
  const poses = ["pose", "run", "--model", "encoder", "--particles", "stack.star", "--threads", "1"];
  expect((await run(...poses, "--out", "poses.star")).status).toBe(0);
  const score = ["pose", "score", "--poses", "poses.star", "--truth", "stack.star", "--json"];
  const { status, stdout } = await run(...score);
  expect(status).toBe(0);
  const { rows: lines } = JSON.parse(stdout) as { rows: { name: string; unaligned: { median: number } }[] };
  const medianOf = (name: string): number => lines.find((line) => line.name === name)!.unaligned.median;
  expect(medianOf("poses.star")).toBeLessThan(40);
  expect(medianOf("constant pose")).toBeGreaterThan(90);
  expect((await run(...poses, "--best", "3", "--out", "three.star")).status).toBe(0);
  const rows = (name: string): number => readFileSync(join(dir, name), "utf8").match(/@stack.mrcs/g)!.length;
  expect(rows("three.star")).toBe(3 * rows("poses.star"));
}, 120_000);

test("an encoder learns from the particles of a dataset, which it cuts out itself", async () => {
  const train = ["pose", "train", "--particles", "simulated", "--steps", "3", "--batch", "4"];
  const { status, stderr } = await run(...train, ...small, "--out", "learned");
  expect([status, stderr]).toEqual([0, expect.stringContaining("on particles kept apart")]);
  const cut = readFileSync(join(dir, "learned/particles/1.star"), "utf8").match(/\d@\S*mrcs/g)!.length;
  // those whose box, half as large again as the particle, reaches over an edge are left out
  expect(cut).toBeGreaterThan(10);
  expect(cut).toBeLessThan(36);
}, 60_000);

test.each([
  [["--map", "map.mrc", "--turns"], "--turns: found with --map"],
  [["--map", "map.mrc", "--validation", "0.1"], "--validation: found with --map"],
  [["--heads", "2", "--orientations", "100"], "--heads: found with --orientations"],
])("pose train %j is refused", async (words, message) => {
  const { status, stderr } = await run("pose", "train", "--particles", "stack.star", "--out", "x", ...words);
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
});
