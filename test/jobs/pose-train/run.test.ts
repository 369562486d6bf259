import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Files } from "../../../src/core/ports.js";
import { eulerToMatrix, rotationAngle } from "../../../src/core/rotation.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import { extractParticles } from "../../../src/jobs/extract/run.js";
import { runPoses } from "../../../src/jobs/pose-run/run.js";
import { planPoseTraining } from "../../../src/jobs/pose-train/plan.js";
import { trainPoseModel } from "../../../src/jobs/pose-train/run.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { interruptedContext, jobContext } from "../../helpers/job-context.js";
import { testResumption } from "../../helpers/machine/resumed-training.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { trainingFiles } from "../../helpers/toys/training-files.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const runtime = openOnnxCpu({ threads: 1 });
const star = at("simulated/stack.star");

const SMALL = { side: "32", width: 1, heads: 2, batch: 2, steps: 3, every: 2, validation: 0.4 } as const;

/** Three steps with a milestone after the second and the last; `stopAt` interrupts after a step. */
async function train(
  name: string,
  { files = nodeFiles, stopAt, ...more }: { files?: Files; stopAt?: number; ctf?: "none" | "channel" } = {},
) {
  const context = interruptedContext(jobContext, stopAt, "train");
  const plan = planPoseTraining({ particles: [star], out: at(name), ...SMALL, ...more, resume: true });
  await trainPoseModel(plan, { ...context, files, runtime: () => runtime });
}

let whole: Record<string, string>;
beforeAll(async () => {
  const place = { map: [writeToyMap(at("map.mrc"))], out: at("simulated"), size: [120, 120] as const };
  const plan = planSimulation({ ...place, count: 3, particles: [4, 0], seed: 7, snr: 0.5 });
  await simulateDataset(plan, jobContext().context);
  const particles = at("simulated/particles.star");
  await extractParticles({ particles, box: 40, out: at("simulated/stack.mrcs") }, jobContext().context);
  await train("whole");
  whole = trainingFiles(at("whole"));
}, 120_000);

testResumption({ train, at, whole: () => whole }, { deaths: ["half"], stops: [1] });

test("its folder has losses, errors on particles of another micrograph, and curves", () => {
  const lines = (name: string) =>
    readFileSync(at(`whole/${name}`), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  expect(lines("metrics.jsonl").map(({ step }) => step)).toEqual([1, 2, 3]);
  const [first] = lines("validation.jsonl");
  expect(first).toMatchObject({ step: 2, particles: 4 });
  expect(first.angle).toBeGreaterThan(0);
  expect(first.angle).toBeLessThanOrEqual(180);
  expect(readFileSync(at("whole/curves.svg"), "utf8")).toContain("median angle, kept apart");
});

const run = (given: Partial<Parameters<typeof runPoses>[0]>) =>
  runPoses(
    { model: at("whole"), particles: star, out: at("poses.star"), ...given },
    { ...jobContext().context, runtime: () => runtime },
  );

test("pose run writes what was told of each particle, with every label it had", async () => {
  await run({ best: 2 });
  const text = readFileSync(at("poses.star"), "utf8");
  const poses = readParticlesStar(text, "poses.star").particles;
  const before = readParticlesStar(readFileSync(star, "utf8"), star).particles;
  expect(poses).toHaveLength(2 * before.length);
  for (const [i, { image, micrograph, defocus, x, angles }] of poses.entries()) {
    const old = before[Math.floor(i / 2)]!;
    expect({ image, micrograph, defocus, x }).toEqual({
      ...{ image: old.image, micrograph: old.micrograph, defocus: old.defocus, x: old.x },
    });
    // not yet learned
    expect(rotationAngle(eulerToMatrix(angles!), eulerToMatrix(old.angles!))).toBeGreaterThan(0.01);
  }
  expect(text).toContain("_rlnMaxValueProbDistribution");
});

test.each(["none", "channel"] as const)("a network trains and runs with CTF %s, too", async (ctf) => {
  await train(`ctf-${ctf}`, { ctf });
  await expect(run({ model: at(`ctf-${ctf}`), out: at(`${ctf}.star`) })).resolves.toMatchObject({ best: 1 });
});

test("what cannot be done is refused by name", async () => {
  await expect(run({ best: 3 })).rejects.toThrow(/best.*found 3, expected at most the 2 poses/);
  const plan = (more: object) => planPoseTraining({ particles: [star], out: at("x"), ...more });
  expect(() => plan({ ctf: "none", defocus: 5 })).toThrow(/`ctf` none/);
  expect(() => plan({ symmetry: "Q" })).toThrow(/Q/);
});

test("a folder whose training was refused for an input may be given again", async () => {
  const empty = at("empty.star");
  writeFileSync(empty, "data_\n");
  const begin = (particles: string) =>
    trainPoseModel(planPoseTraining({ particles: [particles], out: at("again"), ...SMALL }), {
      ...jobContext().context,
      runtime: () => runtime,
    });
  await expect(begin(empty)).rejects.toThrow("empty.star: blocks");
  expect(existsSync(at("again"))).toBe(false);
  await expect(begin(star)).resolves.toMatchObject({ step: SMALL.steps });
});

test("preset paper is CryoFIRE's encoder with the paper's loss", () => {
  const { options } = planPoseTraining({ particles: [star], out: at("x"), preset: "paper" });
  expect(options).toMatchObject({
    side: 128,
    width: 16,
    heads: 1,
    ctf: "none",
    batch: 256,
    turns: false,
    noise: 0,
  });
});
