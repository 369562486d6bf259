import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../helpers/scratch.js";
import { writeToyMap } from "../helpers/toys/map.js";
import { programIn } from "./program.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "map.mrc"));
const small = ["--map", map, "--size", "96", "--particles", "3", "--workers", "1"];

const run = programIn(dir);

beforeAll(async () => {
  await run("simulate", ...small, "--count", "2", "--out", "simulated");
  await run("simulate", ...small, "--count", "3", "--snr", "0.2", "--seed", "5", "--out", "real");
  const train = ["train", "--real", "real/micrographs", "--simulated", "simulated"];
  const { status } = await run(...train, "--translator", "gaussian", "--snr", "0.2", "--out", "model");
  expect(status).toBe(0);
}, 60_000);

describe("generate with simulate's options", () => {
  test("simulates beside its output, and gives what generate gives of that dataset", async () => {
    const whole = await run(
      "generate",
      "--model",
      "model",
      ...small,
      "--count",
      "2",
      "--defocus",
      "9000,11000",
      "--out",
      "whole",
    );
    expect([whole.status, whole.stderr.trim().split("\n").at(-1)]).toEqual([
      0,
      "whole: 2 micrographs, 6 particles",
    ]);
    await run("simulate", ...small, "--count", "2", "--defocus", "9000,11000", "--out", "apart");
    await run("generate", "--model", "model", "--simulated", "apart", "--out", "translated");
    for (const name of ["particles.star", "micrographs/000002.mrc"]) {
      expect(readFileSync(join(dir, "whole", name))).toEqual(readFileSync(join(dir, "translated", name)));
    }
    expect(existsSync(join(dir, "whole-simulated/dataset.json"))).toBe(true);
  });

  test.each([
    [
      ["--simulated", "simulated", "--count", "3"],
      2,
      "--count: found --simulated as well, whose micrographs are made already",
    ],
    [["--map", map, "--simulated", "simulated"], 2, "--map: found --simulated"],
    [[], 2, "--simulated: found none, expected a dataset of `simulate`, or --map to simulate from"],
    [["--map", map, "--model", "nowhere"], 1, "nowhere/model.safetensors: found nothing there"],
    [["--map", map, "--defocus", "2,1"], 2, "with commas between, the lower first"],
  ] as const)("%j is refused", async (more, code, message) => {
    const { status, stderr } = await run("generate", "--model", "model", "--out", "never", ...more);
    expect(stderr).toContain(message);
    expect(status).toBe(code);
    expect(existsSync(join(dir, "never")) || existsSync(join(dir, "never-simulated"))).toBe(false);
  });
});

describe("export", () => {
  test("labels of a dataset become COCO, sizes read from the micrographs", async () => {
    const { status, stdout } = await run(
      "export",
      "simulated/particles.star",
      "--box",
      "30",
      "--out",
      "coco.json",
      "--json",
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout.trim().split("\n").at(-1)!)).toEqual({ type: "result", written: ["coco.json"] });
    const coco = JSON.parse(readFileSync(join(dir, "coco.json"), "utf8"));
    expect(coco.images).toMatchObject([{ width: 96 }, { height: 96 }]);
    expect(coco.annotations.length).toBe(6);
  });

  test.each([
    [
      ["simulated/particles.star", "--out", "x.abc"],
      2,
      "expected a name whose ending says the format, or --to",
    ],
    [["simulated/particles.star", "--out", "x.box"], 2, "expected --box with them"],
    [
      ["map.mrc", "--out", "x.png", "--flip-y", "96"],
      2,
      "--flip-y: found images, which it does not apply to",
    ],
    [["nowhere.star", "--out", "x.txt"], 1, "nowhere.star: found nothing there"],
    [["map.mrc", "--out", "x.png", "--mode", "int4"], 2, '--mode: found "int4", expected float32, float16'],
  ] as const)("%j is refused", async (args, code, message) => {
    const { status, stderr } = await run("export", ...args);
    expect(stderr).toContain(message);
    expect([status, stderr.trim().split("\n").length]).toEqual([code, 1]);
  });
});
