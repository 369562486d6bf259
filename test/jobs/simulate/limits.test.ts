import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { refuseBeyondMemory } from "../../../src/jobs/shared/memory.js";
import { simulationMemory } from "../../../src/jobs/simulate/limits.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { potentialMemory } from "../../../src/physics/potential/potential.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";

const dir = scratchFolder();
const map = writeToyMap(join(dir, "map.mrc"));
const GIGABYTE = 2 ** 30;
const usual = {
  shape: [4096, 4096] as const,
  pixelSize: 1.5,
  workers: 2,
  hasDepth: false,
  maps: [{ longest: 128, voxelSize: 1.5 }],
};

describe("memory of a simulation", () => {
  test("a usual one fits a laptop: 985 MB were measured, 150 of them the program's own", () => {
    const { bytes } = simulationMemory(usual);
    expect(bytes / 1e6).toBeGreaterThan(835);
    expect(bytes / 1e6).toBeLessThan(1300);
  });

  test.each([
    [{ shape: [32_768, 32_768] as const }, "size", /32768 x 32768 pixels on 2 workers, about 5\d GB/],
    [{ pixelSize: 0.005 }, "pixelSize", /0.005 angstrom, at which a particle's box is 38400 pixels wide/],
    [
      { maps: [{ longest: 1200, voxelSize: 0.1 }], pixelSize: 0.1 },
      "map",
      /maps of up to 1200 voxels a side/,
    ],
  ])("%j is refused with what it would take, by the option that decides it", (more, option, message) => {
    const need = simulationMemory({ ...usual, ...more });
    expect(need.option).toBe(option);
    expect(() => refuseBeyondMemory(need, { memory: 16 * GIGABYTE })).toThrow(message);
    expect(() => refuseBeyondMemory(need, { memory: 4000 * GIGABYTE })).not.toThrow();
  });

  test("a map that is coarsened takes little more than its file", () => {
    const fine = simulationMemory({ ...usual, pixelSize: 3, maps: [{ longest: 512, voxelSize: 0.5 }] });
    const direct = simulationMemory({ ...usual, pixelSize: 0.5, maps: [{ longest: 512, voxelSize: 0.5 }] });
    expect(direct.bytes - fine.bytes).toBeGreaterThan(8 * GIGABYTE);
  });
});

test("potential at 0.1 angstrom of a large model would take hundreds of gigabytes", () => {
  expect(potentialMemory({ voxelSize: 0.1, box: 4500, resolution: 0.2 }) / GIGABYTE).toBeGreaterThan(1000);
  expect(potentialMemory({ voxelSize: 1.5, box: 200, resolution: 3 }) / GIGABYTE).toBeLessThan(1);
});

describe("simulate refuses before it writes", () => {
  const simulate = (memory: number, more: object) => {
    const out = join(dir, "never");
    const plan = planSimulation({ map: [map], out, size: [256, 256], count: 1, ...more });
    return simulateDataset(plan, { ...jobContext().context, memory });
  };

  test("more memory than the machine has", async () => {
    await expect(simulate(1e6, { size: [512, 512] })).rejects.toThrow(
      /^size: found 512 x 512 pixels on 1 worker, about 0.0\d+ GB of memory, expected at most the 0.00093 GB of this machine/,
    );
    expect(existsSync(join(dir, "never/dataset.json"))).toBe(false);
  });

  test("pixels in which a particle is a dot", async () => {
    await expect(simulate(GIGABYTE, { pixelSize: 45, size: [512, 512], particles: [3, 0] })).rejects.toThrow(
      /^pixelSize: found 45 angstrom, at which a particle of \d+ angstrom is 2\.\d pixels across, expected at least 4$/,
    );
  });

  test("more particles than can be placed in reasonable time", async () => {
    await expect(simulate(GIGABYTE, { particles: [50_000, 0] })).rejects.toThrow(
      "particles: found a mean of 50000, expected at most 20000 a micrograph",
    );
    await expect(simulate(64 * GIGABYTE, { diameter: 10, size: [2048, 2048] })).rejects.toThrow(
      /^diameter: found 10 angstrom, for which 2\d{5} particles are due on a micrograph, expected at most 20000/,
    );
  });
});
