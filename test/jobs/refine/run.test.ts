import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Files } from "../../../src/core/ports.js";
import { Random } from "../../../src/core/random.js";
import { fourierShellCorrelation, resolutionAt } from "../../../src/evaluate/maps/fsc.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { firstState } from "../../../src/jobs/refine/first.js";
import { iterate } from "../../../src/jobs/refine/iteration.js";
import type { RefineOptions } from "../../../src/jobs/refine/options.js";
import { planRefinement } from "../../../src/jobs/refine/plan.js";
import { readInputs } from "../../../src/jobs/refine/read.js";
import { jobContext } from "../../helpers/job-context.js";
import { killedAgainAndAgain } from "../../helpers/machine/dying-files.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { errorsOf, refineToy } from "./refine-toy.js";
import {
  lowPassed,
  TOY_PIXEL,
  type ToyRefinement,
  toyRefinement,
  writeStack,
  writeStar,
} from "./toy-refinement.js";

const folder = scratchFolder();
const toy = toyRefinement(join(folder, "toy"), { count: 100 });
const small = toyRefinement(join(folder, "small"), {
  count: 24,
  box: 20,
  noise: 1,
  halves: (i) => (i % 2 ? 2 : 1),
});

const refine = (set: ToyRefinement, out: string, more?: Partial<RefineOptions>, files?: Files) =>
  refineToy(set, join(folder, out), more, files);

/** Every file below a folder, by its path there. */
function contents(dir: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(dir, { recursive: true }) as string[]) {
    const path = join(dir, name);
    if (statSync(path).isFile()) found.set(name, readFileSync(path).toString("base64"));
  }
  return found;
}

describe("refineParticles", () => {
  test("finds orientations, shifts and a better map from a blurred reference of another grey scale", async () => {
    const reference = readVolume(readFileSync(toy.reference), toy.reference);
    const scaled = join(folder, "scaled.mrc");
    writeFileSync(
      scaled,
      writeMrc({ ...reference, data: reference.data.map((v) => 1e-3 * v), kind: "volume" }),
    );
    const { record, at, warnings } = await refine(toy, "C1", { reference: scaled, iterations: 4 });
    expect(warnings).toEqual([]);
    const { angle, shift, particles } = errorsOf(at("run_data.star"), toy);
    expect(angle).toBeLessThan(4);
    expect(shift).toBeLessThan(0.5 * TOY_PIXEL);
    const map = readVolume(readFileSync(at("map.mrc")), "map");
    const against = resolutionAt(fourierShellCorrelation(map, toy.truth), 0.5).resolution;
    const before = resolutionAt(fourierShellCorrelation(lowPassed(toy.truth, 4), toy.truth), 0.5).resolution;
    expect(against).toBeLessThan(0.7 * before);
    expect(record.resolution).toBeLessThan(0.7 * before);
    // the mean of the halves has the grey scale of the images
    const halves = ["half1.mrc", "half2.mrc"].map((name) => readVolume(readFileSync(at(name)), name));
    for (const half of halves) expect(half.voxelSize).toBeCloseTo(TOY_PIXEL, 5);
    expect(new Set(particles.map(({ halfSet }) => halfSet))).toEqual(new Set([1, 2]));
    const table = parseStar(readFileSync(at("run_data.star"), "utf8"), "star").table("particles");
    for (const value of table.numbers("rlnMaxValueProbDistribution")) expect(value).toBeGreaterThan(0);
    const lines = readFileSync(at("iterations.jsonl"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(record.iterations);
    expect(JSON.parse(lines.at(-1)!)).toEqual(record.last);
  });

  test("goes on after a kill at any change of a file, to the same bytes", async () => {
    const options = { iterations: 2 };
    const whole = await refine(small, "whole", options);
    const killed = await killedAgainAndAgain("half", async (files) => {
      await refine(small, "killed", options, files);
    });
    expect(killed).toBeGreaterThan(6);
    const [expected, found] = [whole.at(""), join(folder, "killed")].map(contents);
    expect([...found!.keys()].sort()).toEqual([...expected!.keys()].sort());
    for (const [name, bytes] of expected!) expect(found!.get(name) === bytes, name).toBe(true);
    // a finished refinement is told again, and goes on where more iterations are asked for
    expect((await refine(small, "killed", options)).record).toEqual(whole.record);
    expect((await refine(small, "killed", { iterations: 3 })).record.iterations).toBe(3);
    await expect(refine(small, "killed", { ...options, seed: 2 })).rejects.toThrow(/other inputs or options/);
  });

  test("neither half's particles leave a trace in the other's map and poses, beyond the correlation", async () => {
    const box = 20;
    const changed = join(folder, "changed");
    mkdirSync(changed);
    const first = await refine(small, "unchanged", { iterations: 1 });
    // the first half sees pure noise instead
    const random = Random.of(5, "noise");
    const images = small.images.map((image, i) => (i % 2 === 0 ? image.map(() => random.normal()) : image));
    writeStack(join(changed, "particles.mrcs"), images, box);
    writeStar(join(changed, "particles.star"), small.set);
    const other = { ...small, star: join(changed, "particles.star") };
    const second = await refine(other, "other", { iterations: 1 });
    const half = (at: (name: string) => string, n: number) =>
      readFileSync(at(`half${n}.mrc`)).toString("base64");
    expect(half(second.at, 1) === half(first.at, 1)).toBe(false);
    expect(half(second.at, 2) === half(first.at, 2)).toBe(true);
    const poses = [first, second].map(({ at }) => errorsOf(at("run_data.star"), small).particles);
    for (const [i, pose] of poses[0]!.entries()) if (i % 2 === 1) expect(poses[1]![i]).toEqual(pose);

    // and in a later iteration from the same correlation
    const { context } = jobContext();
    const plan = planRefinement({ particles: small.star, reference: small.reference, out: first.at("") });
    const inputs = await readInputs(plan, context);
    const start = await firstState(plan, inputs, context);
    const state = await iterate(plan, inputs, start, context);
    const altered = {
      ...state,
      poses: state.poses!.map((pose, i) => (i % 2 === 0 ? { ...pose, rot: 10, x: 2 } : pose)),
      noise: [state.noise[0].map((ring) => ring.map((v) => 2 * v)), state.noise[1]] as const,
      references: [inputs.reference, state.references[1]] as const,
      shiftDeviations: [3, state.shiftDeviations[1]] as const,
    };
    const noise = { ...inputs.stacks[0]!, path: join(changed, "particles.mrcs") };
    const images2 = inputs.images.map((image, i) => (i % 2 === 0 ? { ...image, stack: 1 } : image));
    const [plain, strange] = [
      await iterate(plan, inputs, state, context),
      await iterate(
        plan,
        { ...inputs, stacks: [inputs.stacks[0]!, noise], images: images2 },
        altered,
        context,
      ),
    ];
    expect(strange.maps![0].data).not.toEqual(plain.maps![0].data);
    expect(strange.maps![1].data).toEqual(plain.maps![1].data);
    expect(strange.noise[1]).toEqual(plain.noise[1]);
    expect(strange.shiftDeviations[1]).toBe(plain.shiftDeviations[1]);
    expect(strange.poses!.filter((_, i) => i % 2 === 1)).toEqual(plain.poses!.filter((_, i) => i % 2 === 1));
  });
});
