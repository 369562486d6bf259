import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { correlation } from "../../../src/array/statistics.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { type ConformationsResult, makeConformations } from "../../../src/jobs/conformations/run.js";
import { computePotential } from "../../../src/jobs/potential/run.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const folder = scratchFolder();
const at = (name: string): string => join(folder, name);
/** One chain of apoferritin. */
const MODEL = { model: "examples/apoferritin-10146/2za7.pdb", assembly: "none", pixelSize: 5 } as const;
const dataOf = (path: string): Float32Array => readVolume(readFileSync(path), path).data;

describe("conformations", () => {
  const { context, warnings } = jobContext();
  let result: ConformationsResult;
  beforeAll(async () => {
    result = await makeConformations({ ...MODEL, count: 5, rmsd: 2, out: at("movement") }, context);
  });

  test("a movement in even steps, through the model itself", async () => {
    expect(result.nodes).toBe(170);
    expect(result.conformations.map(({ rmsd }) => rmsd)).toBeAllclose([2, 1, 0, 1, 2], { absolute: 1e-9 });
    expect(result.conformations.map(({ along }) => along[0]!)).toBeAllclose([-2, -1, 0, 1, 2], {
      absolute: 1e-9,
    });
    const own = at("own.mrc");
    const first = readVolume(readFileSync(at("movement/conformation-001.mrc")), "first");
    await computePotential({ ...MODEL, box: first.shape[0], out: own }, context);
    const likeness = result.conformations.map(({ map }) =>
      correlation(dataOf(own), dataOf(at(`movement/${map}`))),
    );
    expect(likeness[2]).toBeCloseTo(1, 6);
    expect(likeness[1]).toBeLessThan(0.999);
    expect(likeness[0]).toBeLessThan(likeness[1]!);
    expect(likeness[4]).toBeLessThan(likeness[3]!);
    expect(first.voxelSize).toBe(5);
  });

  test("the table says how far each lies along the mode", () => {
    const [header, first, second] = readFileSync(at("movement/conformations.csv"), "utf8").split("\n");
    expect(header).toBe("structure,map,mode_1_rmsd,rmsd,largest_stretch");
    expect(first).toMatch(/^0,conformation-001\.mrc,-2,2,[\d.]+$/);
    expect(second).toMatch(/^1,conformation-002\.mrc,-1,1,[\d.]+$/);
  });

  test("a displacement that tears the chain is said", async () => {
    expect(warnings.filter((line) => line.includes("moved apart"))).toEqual([]);
    await makeConformations({ ...MODEL, count: 2, rmsd: 40, out: at("far") }, context);
    expect(warnings.at(-1)).toMatch(/moved apart or together by up to \d+\.\d angstrom/);
  });

  test("simulate takes all of them, and says of each particle which one it is", async () => {
    const maps = result.conformations.map(({ map }) => at(`movement/${map}`));
    const options = {
      ...{ map: maps, pixelSize: 5, size: [256, 256] as const, count: 2, particles: [12] },
      ...{ seed: 3, out: at("simulated") },
    };
    await simulateDataset(planSimulation(options), context);
    const lines = readFileSync(at("simulated/truth.jsonl"), "utf8").trim().split("\n");
    const structures = lines.map((line) => (JSON.parse(line) as { structure: number }).structure);
    expect(new Set(structures)).toEqual(new Set([0, 1, 2, 3, 4]));
    const star = readFileSync(at("simulated/particles.star"), "utf8");
    expect(star).toContain("_rlnClassNumber");
  });

  test("several modes give an ensemble, the same for the same seed", async () => {
    const options = { ...MODEL, count: 3, modes: [1, 2, 3] };
    const [a, b, c] = [
      await makeConformations({ ...options, seed: 1, out: at("a") }, context),
      await makeConformations({ ...options, seed: 1, out: at("b") }, context),
      await makeConformations({ ...options, seed: 2, out: at("c") }, context),
    ];
    expect(readFileSync(at("a/conformation-002.mrc"))).toEqual(readFileSync(at("b/conformation-002.mrc")));
    expect(a.conformations).toEqual(b.conformations);
    expect(c.conformations).not.toEqual(a.conformations);
    expect(a.stiffness[0]).toBe(1);
    expect(a.stiffness[2]).toBeGreaterThan(1);
  });

  test("goes on where it was stopped, and leaves no map of what was asked for before", async () => {
    const controller = new AbortController();
    const { context: stopping } = jobContext(controller.signal);
    const report = {
      ...stopping.report,
      progress: ({ done }: { done: number }) => done === 3 && controller.abort(),
    };
    const options = { ...MODEL, count: 5, rmsd: 2, out: at("stopped") };
    await expect(makeConformations(options, { ...stopping, report })).rejects.toThrow(/abort/i);
    expect(existsSync(at("stopped/conformation-003.mrc"))).toBe(true);
    await makeConformations({ ...options, count: 2 }, context);
    expect(existsSync(at("stopped/conformation-003.mrc"))).toBe(false);
    expect(readFileSync(at("stopped/conformation-001.mrc"))).toEqual(
      readFileSync(at("movement/conformation-001.mrc")),
    );
  });

  test.each([
    [{ modes: [1, 1] }, /modes.*found 1, 1, expected every mode once/],
    [{ modes: [1.5] }, /modes.*found 1.5, expected whole numbers/],
    [{ count: 1 }, /count/],
    [{ cutoff: 4 }, /cutoff/],
    [{ resolution: 6 }, /resolution.*expected at least two voxels/],
    [{ out: at("movement") }, /movement: found conformations, expected a new or empty folder/],
  ])("refuses %o", async (change, message) => {
    await expect(makeConformations({ ...MODEL, out: at("refused"), ...change }, context)).rejects.toThrow(
      message,
    );
  });

  test("refuses a folder with other files", async () => {
    const { nodeFiles } = await import("../../../src/runtime/files.js");
    await nodeFiles.write(at("other/notes.txt"), "mine");
    await expect(makeConformations({ ...MODEL, out: at("other") }, context)).rejects.toThrow(/other files/);
    writeFileSync(
      at("few.pdb"),
      readFileSync(MODEL.model, "utf8")
        .split("\n")
        .filter((l) => /^ATOM/.test(l))
        .slice(0, 16)
        .join("\n"),
    );
    const few = makeConformations({ ...MODEL, model: at("few.pdb"), out: at("few") }, context);
    await expect(few).rejects.toThrow(
      /C-alpha or nucleotide atoms of the model: found 2, expected at least 4/,
    );
  });
});
