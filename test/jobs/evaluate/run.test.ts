import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { type RealismResult, realism } from "../../../src/evaluate/realism/realism.js";
import {
  protocolText,
  realismCsv,
  scoreText,
  spectraCsv,
  textTable,
} from "../../../src/evaluate/realism/table.js";
import { verdicts } from "../../../src/evaluate/realism/verdict.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { encodePng } from "../../../src/io/png/write.js";
import { namesOf, planRealism, REALISM_FILES, type RealismPlan } from "../../../src/jobs/evaluate/plan.js";
import { decodeRealism } from "../../../src/jobs/evaluate/records.js";
import { evaluateRealism } from "../../../src/jobs/evaluate/run.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";

const dir = scratchFolder();
const [ROWS, COLUMNS] = [144, 160] as const;

/** A micrograph of correlated noise, as MRC of 2 angstrom per pixel unless told otherwise. */
function writeNoise(name: string, seed: number, smooth: number, voxelSize = 2): string {
  const random = Random.of(seed, "evaluate");
  const data = new Float32Array(ROWS * COLUMNS);
  for (let i = 0; i < data.length; i++) data[i] = random.normal() + smooth * (data[i - 1] ?? 0);
  const path = join(dir, `${name}.mrc`);
  writeFileSync(path, writeMrc({ data, shape: [1, ROWS, COLUMNS], voxelSize, mode: "float32" }));
  return path;
}

const real = [1, 2, 3].map((seed) => writeNoise(`real${seed}`, seed, 0.6));
const near = [4, 5].map((seed) => writeNoise(`near${seed}`, seed, 0.6));
const far = [6, 7].map((seed) => writeNoise(`far${seed}`, seed, 0));
const plan = (more: Partial<RealismPlan> = {}): RealismPlan => ({
  real,
  synthetic: [
    { name: "near", paths: near },
    { name: "far, away", paths: far },
  ],
  out: join(dir, "scores"),
  tile: 128,
  patch: 16,
  seed: 3,
  ...more,
});

describe("evaluate realism", () => {
  let result: RealismResult;
  beforeAll(async () => {
    result = await evaluateRealism(plan(), jobContext().context);
  }, 60_000);
  const mean = (name: string, measure: "frechet" | "spectrum") =>
    result.rows.find((row) => row.name === name)!.scores[measure]!.mean;

  test("takes the pixel size from the headers and ranks the sets", () => {
    expect(result.protocol).toMatchObject({ pixelSize: 2, patch: 16, tile: 128 });
    expect(mean("near", "frechet")).toBeLessThan(mean("far, away", "frechet") / 2);
    expect(mean("near", "spectrum")).toBeLessThan(mean("far, away", "spectrum") / 2);
  });

  test("writes every file, and realism.json gives the result back", () => {
    const { figures, ...tables } = REALISM_FILES;
    const expected = [...Object.values(tables), ...Object.values(figures)].sort();
    expect(readdirSync(join(dir, "scores")).sort()).toEqual(expected);
    const path = join(dir, "scores", REALISM_FILES.result);
    const text = readFileSync(path, "utf8");
    const again = decodeRealism(text, path);
    expect(again.rows[1]!.scores.frechet!.mean).toBeCloseTo(mean("near", "frechet"), 3);
    expect(again.curves[0]!.spectrum.power).toBeAllclose(result.curves[0]!.spectrum.power, {
      relative: 1e-5,
    });
    expect(() => decodeRealism(text.replace('"patch":16', '"patch":"x"'), path)).toThrow(
      /result\.protocol\.patch: found "x"/,
    );
  });

  test("text and CSV carry the same numbers", () => {
    const table = textTable(result);
    expect(table.split("\n")[0]).toMatch(/real against real +near +far, away +white noise$/);
    expect(table).toContain(scoreText(result.rows[1]!.scores.frechet));
    const csv = realismCsv(result).split("\n");
    expect(csv[0]).toBe("set,role,measure,mean,spread");
    expect(csv.find((line) => line.startsWith('"far, away",candidate,spectrum'))).toContain(
      String(mean("far, away", "spectrum")),
    );
    const spectra = spectraCsv(result).split("\n");
    expect(spectra).toHaveLength(1 + 32 + 1);
    expect(Number(spectra[32]!.split(",")[0])).toBeCloseTo((0.25 * 31.5) / 32, 10);
    expect(protocolText(result)).toContain("Patches of 16 px (32 angstrom)");
  });

  test("a score has three digits that count; one of nothing has none", () => {
    const score = (mean: number, spread: number): string => scoreText({ mean, spread, values: [] });
    expect(score(137.34, 21.9)).toBe("137 ± 22");
    expect(score(0.0987, 0.0186)).toBe("0.0987 ± 0.0186");
    expect(score(0, 0)).toBe("0 ± 0");
    expect(score(0, 0.012)).toBe("0.0000 ± 0.0120");
  });

  test("verdicts name the best baseline and count in how many repeats it is beaten", () => {
    const [frechet] = verdicts(result, "near", ["far, away", "white noise"]);
    expect(frechet).toMatchObject({ measure: "frechet", closer: true, wins: 3, repeats: 3 });
    const [worse] = verdicts(result, "far, away", ["near"]);
    expect(worse).toMatchObject({ bestBaseline: "near", closer: false, wins: 0, atFloor: false });
    expect(() => verdicts(result, "nobody", [])).toThrow(
      /found "nobody", expected one of real against real, near/,
    );
  });

  test("a dataset with masks stands beside plain files without", async () => {
    const map = writeToyMap(join(dir, "map.mrc"));
    const simulated = join(dir, "simulated");
    const options = {
      map: [map],
      out: simulated,
      size: [ROWS, COLUMNS] as const,
      pixelSize: 2,
      count: 2,
      seed: 1,
      snr: 0.5,
    };
    await simulateDataset(planSimulation(options), jobContext().context);
    for (const path of real) {
      const samples = new Uint8Array(ROWS * COLUMNS).fill(255, 0, 40 * COLUMNS);
      writeFileSync(path.replace(/mrc$/, "png"), encodePng({ shape: [ROWS, COLUMNS], channels: 1, samples }));
    }
    const found = await evaluateRealism(
      plan({
        realMasks: dir,
        out: join(dir, "masked"),
        synthetic: [
          { name: "simulated", folder: simulated },
          { name: "near", paths: near },
        ],
      }),
      jobContext().context,
    );
    const row = (name: string) => found.rows.find((each) => each.name === name)!;
    expect(row("simulated").scores.autocorrelation!.mean).toBeGreaterThan(0);
    expect(row("near").scores.autocorrelation).toBeUndefined();
    // the floor does not depend on what else is compared
    expect(row("real against real").scores.frechet).toEqual(result.rows[0]!.scores.frechet);
    expect(textTable(found)).toContain("–");
  });

  test("refuses sets of another pixel size, images without one, and nothing to score", async () => {
    const { context } = jobContext();
    const simulated = { name: "simulated", folder: join(dir, "simulated") };
    await expect(
      evaluateRealism(plan({ real: [writeNoise("coarse", 8, 0.6, 3)], synthetic: [simulated] }), context),
    ).rejects.toThrow(/simulated: found 2 angstrom per pixel, expected 3, as .*coarse.mrc says/);
    const png = real[0]!.replace(/mrc$/, "png");
    const pictures = plan({ real: [png], synthetic: [{ name: "same", paths: [png] }] });
    await expect(evaluateRealism(pictures, context)).rejects.toThrow(
      /pixelSize: found none in the header of/,
    );
    await expect(evaluateRealism(plan({ tile: 256 }), context)).rejects.toThrow(/shorter side: found 144/);
    expect(() => realism([], [], [], { protocol: result.protocol, seed: 1 })).toThrow(
      /real micrographs: found 0/,
    );
  });
});

describe("names of sets", () => {
  test("are as short as tells them apart", () => {
    expect(namesOf(["a/synthetic", "b/baseline/"], "picks")).toEqual(["synthetic", "baseline"]);
    expect(namesOf(["runs/1/synthetic", "./runs/2/synthetic"], "picks")).toEqual([
      "1/synthetic",
      "2/synthetic",
    ]);
    expect(() => namesOf(["a/b", "a/b/"], "picks")).toThrow(/^picks: found the same twice/);
  });
});

describe("pixel sizes of micrographs that are scored", () => {
  const sizes = (more: Partial<RealismPlan>) => {
    const { context, warnings, notes } = jobContext();
    const scored = evaluateRealism(plan({ out: join(dir, "sizes"), ...more }), context);
    return { scored, warnings, notes };
  };
  const other = writeNoise("other", 9, 0.6, 2.2);
  const silent = writeNoise("silent", 10, 0.6, 1);

  test.each([
    ["of a set beside the real ones", { synthetic: [{ name: "s", paths: [near[0]!, other] }] }],
    ["of one of the real ones", { real: [...real, other] }],
  ])("a header that disagrees is refused: %s", async (_name, more) => {
    await expect(sizes(more).scored).rejects.toThrow(
      /other.mrc: found 2.2 angstrom per pixel, expected 2, as .*real1.mrc says: .* cannot be compared/,
    );
  });

  test("with a pixel size that the user says, a header that disagrees is warned of, a dataset refused", async () => {
    const { scored, warnings } = sizes({ real: [...real, other], pixelSize: 2 });
    expect((await scored).protocol.pixelSize).toBe(2);
    expect(warnings).toEqual([expect.stringMatching(/other.mrc: its header says 2.2 angstrom .*, not 2$/)]);
    const made = { name: "simulated", folder: join(dir, "simulated") };
    await expect(sizes({ synthetic: [made], pixelSize: 3 }).scored).rejects.toThrow(
      /simulated: found 2 angstrom per pixel, expected 3, as `pixelSize` says: .* cannot be compared/,
    );
  });

  test("a pixel size that all headers contradict is taken, with a warning", async () => {
    const { scored, warnings } = sizes({ pixelSize: 3 });
    expect((await scored).protocol.pixelSize).toBe(3);
    expect(warnings).toEqual([
      expect.stringMatching(/real1.mrc: its header says 2 angstrom per pixel, not 3/),
      "7 of 7 micrographs have headers with another pixel size: 2 angstrom per pixel",
    ]);
  });

  test("1 angstrom says nothing: the others decide, and it is said", async () => {
    const { scored, warnings, notes } = sizes({ real: [silent, ...real] });
    expect((await scored).protocol.pixelSize).toBe(2);
    expect(warnings).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/^1 of 8 micrographs give no pixel size .* 2 is used$/)]);
  });

  test("a sub-2-percent difference is rounding", async () => {
    const close = writeNoise("close", 11, 0.6, 2.03);
    await expect(sizes({ real: [...real, close] }).scored).resolves.toBeDefined();
  });
});

describe("planRealism", () => {
  const asked = { real: ["r.mrc"], synthetic: ["a/s", "b/s"], out: "o" };

  test("names the sets by what tells them apart, and keeps the files of a glob", () => {
    expect(planRealism(asked, [undefined, ["b/s/1.mrc"]])).toEqual({
      ...{ real: ["r.mrc"], out: "o", seed: 1 },
      synthetic: [
        { name: "a/s", folder: "a/s" },
        { name: "b/s", paths: ["b/s/1.mrc"] },
      ],
    });
  });

  test.each([
    [{ real: [] }, "real: found none"],
    [{ synthetic: [] }, "synthetic: found none"],
    [{ synthetic: ["a", "a"] }, "synthetic: found the same twice"],
    [{ pixelSize: 0.01 }, "pixelSize: found 0.01, expected 0.1 to 50 angstrom"],
    [{ patch: 8 }, "patch: found 8"],
    [{ tile: 132 }, "tile: found 132, expected a multiple of 8"],
    [{ pixelsize: 2 }, "pixelsize: unknown option, did you mean `pixelSize`?"],
  ])("%j is refused", (more, message) => {
    expect(() => planRealism({ ...asked, ...more })).toThrow(message);
  });

  test("a folder of micrographs is a set for a program too", async () => {
    const folder = join(dir, "set");
    mkdirSync(folder);
    for (const [i, path] of near.entries()) copyFileSync(path, join(folder, `${i}.mrc`));
    const given = { real, synthetic: [folder], out: join(dir, "folder"), tile: 128, patch: 16, seed: 3 };
    const found = await evaluateRealism(planRealism(given), jobContext().context);
    expect(found.rows[1]!.name).toBe("set");
    expect(found.rows[1]!.scores.frechet!.mean).toBeGreaterThan(0);
  });
});
