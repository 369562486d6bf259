import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Progress } from "../../../src/core/ports.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { describeFile } from "../../../src/jobs/info/run.js";
import { computePotential } from "../../../src/jobs/potential/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { TWO_CARBONS } from "./two-carbons.js";

const dir = scratchFolder();
const { context } = jobContext();

describe("potential", () => {
  const model = join(dir, "two.pdb");
  writeFileSync(model, TWO_CARBONS);
  const run = (more: object = {}) =>
    computePotential(
      { model, out: join(dir, "two.mrc"), pixelSize: 1, resolution: 4, box: 48, ...more },
      context,
    );

  test("the assembly is built, without water, about its mean position", async () => {
    expect(await run()).toMatchObject({ atoms: 4, box: 48, resolution: 4 });
    const { data, voxelSize } = readMrc(readFileSync(join(dir, "two.mrc")), "two.mrc");
    expect(voxelSize).toEqual([1, 1, 1]);
    const at = (x: number, y: number, z: number): number => data[((z + 24) * 48 + y + 24) * 48 + x + 24]!;
    const atoms = [at(-10, 0, -6), at(10, 0, -6), at(-10, 0, 6), at(10, 0, 6)];
    for (const value of atoms) expect(value).toBeCloseTo(Math.max(...data), 3);
    expect(Math.abs(at(0, 5, 0))).toBeLessThan(0.02 * atoms[0]!);
  });

  test("B factors that are none, and a confidence in their column, are refused where they are used", async () => {
    const odd = join(dir, "odd-b.pdb");
    writeFileSync(odd, TWO_CARBONS.replace(/20\.00(?= {11}C)/, "-1.00"));
    await expect(run({ model: odd, bFactors: true })).rejects.toThrow(
      /odd-b\.pdb: B factor of atom C.*, chain \w: found -1, expected 0 to 1000 angstrom², or no `bFactors`/,
    );
    expect((await run({ model: odd })).atoms).toBe(4);
    await expect(run({ bFactors: true, minimumConfidence: 70 })).rejects.toThrow(
      "bFactors: found `minimumConfidence` too",
    );
  });

  test("none takes the atoms as they are; an unknown assembly is refused with those there are", async () => {
    expect((await run({ assembly: "none" })).atoms).toBe(2);
    await expect(run({ assembly: "7" })).rejects.toThrow('two.pdb: found "7", expected one of 1, or none');
  });

  test("of several models the first is used, with a note; all of them where they make up the assembly", async () => {
    const copies = join(dir, "copies.pdb1");
    const carbon = (x: string) =>
      `ATOM      1  CA  ALA A   1    ${x}   0.000   0.000  1.00 20.00           C`;
    const models = ["  -9.000", "   0.000", "   9.000", "  10.000"].flatMap((x, i) => [
      `MODEL        ${i + 1}`,
      carbon(x),
      "ENDMDL",
    ]);
    writeFileSync(copies, models.join("\n"));
    const { context: own, notes } = jobContext();
    const of = (more: object) =>
      computePotential(
        { model: copies, out: join(dir, "copies.mrc"), pixelSize: 1, resolution: 4, box: 48, ...more },
        own,
      );
    expect((await of({})).atoms).toBe(1);
    expect(notes.join()).toContain("copies.pdb1: model 1 of 4: ");
    expect((await of({ assembly: "models" })).atoms).toBe(4);
    expect(notes.filter((line) => line.includes(" of 4: "))).toHaveLength(1);
    await expect(of({ assembly: "models", modelNumber: 2 })).rejects.toThrow("modelNumber: found `assembly`");
    expect(await describeFile(nodeFiles, copies)).toMatchObject({
      models: "4, of which model 1 is described",
    });
  });

  test("a map that the machine's memory cannot hold is refused before any is taken", async () => {
    const at = { model, out: join(dir, "large.mrc"), pixelSize: 0.1, box: 2048 };
    await expect(computePotential(at, { ...context, memory: 2 ** 34 })).rejects.toThrow(
      "box: found a map of 2048 x 2048 x 2048 voxels at a resolution of 0.2 angstrom, about 310 GB of memory, expected at " +
        "most the 16 GB of this machine: take larger voxels, or a smaller `box`",
    );
  });

  test("stops between its steps when it is asked to, and has written nothing", async () => {
    const controller = new AbortController();
    const steps: Progress[] = [];
    const progress = (step: Progress): void => {
      steps.push(step);
      setTimeout(() => controller.abort());
    };
    const report = { ...context.report, progress };
    const at = { model, out: join(dir, "stopped.mrc"), pixelSize: 1, resolution: 4, box: 48 };
    const stopped = computePotential(at, { ...context, report, signal: controller.signal });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(steps).toEqual([{ stage: "atoms on the grid", done: 4, total: 4, unit: "atoms" }]);
    expect(existsSync(at.out)).toBe(false);
  });

  test("virtual sites are left out, and said to be", async () => {
    const odd = join(dir, "odd.pdb");
    writeFileSync(
      odd,
      `${TWO_CARBONS}HETATM    4  X   XXX A   4       0.000   0.000   0.000  1.00 20.00           X\n`,
    );
    const { context: own, notes } = jobContext();
    const at = { out: join(dir, "odd.mrc"), pixelSize: 1, resolution: 4, box: 48 };
    expect((await computePotential({ model: odd, ...at }, own)).atoms).toBe(4);
    expect(notes).toContain(`${odd}: 1 atom is left out as no known element (X of XXX)`);
  });

  test("occupancies that are no shares are said; where all are 0, as simulations write them, all atoms count", async () => {
    const withOccupancy = async (name: string, occupancy: string) => {
      const path = join(dir, `${name}.pdb`);
      writeFileSync(path, TWO_CARBONS.replaceAll(/^((?:ATOM|HETATM).{0,50}).{6}/gm, `$1${occupancy}`));
      const { context: own, notes, warnings } = jobContext();
      const out = join(dir, `${name}.mrc`);
      const at = { out, pixelSize: 1, resolution: 4, box: 48 };
      await computePotential({ model: path, ...at }, own);
      return { path, bytes: readFileSync(out).toString("base64"), said: [...notes, ...warnings] };
    };
    const whole = await withOccupancy("whole", "  1.00");
    const none = await withOccupancy("none", "  0.00");
    expect(none.bytes).toBe(whole.bytes);
    expect(none.said).toContain(
      `${none.path}: the occupancy of all atoms is 0, which cannot be meant: 1 is used`,
    );
    const charged = await withOccupancy("charged", " -0.50");
    expect(charged.said).toContainEqual(
      expect.stringMatching(
        /charged.pdb: \d atoms have occupancies outside 0 to 1, such as -0.5: they are used as they are/,
      ),
    );
    expect(whole.said.filter((line) => line.includes("occupanc"))).toEqual([]);
  });

  test("the box holds the model with room unless told; a wrong ending is refused", async () => {
    const { box, diameter } = await run({ box: undefined });
    expect(box % 2).toBe(0);
    expect(box).toBeGreaterThanOrEqual(1.5 * diameter);
    await expect(run({ out: join(dir, "two.png") })).rejects.toThrow("expected a name that ends in .mrc");
  });
});
