import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeMrc } from "../../src/io/mrc/write.js";
import { planSimulation } from "../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../src/jobs/simulate/run.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";
import { writeToyMap } from "../helpers/toys/map.js";
import { programIn } from "./program.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "map.mrc"));

const run = programIn(dir);

const SIMULATE = ["simulate", "--map", map, "--size", "96", "--particles", "3", "--out", "x"];
const ESTIMATE = [
  ...["estimate", "--micrographs", "m.mrc", "--pixel-size", "1.5", "--voltage", "300", "--cs", "2.7"],
  ...["--out", "x"],
];

describe("an option that can never work ends with 2, its name and what it may be", () => {
  beforeAll(async () => {
    const data = Float32Array.from({ length: 96 * 96 }, (_, i) => i % 7);
    writeFileSync(join(dir, "m.mrc"), writeMrc({ data, shape: [1, 96, 96], voxelSize: 1.5 }));
    const four = { map: [map], out: join(dir, "four"), size: [96, 96] as const, particles: [3] as const };
    await simulateDataset(planSimulation({ ...four, count: 4 }), jobContext().context);
    copyFileSync(join(dir, "m.mrc"), join(dir, "four/m.mrc"));
  }, 60_000);

  test.each<[string[], RegExp]>([
    [
      [...SIMULATE, "--orientations", "cone:0,0,0,0"],
      /^error: --orientations: found cone:0,0,0,0, expected at least one cone with a weight above 0$/,
    ],
    [
      [...SIMULATE, "--orientations", "cone:0x1,0,10"],
      /^error: --orientations: found "cone:0x1,0,10", expected .*-360 to 360, 0 to 180/,
    ],
    [
      [...SIMULATE, "--ratios", "0"],
      /^error: --ratios: found 0, expected at least one above 0, 0 to 1000000$/,
    ],
    [[...SIMULATE, "--count", "0x2"], /^error: --count: found "0x2", expected a whole number, 1 to 999999$/],
    [
      [...SIMULATE, "--size", "0x40"],
      /^error: --size: found 0x40, expected N or WIDTHxHEIGHT, 32 to 32768 pixels$/,
    ],
    [[...SIMULATE, "--diameter", "1"], /^error: --diameter: found 1, expected 10 to 10000 angstrom$/],
    [[...SIMULATE.slice(0, -1), ""], /^error: --out: found "", expected a path$/],
    [
      [...ESTIMATE, "--fit-min", "5", "--fit-max", "100"],
      /^error: --fit-min: found 5, expected more than 150 angstrom, one and a half times --fit-max$/,
    ],
    [
      ["pick", "train", "--dataset", "four", "--validation", "0.9", "--steps", "1", "--out", "x"],
      /^error: --validation: found 0.9, which leaves none of 4 .* expected less than 0.875$/,
    ],
    [
      ["extract", "--particles", "four/particles.star", "--box", "16", "--radius", "4", "--out", "x.mrcs"],
      /^error: --radius: found without --normalise/,
    ],
    [
      ["mask", "--map", "m.mrc", "--out", "./m.mrc"],
      /^error: --out: found .\/m.mrc, which is one of --map, expected another place$/,
    ],
    [
      ["pick", "train", "--micrographs", "m.mrc", "--out", "x"],
      /^error: --micrographs: found without --coordinates, expected both$/,
    ],
    [
      ["export", "m.mrc", "four/m.mrc", "--to", "tif", "--out", "x"],
      /^error: --out: found two inputs for x\/m.tif/,
    ],
    [
      [
        ...["evaluate", "realism", "--real", "m.mrc", "--synthetic", "four", "--tile", "129"],
        ...["--out", "x"],
      ],
      /^error: --tile: found 129, expected a multiple of 8$/,
    ],
  ])("%j", async (args, message) => {
    const { status, stdout, stderr } = await run(...args);
    expect(stderr.trim()).toMatch(message);
    expect([status, stdout]).toEqual([2, ""]);
    expect(existsSync(join(dir, "x"))).toBe(false);
  });
});

test("a damaged micrograph, read on a thread, ends with 1 and a sentence that names it", async () => {
  writeFileSync(join(dir, "cut.mrc"), readFileSync(join(dir, "m.mrc")).subarray(0, 3000));
  for (const job of [["bin", "--to", "3"], ESTIMATE.slice(0, 1)]) {
    const rest = job.length === 1 ? ESTIMATE.slice(3, -2) : job.slice(1);
    const { status, stderr } = await run(job[0]!, "--micrographs", "cut.mrc", ...rest, "--out", "cut");
    expect(stderr.trim().split("\n").at(-1)).toMatch(
      /^error: cut.mrc: file size: found 3000, expected 37888/,
    );
    expect(status).toBe(1);
  }
});

test("pixel sizes that disagree end a scoring with 2 before anything is written", async () => {
  const { status, stderr } = await run(
    ...["evaluate", "realism", "--real", "m.mrc", "--synthetic", "four/micrographs", "--out", "x"],
    ...["--tile", "128", "--patch", "16"],
  );
  expect(stderr).toMatch(/error: .*000001.mrc: found 4 angstrom per pixel, expected 1.5, as m.mrc says/);
  expect([status, existsSync(join(dir, "x"))]).toEqual([2, false]);
});
