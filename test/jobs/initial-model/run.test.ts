import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mean } from "../../../src/array/statistics.js";
import type { Files } from "../../../src/core/ports.js";
import { symmetryOperators } from "../../../src/core/symmetry.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { compareMaps } from "../../../src/jobs/fsc/run.js";
import type { InitialModelOptions } from "../../../src/jobs/initial-model/options.js";
import { planInitialModel } from "../../../src/jobs/initial-model/plan.js";
import { makeInitialModel } from "../../../src/jobs/initial-model/run.js";
import { stepOf } from "../../../src/jobs/initial-model/schedule.js";
import { OrientationGrid } from "../../../src/reconstruct/search/orientation-grid.js";
import { SeveralGrid } from "../../../src/reconstruct/search/several-grid.js";
import { jobContext } from "../../helpers/job-context.js";
import { killedAgainAndAgain } from "../../helpers/machine/dying-files.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { TOY_PIXEL, toyRefinement } from "../refine/toy-refinement.js";

const folder = scratchFolder();

async function make(star: string, out: string, more: Partial<InitialModelOptions> = {}, files?: Files) {
  const { context, ...said } = jobContext();
  const plan = planInitialModel({
    ...{ particles: star, out: join(folder, out), particleDiameter: 150, steps: 40, batch: 40 },
    ...more,
  });
  const record = await makeInitialModel(plan, { ...context, ...(files && { files }) });
  return { record, ...said, at: (name: string): string => join(plan.out, name) };
}

describe("makeInitialModel", () => {
  test("finds the map of particles without a reference, up to its turn and hand, and their poses", async () => {
    const toy = toyRefinement(join(folder, "toy"), { count: 160, noise: 0.7, seed: 3 });
    const { record, at, warnings } = await make(toy.star, "toy-out", { steps: 30, batch: 60 });
    expect(warnings).toEqual([]);
    const truth = join(folder, "truth.mrc");
    writeFileSync(truth, writeMrc({ ...toy.truth, kind: "volume" }));
    const { context } = jobContext();
    const report = await compareMaps({ map: truth, other: at("map1.mrc"), align: true }, context);
    // the particle is 100 angstrom wide; a wrong map of the right size reaches a third of that
    expect(report.at05.resolution).toBeLessThan(30);
    // as strong as the images say
    const map = readVolume(readFileSync(at("map1.mrc")), "map1");
    expect(map.shape).toEqual(toy.truth.shape);
    expect(map.voxelSize).toBeCloseTo(TOY_PIXEL, 4);
    const { particles } = readParticlesStar(readFileSync(at("run_data.star")), "star");
    expect(particles).toHaveLength(160);
    expect(record.classes).toEqual([160]);
    const shift = mean(
      particles.map(({ origin }, i) => {
        const own = toy.set.particles[i]!.origin!;
        return Math.hypot(origin!.x - own.x, origin!.y - own.y);
      }),
    );
    expect(shift).toBeLessThan(2.5 * TOY_PIXEL);
  });

  test("goes on after a kill at any change of a file, to the same bytes; two models share the particles", async () => {
    const toy = toyRefinement(join(folder, "small"), { count: 24, box: 20, noise: 1 });
    const options = { classes: 2, steps: 10, batch: 20, particleDiameter: 100, finest: 13, symmetry: "O" };
    const whole = await make(toy.star, "whole", options);
    const killed = await killedAgainAndAgain("half", async (files) => {
      await make(toy.star, "killed", options, files);
    });
    expect(killed).toBeGreaterThan(6);
    for (const name of readdirSync(whole.at(""))) {
      const found = readFileSync(join(folder, "killed", name));
      expect(found.equals(readFileSync(whole.at(name))), name).toBe(true);
    }
    expect(whole.record.classes.reduce((sum, count) => sum + count, 0)).toBe(24);
    expect(existsSync(whole.at("map2.mrc"))).toBe(true);
    await expect(make(toy.star, "killed", { ...options, seed: 2 })).rejects.toThrow(
      /other inputs or options/,
    );
    await expect(make(toy.star, "coarse", { ...options, finest: 60 })).rejects.toThrow(
      /finest: found 60, expected at most/,
    );
    await expect(make(toy.star, "small", { ...options, particleDiameter: 20 })).rejects.toThrow(
      /particleDiameter: found 20, expected at least \d+/,
    );
  });
});

test("detail becomes finer, noise falls to its own level, and a batch counts less and less", () => {
  const steps = Array.from({ length: 100 }, (_, i) => stepOf(i, 100, 5, 15));
  expect(steps[0]).toEqual({ limit: 5, rate: 1, heat: 6 });
  expect(steps[99]).toMatchObject({ limit: 15, heat: 1 });
  for (const [i, step] of steps.entries()) {
    if (i === 0) continue;
    expect(step.limit).toBeGreaterThanOrEqual(steps[i - 1]!.limit);
    expect(step.rate).toBeLessThanOrEqual(steps[i - 1]!.rate);
    expect(step.heat).toBeLessThanOrEqual(steps[i - 1]!.heat);
  }
});

test("the cells of several references are those of one, each for itself", () => {
  const one = new OrientationGrid(symmetryOperators("C2"));
  const several = new SeveralGrid(one, 3);
  expect(several.cells(1)).toHaveLength(3 * one.cells(1).length);
  const last = several.cells(1).at(-1)!;
  const own = one.cells(1).at(-1)!;
  expect(several.view(1, last)).toEqual({ reference: 2, matrix: one.matrix(1, own) });
  for (const way of ["children", "around"] as const) {
    const views = several[way](1, last).map((cell) => several.view(2, cell));
    expect(views).toEqual(one[way](1, own).map((cell) => ({ reference: 2, matrix: one.matrix(2, cell) })));
  }
});
