import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { entries } from "../../../src/cli/commands/index.js";
import { Random } from "../../../src/core/random.js";
import type { RealismResult } from "../../../src/evaluate/realism/realism.js";
import { summarise } from "../../../src/evaluate/spread.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseRows } from "../../../src/jobs/compare/rows.js";
import { type CompareContext, compareTranslators } from "../../../src/jobs/compare/run.js";
import { encodeRealism } from "../../../src/jobs/evaluate/records.js";
import { writeComparePage } from "../../../src/report/compare.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeTinyDataset } from "../../helpers/toys/dataset.js";
import { writeToyMap } from "../../helpers/toys/map.js";

const dir = join(scratchFolder(), "project");
const PROJECT = join(dir, "project.yaml");
const at = (name: string): string => join(dir, name);

beforeEach(() => {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  for (let i = 1; i <= 5; i++) {
    const random = Random.of(i, "compare test");
    const data = Float32Array.from({ length: 96 * 96 }, () => 100 + 10 * random.normal());
    writeFileSync(at(`${i}.mrc`), writeMrc({ data, shape: [1, 96, 96], voxelSize: 3 }));
  }
  writeToyMap(at("v.mrc"));
  writeFileSync(
    PROJECT,
    "micrographs: [1.mrc, 2.mrc, 3.mrc]\nheldOut: [4.mrc, 5.mrc]\nmap: v.mrc\npixelSize: 3\nvoltage: 300\ncs: 2.7\nparticleDiameter: 60\nseed: 4\n",
  );
});

const score = (value: number) => summarise([value, value + 2]);

/** Scores that tell which row and seed they are of: the row's place, and a tenth of the seed. */
function scoresOf(sets: readonly string[]): RealismResult {
  const seed = Number(/seed-(\d+)/.exec(sets[0]!)![1]);
  const row = (name: string, role: "floor" | "candidate", value: number) => ({
    ...{ name, role, micrographs: 2, scores: { frechet: score(value) } },
  });
  return {
    protocol: {
      ...{ pixelSize: 3, patch: 32, tile: 256, bands: 8, reach: 8 },
      bank: { wavelengths: [4], orientations: 4 },
    },
    ...{ seed: 1, repeats: 2, patches: 10, realMicrographs: 2, curves: [] },
    rows: [
      row("real", "floor", 0.25),
      ...sets.map((path, i) => row(path.replace(/^.*\//, ""), "candidate", i + seed / 10)),
    ],
  };
}

/** Commands that write what the comparison reads of them; `fails` is stopped once. */
function context(fails?: string) {
  const { context: job, notes, warnings } = jobContext();
  const done: string[] = [];
  let failing = fails;
  const execute = async (command: string, options: Readonly<Record<string, unknown>>): Promise<void> => {
    const out = String(options["out"]);
    done.push(`${command} ${out.slice(dir.length + 1)}`);
    if (failing !== undefined && out.endsWith(failing)) {
      failing = undefined;
      throw new Error("stopped");
    }
    if (command === "simulate" || command === "generate") await writeTinyDataset(out);
    else if (command === "train") {
      const lines = Array.from({ length: 8 }, (_, i) => ({ step: i + 1, gan: 1, seconds: i < 3 ? 9 : 0.5 }));
      await job.files.write(
        `${out}/metrics.jsonl`,
        lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
      );
      await job.files.write(`${out}/options.json`, JSON.stringify(options));
    } else if (command === "evaluate realism") {
      const result = scoresOf(options["synthetic"] as string[]);
      await job.files.write(`${out}/realism.json`, encodeRealism("cryogem 9.9.9", result));
    } else await job.files.write(`${out}/result`, command);
  };
  const compared: CompareContext = {
    ...job,
    ...{ expand: async (paths) => paths, execute },
    specOf: (command) => entries.find(({ spec }) => spec.name === command)!.spec,
    writePage: (finished) => writeComparePage(finished, job.files),
  };
  return { done, notes, warnings, compared };
}

const OPTIONS = {
  ...{ project: PROJECT, minutes: 2, seeds: 2 },
  rows: ["cryogem --contrast patch", "cut --network antialiased", "gaussian"],
};

describe("compare", () => {
  test("trains every row for the same minutes and seeds, and gathers the scores in one table and one page", async () => {
    const { done, compared } = context();
    const { comparison, page } = await compareTranslators(OPTIONS, compared);
    expect(done.filter((each) => each.startsWith("train"))).toEqual([
      "train compare/trials/cryogem-contrast-patch",
      "train compare/trials/cut-network-antialiased",
      ...[4, 5].flatMap((seed) =>
        ["cryogem-contrast-patch", "cut-network-antialiased", "gaussian"].map(
          (row) => `train compare/seed-${seed}/models/${row}`,
        ),
      ),
    ]);
    const trained = JSON.parse(
      readFileSync(at("compare/seed-5/models/cut-network-antialiased/options.json"), "utf8"),
    );
    // half a second a step, but for the first three
    expect(trained).toMatchObject({ translator: "cut", network: "antialiased", steps: 240, seed: 5 });
    expect(existsSync(at("compare/trials/cut-network-antialiased"))).toBe(false);

    const [floor, first, second, third] = comparison.rows;
    expect(floor).toMatchObject({ text: "real", role: "floor", scores: { frechet: { mean: 1.25 } } });
    expect(first).toMatchObject({ text: "cryogem --contrast patch", steps: 240 });
    // means over the repeats of seeds 4 and 5, then over the seeds
    expect(second!.scores.frechet!.values).toBeAllclose([2.4, 2.5]);
    expect(second!.scores.frechet!.spread).toBeCloseTo(0.1 / Math.SQRT2, 9);
    expect(second!.scores.contentCorrelation!.mean).toBeCloseTo(1, 4);
    expect(third!.steps).toBeUndefined();
    const table = readFileSync(at("compare/table.csv"), "utf8").split("\n");
    expect(table[0]).toBe("row,role,steps,training_seconds,measure,mean,spread,repeats");
    expect(table.find((line) => line.startsWith("gaussian,candidate,,,frechet"))).toContain("frechet,3.45");
    const html = readFileSync(page, "utf8");
    expect(html).toContain("cut --network antialiased");
    expect(html.match(/<figure>/g)).toHaveLength(4);
  });

  test("goes on where it was stopped, with the paces measured before, and does nothing twice", async () => {
    const first = context("seed-4/cut-network-antialiased");
    await expect(compareTranslators(OPTIONS, first.compared)).rejects.toThrow("stopped");
    writeFileSync(
      at("compare/paces.json"),
      readFileSync(at("compare/paces.json"), "utf8").replaceAll("0.5", "0.25"),
    );
    const paces = readFileSync(at("compare/paces.json"), "utf8");
    const second = context();
    await compareTranslators({ ...OPTIONS, minutes: 1 }, second.compared);
    expect(readFileSync(at("compare/paces.json"), "utf8")).toBe(paces);
    expect(second.done.some((each) => /trials|^simulate|^estimate/.test(each))).toBe(false);
    // 60 seconds at a quarter are the 240 steps of 120 at a half
    expect(second.done).not.toContain("train compare/seed-4/models/cut-network-antialiased");
    expect(second.done[0]).toBe("generate compare/seed-4/cut-network-antialiased");
    const third = context();
    await compareTranslators({ ...OPTIONS, minutes: 1 }, third.compared);
    expect(third.done).toEqual([]);
  });

  test("needs held-out micrographs", async () => {
    writeFileSync(PROJECT, readFileSync(PROJECT, "utf8").replace(/heldOut.*\n/, ""));
    await expect(compareTranslators(OPTIONS, context().compared)).rejects.toThrow(
      /project.yaml: heldOut: found none, expected micrographs against which the rows are scored/,
    );
  });
});

describe("rows", () => {
  test("are translators with options of train, as a command line has them", () => {
    const [row] = parseRows(["cryogem  --no-calibrate --snr 0.01 --noise white"]);
    expect(row).toEqual({
      text: "cryogem --no-calibrate --snr 0.01 --noise white",
      name: "cryogem-no-calibrate-snr-0.01-noise-white",
      hasNetwork: true,
      options: { translator: "cryogem", calibrate: false, snr: 0.01, noise: "white" },
    });
  });

  test.each([
    ["cyclegam", /rows: "cyclegam": translator: found "?cyclegam/],
    ["cut --networks unet", /rows: found --networks in "cut --networks unet", expected an option of `train`/],
    ["cut --seed 3", /found --seed in/],
    ["cut --network", /found --network without a value/],
    ["cut --network big", /"cut --network big": network: found/],
  ])("%s is refused", (text, message) => {
    expect(() => parseRows([text])).toThrow(message);
  });

  test("stand once", () => {
    expect(() => parseRows(["cut", "gaussian", "cut"])).toThrow("rows: found cut twice");
  });
});
