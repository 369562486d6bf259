import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readVolume } from "../../../src/io/mrc/read.js";
import { computePotential } from "../../../src/jobs/potential/run.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { makeVariants, type VariantsResult, variantsText } from "../../../src/jobs/variants/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const folder = scratchFolder();
const at = (name: string): string => join(folder, name);
const massOf = (path: string): number =>
  readVolume(readFileSync(path), path).data.reduce((total, value) => total + Math.max(0, value), 0);

describe("variants", () => {
  const { context } = jobContext();
  const map = at("map.mrc");
  let result: VariantsResult;
  beforeAll(async () => {
    const model = "examples/apoferritin-10146/2za7.pdb";
    await computePotential({ model, pixelSize: 5, box: 40, out: map }, context);
    result = await makeVariants(
      { map, broken: 0.3, lost: [0.2, 0.7], filled: 0.2, count: 3, out: at("variants") },
      context,
    );
  });

  test("broken maps have lost what the table says", () => {
    const broken = result.variants.filter(({ kind }) => kind === "broken");
    expect(broken.length).toBe(3);
    for (const { map: name, lost } of broken) {
      expect(massOf(at(`variants/${name}`)) / massOf(map)).toBeCloseTo(1 - lost!.share, 1);
      expect(lost!.share).toBeGreaterThan(0.2);
      expect(lost!.share).toBeLessThan(0.7);
    }
    expect(new Set(broken.map(({ lost }) => lost!.distance)).size).toBe(3);
  });

  test("filled maps have a core in the middle, where apoferritin is hollow", () => {
    const middle = (path: string): number =>
      readVolume(readFileSync(path), path).data[(20 * 40 + 20) * 40 + 20]!;
    for (const { map: name, core } of result.variants.filter(({ kind }) => kind === "filled")) {
      expect(middle(at(`variants/${name}`))).toBeCloseTo(core!.density, 4);
      expect(middle(map)).toBeLessThan(0.2 * core!.density);
    }
  });

  test("the table lists the maps in the order of the command that simulates them", () => {
    const [header, ...lines] = readFileSync(at("variants/variants.csv"), "utf8").trim().split("\n");
    expect(header).toBe(
      "structure,map,kind,share,lost,direction_x,direction_y,direction_z,distance,core_diameter,core_density",
    );
    expect(lines[0]).toBe(`0,${map},whole,0.5,,,,,,,`);
    expect(lines[1]).toMatch(/^1,broken-001\.mrc,broken,0\.1,0\.[\d.e,-]+,,$/);
    expect(lines[6]).toMatch(/^6,filled-003\.mrc,filled,0\.066667,,,,,,[\d.]+,[\d.]+$/);
    expect(variantsText(result)).toContain(
      `cryogem simulate --map ${map} ${at("variants/broken-001.mrc")} ${at("variants/broken-002.mrc")} `,
    );
    expect(variantsText(result)).toContain(
      "--ratios 0.5,0.1,0.1,0.1,0.066667,0.066667,0.066667 --out simulated",
    );
  });

  test("simulate mixes them in their shares", async () => {
    const maps = [map, ...result.variants.slice(1).map(({ map: name }) => at(`variants/${name}`))];
    const options = {
      ...{ map: maps, ratios: result.variants.map(({ share }) => share), pixelSize: 5, particles: [30] },
      ...{ size: [400, 400] as const, count: 1, seed: 3, out: at("simulated") },
    };
    await simulateDataset(planSimulation(options), context);
    const lines = readFileSync(at("simulated/truth.jsonl"), "utf8").trim().split("\n");
    const structures = lines.map((line) => (JSON.parse(line) as { structure: number }).structure);
    expect(new Set(structures).size).toBeGreaterThan(4);
    const whole = structures.filter((structure) => structure === 0).length;
    expect(whole / structures.length).toBeGreaterThan(0.25);
    expect(whole / structures.length).toBeLessThan(0.75);
  });

  test("takes the folder of a set that was stopped, not of one that is finished", async () => {
    const controller = new AbortController();
    const { context: stopping } = jobContext(controller.signal);
    const report = {
      ...stopping.report,
      progress: ({ done }: { done: number }) => done === 2 && controller.abort(),
    };
    const options = { map, broken: 0.3, count: 4, out: at("stopped") };
    await expect(makeVariants(options, { ...stopping, report })).rejects.toThrow(/abort/i);
    expect(existsSync(at("stopped/broken-002.mrc"))).toBe(true);
    await makeVariants({ ...options, count: 1 }, context);
    expect(existsSync(at("stopped/broken-002.mrc"))).toBe(false);
    await expect(makeVariants(options, context)).rejects.toThrow(
      /stopped: found variants, expected a new or empty folder/,
    );
  });

  test.each([
    [{ broken: 0.7, filled: 0.6 }, /filled.*found 0.6 beside 0.7 broken, expected at most 1/],
    [{ broken: 0 }, /broken.*found 0, and 0 filled/],
    [{ lost: [0.5, 1] as const }, /lost.*1.*0 to 0\.95/],
    [{ coreDiameter: [50, 60] as const }, /coreDiameter.*found no `filled` particles/],
    [{ map: at("none.mrc") }, /none\.mrc/],
  ])("refuses %o", async (change, message) => {
    await expect(makeVariants({ map, out: at("refused"), ...change }, context)).rejects.toThrow(message);
  });
});
